package city.checks;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * A terminal's check: who holds the token, has the person consented, are there arrears, which benefit does the score earn; and
 * a line in the access log before the answer. One script on Redis does it in one round trip; Lettuce pipelines what comes at once.
 */
@SpringBootApplication
@RestController
public class Checks {
    private final ReactiveStringRedisTemplate redis;
    private final RedisScript<String> check = RedisScript.of(new ClassPathResource("check.lua"), String.class);
    private final byte[] pseudonymKey = HexFormat.of().parseHex(System.getenv("CHECKS_PSEUDONYM_KEY"));
    private final byte[] apiKeySha256 = HexFormat.of().parseHex(System.getenv("CHECKS_API_KEY_SHA256"));

    public Checks(ReactiveStringRedisTemplate redis) {
        this.redis = redis;
    }

    public static void main(String[] args) {
        SpringApplication.run(Checks.class, args);
    }

    public record Subject(String scheme, String token) {}

    public record Answer(String benefit, int ttl_seconds) {}

    @PostMapping("/v1/scenes/{scene}/checks")
    public Mono<ResponseEntity<Answer>> check(
            @PathVariable String scene,
            @RequestHeader(value = "Authorization", defaultValue = "") String authorization,
            @RequestBody Subject subject) {
        if (!permitted(authorization)) {
            return Mono.just(ResponseEntity.status(HttpStatus.UNAUTHORIZED).build());
        }
        String today = LocalDate.now(ZoneId.of("Asia/Shanghai")).toString();
        return redis.execute(check, List.of("t:" + pseudonym(subject), "accesses"), List.of(scene, today, "gate"))
                .next()
                .defaultIfEmpty("")
                .map(benefit -> ResponseEntity.ok(
                        benefit.isEmpty() ? new Answer(null, 0) : new Answer(benefit, 60)));
    }

    private boolean permitted(String authorization) {
        return authorization.startsWith("Bearer ")
                && MessageDigest.isEqual(
                        sha256(authorization.substring(7).getBytes(StandardCharsets.US_ASCII)), apiKeySha256);
    }

    /** No plain identity in the store: 128 bits of a keyed hash. */
    private String pseudonym(Subject subject) {
        byte[] text = (subject.scheme() + "\u001f" + subject.token()).getBytes(StandardCharsets.UTF_8);
        byte[] keyed = Arrays.copyOf(pseudonymKey, pseudonymKey.length + text.length);
        System.arraycopy(text, 0, keyed, pseudonymKey.length, text.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha256(keyed), 16));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @EventListener
    public void ready(ReactiveWebServerInitializedEvent event) {
        System.out.println("ready on http://127.0.0.1:" + event.getWebServer().getPort());
    }
}
