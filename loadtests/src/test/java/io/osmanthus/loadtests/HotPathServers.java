package io.osmanthus.loadtests;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.CandidateSearch;
import io.osmanthus.http.Client;
import io.osmanthus.http.Clients;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.http.Role;
import io.osmanthus.http.Server;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The servers that {@link HotPath} loads, of one event loop each, in one process on one city and one engine: with an access
 * trail; without; with a trail and an admission limit. Arguments: directory, checks a second of the third. The terminal's key
 * comes from {@code OSMANTHUS_API_KEY}; prints the three ports when all is ready. Tokens of citizens are in {@code
 * citizens.txt}; the issuer also has a P-256 key by which nobody signs.
 */
public final class HotPathServers {
    /** The key in whose name tokens are forged. */
    static final String FORGED_KEY = "p256";

    static final int CITIZENS = 1_000;

    private static final int MANY = 100_000_000;
    private static final int SUBJECTS_PER_DAY = 2_000_000_000;

    private final Path directory;
    private final LocalDate today = LocalDate.now(ZoneId.of("Asia/Shanghai"));
    private final RuleSet rules;
    private final Engine engine = new Engine();
    private final ServerConfig.Jwt issuer;

    private HotPathServers(Path directory, RuleSet rules, ServerConfig.Jwt issuer) {
        this.directory = directory;
        this.rules = rules;
        this.issuer = issuer;
    }

    /** Serves until it is ended. */
    public static void main(String[] args) throws IOException, InterruptedException, JoseException {
        Path directory = Path.of(args[0]);
        Path config = Path.of(System.getProperty("osmanthus.root", ".."), "config");
        City of = DemoCity.city();
        DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());
        Path jwks = Files.writeString(directory.resolve("jwks.json"), keys(issuer));
        HotPathServers servers = new HotPathServers(
                directory,
                RuleSet.load(config, Vocabulary.load(config)),
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, jwks.toString()));
        City city = new City(of.persons(), 0, of.seed(), servers.today);
        servers.engine.publish(CheckBenchmark.generation(city, servers.today));
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < CITIZENS; i++) {
            String person = city.personId(i * (city.persons() / CITIZENS));
            tokens.add(issuer.citizen(person, Duration.ofMinutes(59)));
        }
        Files.write(directory.resolve("citizens.txt"), tokens);
        AccessTrail trail = AccessTrail.start(TrailOptions.of(directory.resolve("trail")), Clock.systemUTC());
        int with = servers.start(trail, MANY);
        int without = servers.start(null, MANY);
        int limited = servers.start(trail, Integer.parseInt(args[1]));
        System.out.println("ports " + with + " " + without + " " + limited);
        Thread.sleep(Long.MAX_VALUE);
    }

    /** The demonstration's key and one of P-256, whose tokens cost most to refuse. */
    private static String keys(DemoIssuer issuer) throws JoseException {
        EllipticCurveJsonWebKey pair = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        pair.setKeyId(FORGED_KEY);
        pair.setAlgorithm("ES256");
        String other = pair.toJson(OutputControlLevel.PUBLIC_ONLY);
        String jwks = issuer.jwks();
        int end = jwks.lastIndexOf(']');
        return jwks.substring(0, end) + "," + other + jwks.substring(end);
    }

    private int start(@Nullable AccessTrail trail, int checksPerSecond) {
        ServerConfig shape = ServerConfig.demonstration(0, directory, directory.resolve("ledger"), issuer);
        ServerConfig.Limits shipped = shape.limits();
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                1,
                directory,
                shape.trail(),
                null,
                issuer,
                new ServerConfig.Limits(
                        shipped.bodyBytesMax(),
                        shipped.batchSubjectsMax(),
                        shipped.matchNamesMax(),
                        shipped.headerBytesMax(),
                        shipped.uriBytesMax(),
                        shipped.connectionsMax(),
                        shipped.idleTimeoutMs(),
                        shipped.requestTimeoutMs(),
                        shipped.shutdownTimeoutMs(),
                        shipped.batchesMax(),
                        shipped.publicRequestsPerSecond(),
                        checksPerSecond,
                        shipped.unsentBytesMax(),
                        shipped.failedTokensPerSecond()),
                shape.database(),
                shape.ledgerStalenessMaxSeconds(),
                shape.erasureDays());
        return Server.start(
                        config,
                        Clients.of(List.of(terminal())),
                        rules,
                        engine,
                        PseudonymKey.ofHex(CheckBenchmark.KEY),
                        CandidateSearch.NONE,
                        trail,
                        Clock.systemUTC(),
                        null)
                .port();
    }

    private Client terminal() {
        return new Client(
                "terminal",
                Role.TERMINAL,
                "Terminal",
                Set.of(ApiKey.sha256(Workshop.apiKey())),
                Set.of("transit"),
                Set.of(),
                Set.of(),
                true,
                MANY,
                SUBJECTS_PER_DAY,
                today.plusDays(2));
    }
}
