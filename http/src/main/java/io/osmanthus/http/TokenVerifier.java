package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.InstantSource;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Our own hundred lines over java.security.Signature, not vertx-auth-jwt (5.0 has EdDSA too): that one verifies on the
 * event loop, takes a token without 'exp' or one that holds for years, and accepts repeated members, where parsers differ.
 *
 * The order is: shape, key by 'kid', algorithm of the key (never of the token), signature, and only then the claims.
 */

/**
 * Verifies the JWT of citizens and representatives: RS256, ES256, EdDSA. Thread-safe; blocks for milliseconds, and for
 * seconds where keys are fetched: call it on workers.
 */
final class TokenVerifier {
    /** A token may hold so long, counted from now. */
    static final long LIFETIME_SECONDS_MAX = 3600;

    /** Clocks may differ by so much. */
    static final long SKEW_SECONDS = 30;

    /** An unknown key id makes us ask the issuer again, at most so often. */
    private static final long REFRESH_MS = 60_000;

    /** Keys older than this are asked for again: one that the issuer has withdrawn must not hold for ever. */
    static final long KEYS_AGE_MS = 600_000;

    private static final int ES256_BYTES = 64;
    private static final Logger LOG = LoggerFactory.getLogger(TokenVerifier.class);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ServerConfig.Jwt issuer;
    private final PseudonymKey pseudonymKey;
    private final InstantSource clock;
    private volatile Jwks keys;

    /** When keys were last asked for; written under this. */
    private volatile long askedMs;

    private TokenVerifier(ServerConfig.Jwt issuer, Jwks keys, PseudonymKey pseudonymKey, InstantSource clock) {
        this.issuer = issuer;
        this.keys = keys;
        this.pseudonymKey = pseudonymKey;
        this.clock = clock;
        this.askedMs = clock.millis();
    }

    /**
     * Loads the issuer's keys. Blocks.
     *
     * @throws IOException if they cannot be had
     */
    static TokenVerifier load(ServerConfig.Jwt issuer, PseudonymKey pseudonymKey, InstantSource clock)
            throws IOException {
        return new TokenVerifier(issuer, Jwks.load(issuer.jwks()), pseudonymKey, clock);
    }

    /** Who the token speaks for, and until when that may be remembered. */
    record Verified(Caller caller, long untilMs) {}

    /** Verifies a token; null for every kind of fault, since the caller learns none of them. */
    @Nullable
    Verified verify(String token) {
        int first = token.indexOf('.');
        int last = token.lastIndexOf('.');
        if (first <= 0 || last <= first + 1 || last == token.length() - 1 || token.indexOf('.', first + 1) != last) {
            return null;
        }
        try {
            JsonNode header = MAPPER.readTree(decode(token.substring(0, first)));
            Jwks.Key key = key(header);
            if (key == null || !signed(key, token, last)) {
                return null;
            }
            return claims(MAPPER.readTree(decode(token.substring(first + 1, last))));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return null;
        } catch (IOException | GeneralSecurityException e) {
            LOG.debug("a token could not be verified: {}", e.getClass().getSimpleName());
            return null;
        }
    }

    private Jwks.@Nullable Key key(JsonNode header) {
        JsonNode id = header.path("kid");
        if (!header.isObject() || !id.isTextual() || header.has("crit")) {
            return null;
        }
        String type = header.path("typ").asText("JWT");
        if (!type.equalsIgnoreCase("JWT") && !type.equalsIgnoreCase("at+jwt")) {
            return null;
        }
        Jwks.Key key = keys.key(id.textValue());
        if (key == null) {
            refresh(REFRESH_MS);
            key = keys.key(id.textValue());
        } else if (clock.millis() - askedMs >= KEYS_AGE_MS) {
            refresh(KEYS_AGE_MS);
            key = keys.key(id.textValue());
        }
        String algorithm = header.path("alg").asText();
        return key != null && key.algorithm().name().equals(algorithm) ? key : null;
    }

    private static boolean signed(Jwks.Key key, String token, int last) throws GeneralSecurityException {
        byte[] signature = decode(token.substring(last + 1));
        if (key.algorithm() == Jwks.Algorithm.ES256 && !plausible(signature)) {
            return false;
        }
        Signature verifier = Signature.getInstance(key.algorithm().jca());
        verifier.initVerify(key.key());
        verifier.update(token.substring(0, last).getBytes(StandardCharsets.US_ASCII));
        return verifier.verify(signature);
    }

    /** r and s of an ES256 signature are not zero: JDKs before 17.0.3 took zeros for a signature of anything. */
    private static boolean plausible(byte[] signature) {
        int r = 0;
        int s = 0;
        for (int i = 0; i < signature.length; i++) {
            if (i < ES256_BYTES / 2) {
                r |= signature[i];
            } else {
                s |= signature[i];
            }
        }
        return signature.length == ES256_BYTES && r != 0 && s != 0;
    }

    private @Nullable Verified claims(JsonNode claims) {
        long now = clock.instant().getEpochSecond();
        JsonNode expiry = claims.path("exp");
        JsonNode notBefore = claims.path("nbf");
        if (!claims.isObject()
                || !claims.path("iss").isTextual()
                || !claims.path("iss").textValue().equals(issuer.issuer())
                || !audience(claims.path("aud"))
                || !expiry.isNumber()
                || (!notBefore.isMissingNode() && !notBefore.isNumber())) {
            return null;
        }
        double exp = expiry.doubleValue();
        if (!(exp > now - SKEW_SECONDS)
                || !(exp <= now + LIFETIME_SECONDS_MAX + SKEW_SECONDS)
                || (notBefore.isNumber() && !(notBefore.doubleValue() <= now + SKEW_SECONDS))) {
            return null;
        }
        Caller caller = caller(claims);
        return caller == null ? null : new Verified(caller, (long) ((exp + SKEW_SECONDS) * 1000));
    }

    private boolean audience(JsonNode audience) {
        if (audience.isTextual()) {
            return audience.textValue().equals(issuer.audience());
        }
        for (JsonNode one : audience) {
            if (one.isTextual() && one.textValue().equals(issuer.audience())) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Caller caller(JsonNode claims) {
        JsonNode person = claims.path("person_id");
        JsonNode organisation = claims.path("uscc");
        if (person.isMissingNode() == organisation.isMissingNode()) {
            return null;
        }
        JsonNode given = person.isMissingNode() ? organisation : person;
        String identity = given.isTextual() ? Canonical.of(given.textValue()) : "";
        if (identity.isEmpty()) {
            return null;
        }
        PseudonymKey.Pseudonymiser pseudonymiser =
                pseudonymKey.pseudonymiser(person.isMissingNode() ? Scheme.USCC : Scheme.PERSON);
        pseudonymiser.make(identity);
        return person.isMissingNode()
                ? new Caller.Representative(pseudonymiser.high(), pseudonymiser.low())
                : new Caller.Citizen(pseudonymiser.high(), pseudonymiser.low());
    }

    private synchronized void refresh(long ageMs) {
        long now = clock.millis();
        if (now - askedMs < ageMs) {
            return;
        }
        askedMs = now;
        try {
            keys = Jwks.load(issuer.jwks());
        } catch (IOException e) {
            LOG.warn("the issuer's keys could not be read again; the old ones stay: {}", e.getMessage());
        }
    }

    private static byte[] decode(String part) {
        if (part.indexOf('=') >= 0) {
            throw new IllegalArgumentException("base64url is without padding here");
        }
        return Base64.getUrlDecoder().decode(part);
    }
}
