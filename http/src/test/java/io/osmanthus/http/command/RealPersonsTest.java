package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.Clients;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Persons who may be real are served where they can object and somebody can decide it (charter 6 and 8), never in a
 * demonstration; offline they are not asked about, where the ledger is not known. Organisations are.
 */
final class RealPersonsTest {
    private static final Path CONFIG = Program.root().resolve("config");
    private static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);

    private final Ledger.Place place = Database.fresh();

    @TempDir
    Path directory = Path.of("");

    @Test
    void snapshotOfRealPersons_inADemonstrationOrOffline_refused() throws IOException, InterruptedException {
        String id = realId();
        Path delivery = delivery(id);
        String store = directory.resolve("store").toString();
        Program.Run build = Program.run(
                "", "build", "--delivery", delivery.toString(), "--store", store, "--as-of", "2026-10-15", "--json");
        assertEquals(0, build.exit(), build.err());
        assertTrue(build.out().contains("\"accepted\":1,"), build.out());

        for (String[] command : new String[][] {
            {"explain", "--store", store},
            {"check", "--scene", "transit", "--store", store},
            {"serve", "--store", store}
        }) {
            Program.Run run = Program.run(id + "\n", command);
            assertEquals(1, run.exit(), command[0] + ": " + run.out());
            assertTrue(run.err().contains("holds real persons"), run.err());
            assertEquals("", run.out());
        }
        Program.Run match = Program.run(
                "91320594X42003381Y\n",
                "match",
                "--matter",
                "construction",
                "--store",
                store,
                "--operator",
                "desk-7",
                "--case",
                "C-1");
        assertEquals(0, match.exit(), match.err());
        assertEquals(1, match.lines().size());
    }

    /** Born in 1900, with the sequence 000 that is given to nobody. */
    private static String realId() {
        return withCheck("32050719000101000");
    }

    private Path delivery(String id) throws IOException {
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        Files.writeString(
                delivery.resolve("delivery.csv"),
                "source,file,provided,delivered_on\n市大数据局,persons.csv,1,2026-10-15\n市大数据局,organisations.csv,1,2026-10-15\n");
        Files.writeString(
                delivery.resolve("persons.csv"), "person_id,district,enrolled_on\n" + id + ",320507,2024-01-01\n");
        Files.copy(
                Program.resource("delivery-sample").resolve("organisations.csv"),
                delivery.resolve("organisations.csv"));
        return delivery;
    }

    @Test
    void snapshotOfRealPersons_servedWhereTheyCanObjectAndStaffDecides() throws Exception {
        LocalDate day = LocalDate.of(2026, 10, 15);
        String id = realId();
        KeyPair signing = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Trust trust = Trust.of(KEY, signing.getPublic(), false);
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        new Building(
                        CONFIG,
                        VOCABULARY,
                        KEY,
                        signing.getPrivate(),
                        Trust.of(KEY, signing.getPublic(), true),
                        PublishingLimits.load(CONFIG),
                        true,
                        day)
                .build(delivery(id), store, Progress.SILENT);
        assertFalse(store.manifest(store.current()).synthetic());
        DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        String jwks = directory.resolve("jwks.json").toString();
        ServerConfig.Jwt citizens = new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, jwks);
        refused("nobody could object", store, trust, day, false, null, null);
        refused("nobody could decide", store, trust, day, false, citizens, null);
        refused("a demonstration", store, trust, day, true, citizens, citizens);
        try (Serving serving = Serving.start(plan(store, trust, day, false, citizens, citizens))) {
            HttpResponse<String> score = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serving.port() + "/v1/me/score"))
                                    .header("Authorization", "Bearer " + issuer.citizen(id, Duration.ofMinutes(5)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, score.statusCode(), score.body());
        }
    }

    private void refused(
            String words,
            SnapshotStore store,
            Trust trust,
            LocalDate day,
            boolean demonstration,
            ServerConfig.@Nullable Jwt citizens,
            ServerConfig.@Nullable Jwt staff) {
        Serving.Plan plan = plan(store, trust, day, demonstration, citizens, staff);
        RuntimeException refused =
                assertThrows(RuntimeException.class, () -> Serving.start(plan).close());
        assertTrue(String.valueOf(refused.getMessage()).contains("holds real persons"), refused.toString());
        assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.toString());
    }

    private Serving.Plan plan(
            SnapshotStore store,
            Trust trust,
            LocalDate day,
            boolean demonstration,
            ServerConfig.@Nullable Jwt citizens,
            ServerConfig.@Nullable Jwt staff) {
        ServerConfig config = new ServerConfig(
                demonstration,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                1,
                store.directory(),
                ServerConfig.Trail.DEFAULT,
                null,
                citizens,
                staff,
                ServerConfig.Limits.DEFAULT,
                new ServerConfig.Database(null, place.jdbcUrl()),
                60,
                90,
                ServerConfig.Running.DEMONSTRATION);
        return new Serving.Plan(
                config,
                Clients.of(List.of()),
                RuleSet.load(CONFIG, VOCABULARY),
                KEY,
                trust,
                store,
                day,
                Progress.SILENT,
                place.user(),
                place.password());
    }

    private static String withCheck(String first17) {
        return IntStream.range(0, 11)
                .mapToObj(i -> first17 + "0123456789X".charAt(i))
                .filter(id -> CitizenIds.valid(id, 0))
                .findFirst()
                .orElseThrow();
    }
}
