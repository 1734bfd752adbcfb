package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.Client;
import io.osmanthus.http.Clients;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.http.Role;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one ledger, with a synthetic city, asked as citizens, terminals and departments ask. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LedgerOverHttpTest {
    private static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    private static final City CITY = new City(400, 40, 11, DAY);
    private static final Path CONFIG = Program.root().resolve("config");
    private static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    private static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);

    /** Adults and a child whom no delivery names. */
    private static final List<String> STRANGERS = List.of("320501189001010017", "320501189001010033");

    private static final String CHILD = "320501201501010012";

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String terminal = ApiKey.make();
    private final String department = ApiKey.make();
    private final DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());

    @TempDir
    static Path directory = Path.of("");

    private @Nullable Serving one;
    private @Nullable Serving two;
    private @Nullable SnapshotStore store;

    @BeforeAll
    void serve() throws IOException {
        CITY.generate(directory.resolve("delivery"), Progress.SILENT);
        SnapshotStore made = SnapshotStore.openOrCreate(directory.resolve("store"));
        store = made;
        build();
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        Ledger.Place place = Database.fresh();
        one = Serving.start(plan(made, new ServerConfig.Database(null, place.jdbcUrl()), place, 60));
        two = Serving.start(plan(made, new ServerConfig.Database(null, place.jdbcUrl()), place, 60));
    }

    @AfterAll
    void stop() {
        if (one != null) {
            one.close();
        }
        if (two != null) {
            two.close();
        }
    }

    private String build() throws IOException {
        SnapshotStore into = Objects.requireNonNull(store);
        new Building(CONFIG, VOCABULARY, KEY, null, Trust.of(KEY, null, true), PublishingLimits.load(CONFIG), true, DAY)
                .build(directory.resolve("delivery"), into, Progress.SILENT);
        return into.current();
    }

    private Serving.Plan plan(SnapshotStore from, ServerConfig.Database database, Ledger.Place place, int staleness) {
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                1,
                from.directory(),
                ServerConfig.Trail.DEFAULT,
                null,
                new ServerConfig.Jwt(
                        DemoIssuer.ISSUER,
                        DemoIssuer.AUDIENCE,
                        directory.resolve("jwks.json").toString()),
                ServerConfig.Limits.DEFAULT,
                database,
                staleness,
                90);
        return new Serving.Plan(
                config,
                clients(),
                RULES,
                KEY,
                Trust.of(KEY, null, true),
                from,
                DAY,
                Progress.SILENT,
                place.user(),
                place.password());
    }

    private Clients clients() {
        Set<String> scenes =
                Set.copyOf(VOCABULARY.scenes().stream().map(SceneDefinition::id).toList());
        LocalDate far = LocalDate.of(2099, 1, 1);
        return Clients.of(List.of(
                new Client(
                        "gate",
                        Role.TERMINAL,
                        "gate",
                        Set.of(ApiKey.sha256(terminal)),
                        scenes,
                        Set.of(),
                        Set.of(),
                        true,
                        1_000_000,
                        1_000_000,
                        far),
                new Client(
                        "office",
                        Role.DEPARTMENT,
                        "office",
                        Set.of(ApiKey.sha256(department)),
                        Set.of(),
                        Set.of(),
                        Set.of("红十字会"),
                        false,
                        1_000_000,
                        1_000_000,
                        far)));
    }

    private record Answer(int status, String body, JsonNode json, long position) {}

    private Answer ask(
            @Nullable Serving node, String method, String path, String key, @Nullable String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + Objects.requireNonNull(node).port() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + key)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.body(),
                mapper.readTree(response.body()),
                response.headers().firstValueAsLong("Osmanthus-Position").orElse(-1));
    }

    private String citizen(String personId) {
        return issuer.citizen(personId, Duration.ofMinutes(30));
    }

    private Answer check(@Nullable Serving node, String token) throws IOException, InterruptedException {
        return ask(
                node,
                "POST",
                "/v1/scenes/transit/checks",
                terminal,
                "{\"scheme\":\"card\",\"token\":\"" + token + "\"}");
    }

    private boolean benefit(@Nullable Serving node, String token) throws IOException, InterruptedException {
        Answer answer = check(node, token);
        assertEquals(200, answer.status(), answer.body());
        return !answer.json().get("benefit").isNull();
    }

    /** A person with a card that gets a benefit in transit, from the {@code after}th on. */
    private int entitled(int after) throws IOException, InterruptedException {
        for (int i = after; i < CITY.persons(); i++) {
            if (CITY.owner(i) == i && benefit(one, CITY.token(i).token())) {
                return i;
            }
        }
        throw new IllegalStateException("nobody in the city has a benefit in transit");
    }

    private void onTwo(long position) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (ask(two, "GET", "/health/ready", terminal, null)
                        .json()
                        .get("position")
                        .asLong()
                < position) {
            assertTrue(System.nanoTime() < until, "the other node does not follow");
        }
    }

    @Test
    void consent_withdrawnOnOne_noBenefitOnEither_andNoneByALaterSnapshot() throws Exception {
        int person = entitled(0);
        String card = CITY.token(person).token();
        String token = citizen(CITY.personId(person));
        Answer withdrawn = ask(one, "DELETE", "/v1/me/consents/transit", token, null);
        assertEquals(200, withdrawn.status(), withdrawn.body());
        assertTrue(withdrawn.json().hasNonNull("effective_everywhere_by"));
        assertTrue(!benefit(one, card), "after the acknowledgement, on the answering node");
        onTwo(withdrawn.position());
        assertTrue(!benefit(two, card));
        assertEquals(check(one, card).body(), check(one, "6212269999999999").body());
        String version = build();
        awaitSnapshot(version);
        assertTrue(!benefit(one, card), "the later snapshot still contains the consent");
        Answer given = ask(one, "PUT", "/v1/me/consents/transit", token, "{\"purpose_version\":1}");
        assertEquals(200, given.status(), given.body());
        assertTrue(benefit(one, card));
        assertEquals("2028-10-15", given.json().get("expires_on").asText());
    }

    private void awaitSnapshot(String version) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        for (Serving node : List.of(Objects.requireNonNull(one), Objects.requireNonNull(two))) {
            while (!ask(node, "GET", "/health/ready", terminal, null)
                    .json()
                    .get("snapshot")
                    .asText()
                    .equals(version)) {
                assertTrue(System.nanoTime() < until, "the snapshot is not served");
                Thread.sleep(20);
            }
        }
    }

    @Test
    void person_enrolsConsentsBindsGains_andLeaves() throws Exception {
        String person = STRANGERS.get(0);
        String token = citizen(person);
        assertEquals(
                false,
                ask(one, "GET", "/v1/me", token, null).json().get("enrolled").asBoolean());
        assertEquals(
                404,
                ask(one, "PUT", "/v1/me/consents/transit", token, "{\"purpose_version\":1}")
                        .status());
        assertEquals(
                422, ask(one, "PUT", "/v1/me/enrolment", citizen(CHILD), null).status());
        Answer enrolled = ask(one, "PUT", "/v1/me/enrolment", token, null);
        assertEquals(200, enrolled.status(), enrolled.body());
        assertTrue(enrolled.json().get("facts_as_of").isNull());
        assertEquals(200, ask(one, "GET", "/v1/me/score", token, null).status());
        assertEquals(
                422,
                ask(one, "PUT", "/v1/me/consents/transit", token, "{\"purpose_version\":9}")
                        .status());
        assertEquals(
                422,
                ask(
                                one,
                                "PUT",
                                "/v1/me/consents/transit",
                                token,
                                "{\"purpose_version\":1,\"expires_on\":\"2030-01-01\"}")
                        .status());
        assertEquals(
                200,
                ask(one, "PUT", "/v1/me/consents/transit", token, "{\"purpose_version\":1}")
                        .status());
        assertEquals(
                200,
                ask(one, "PUT", "/v1/me/tokens/card", token, "{\"token\":\"6212 2688 0000 0001\"}")
                        .status());
        assertEquals(
                404,
                ask(one, "PUT", "/v1/me/tokens/uscc", token, "{\"token\":\"1\"}")
                        .status());
        assertEquals(
                1,
                ask(one, "GET", "/v1/me/tokens", token, null)
                        .json()
                        .get("tokens")
                        .size());
        for (int i = 0; i < 40; i++) {
            Answer added = ask(one, "POST", "/v1/records", department, record("s-" + i, person));
            assertEquals(201, added.status(), added.body());
            assertEquals(0, added.json().get("rejected").size(), added.body());
        }
        assertTrue(
                ask(one, "GET", "/v1/me/score", token, null).json().get("lines").size() >= 40);
        assertTrue(benefit(one, "6212268800000001"));
        Answer left = ask(one, "DELETE", "/v1/me/enrolment", token, null);
        assertEquals(200, left.status(), left.body());
        assertEquals("2027-01-13", left.json().get("erased_everywhere_on").asText());
        assertTrue(!benefit(one, "6212268800000001"));
        assertEquals(404, ask(one, "GET", "/v1/me/score", token, null).status());
        onTwo(left.position());
        assertEquals(404, ask(two, "GET", "/v1/me/score", token, null).status());
        assertEquals(200, ask(two, "PUT", "/v1/me/enrolment", token, null).status());
        assertEquals(
                0,
                ask(two, "GET", "/v1/me/score", token, null).json().get("lines").size());
    }

    @Test
    void leaver_ofTheDelivery_doesNotComeBackWithIt() throws Exception {
        int person = entitled(100);
        String token = citizen(CITY.personId(person));
        Answer left = ask(one, "DELETE", "/v1/me/enrolment", token, null);
        assertEquals(200, left.status(), left.body());
        awaitSnapshot(build());
        assertEquals(404, ask(one, "GET", "/v1/me/score", token, null).status());
        assertTrue(!benefit(one, CITY.token(person).token()));
        assertEquals(404, ask(one, "GET", "/v1/me/tokens", token, null).status());
    }

    private static String record(String id, String person) {
        return "{\"records\":[{\"record_id\":\"" + id + "\",\"subject_type\":\"person\",\"subject_id\":\"" + person
                + "\",\"item\":\"blood-donation\",\"occurred_on\":\"2026-09-01\",\"quantity\":400,\"source\":\"红十字会\"}]}";
    }

    @Test
    void reports_aboutSomebodyEnrolledAndNot_answeredAlike() throws Exception {
        String enrolled = CITY.personId(7);
        Answer known = ask(one, "POST", "/v1/records", department, record("r-1", enrolled));
        Answer unknown = ask(one, "POST", "/v1/records", department, record("r-1", STRANGERS.get(1)));
        assertAlike(known, unknown, 201);
        String card = CITY.token(7).token();
        known = ask(one, "POST", "/v1/arrears", terminal, arrears(card, "ref-1"));
        unknown = ask(one, "POST", "/v1/arrears", terminal, arrears("6212269999999991", "ref-2"));
        assertAlike(known, unknown, 201);
        known = ask(one, "DELETE", "/v1/arrears/ref-1", terminal, null);
        unknown = ask(one, "DELETE", "/v1/arrears/ref-2", terminal, null);
        assertAlike(known, unknown, 200);
        assertAlike(unknown, ask(one, "DELETE", "/v1/arrears/ref-3", terminal, null), 200);
        String retraction =
                "{\"retractions\":[{\"record_id\":\"r-1\",\"subject_type\":\"person\",\"subject_id\":\"%s\","
                        + "\"source\":\"红十字会\"}]}";
        known = ask(one, "POST", "/v1/retractions", department, String.format(retraction, enrolled));
        unknown = ask(one, "POST", "/v1/retractions", department, String.format(retraction, STRANGERS.get(1)));
        assertAlike(known, unknown, 201);
        for (JsonNode line :
                ask(one, "GET", "/v1/me/score", citizen(enrolled), null).json().get("lines")) {
            assertTrue(
                    !line.get("record_id").asText().equals("r-1")
                            || !line.get("counted").asBoolean(),
                    line.toString());
        }
    }

    /** The same bytes but for the digits of the position. */
    private static void assertAlike(Answer known, Answer unknown, int status) {
        assertEquals(status, known.status(), known.body());
        assertEquals(known.status(), unknown.status());
        assertEquals(known.body().replaceAll("[0-9]+", "n"), unknown.body().replaceAll("[0-9]+", "n"));
        assertTrue(unknown.position() > known.position());
    }

    private static String arrears(String card, String reference) {
        return "{\"arrears\":[{\"scene\":\"transit\",\"scheme\":\"card\",\"token\":\"" + card
                + "\",\"since\":\"2026-10-01\",\"amount_cents\":300,\"reference\":\"" + reference + "\"}]}";
    }

    @Test
    void reports_malformedOrForeign_rejectedByIndex() throws Exception {
        String foreign = record("r-9", CITY.personId(9)).replace("红十字会", "法院");
        Answer answer = ask(one, "POST", "/v1/records", department, foreign);
        assertEquals(
                "SOURCE_NOT_ALLOWED",
                answer.json().get("rejected").get(0).get("reason").asText());
        assertEquals(
                400,
                ask(one, "POST", "/v1/records", department, "{\"records\":3}").status());
        assertEquals(400, ask(one, "POST", "/v1/records", department, "{").status());
        assertEquals(
                422,
                ask(one, "POST", "/v1/records", department, "{\"records\":[]}").status());
        assertEquals(403, ask(one, "POST", "/v1/records", terminal, foreign).status());
    }

    @Test
    void write_withIdempotencyKey_answeredAsBefore_otherBody409() throws Exception {
        String token = citizen(CITY.personId(20));
        String path = "/v1/me/consents/parking";
        String body = "{\"purpose_version\":1}";
        Answer first = ask(one, "PUT", path, token, body, "Idempotency-Key", "k1");
        Answer again = ask(two, "PUT", path, token, body, "Idempotency-Key", "k1");
        assertEquals(200, first.status(), first.body());
        assertEquals(first.body(), again.body());
        assertEquals(first.position(), again.position());
        String other = "{\"purpose_version\":1,\"expires_on\":\"2027-01-01\"}";
        assertEquals(
                409,
                ask(one, "PUT", path, token, other, "Idempotency-Key", "k1").status());
        assertNotEquals(
                first.position(),
                ask(one, "PUT", path, citizen(CITY.personId(21)), body, "Idempotency-Key", "k1")
                        .position());
        assertEquals(
                400,
                ask(one, "PUT", path, token, body, "Idempotency-Key", "k".repeat(129))
                        .status());
    }

    @Test
    void read_withMinPosition_waitsForIt() throws Exception {
        String token = citizen(CITY.personId(30));
        Answer given = ask(one, "PUT", "/v1/me/consents/parking", token, "{\"purpose_version\":1}");
        String position = Long.toString(given.position());
        Answer read = ask(two, "GET", "/v1/me/consents", token, null, "Osmanthus-Min-Position", position);
        // on a machine under load the second may be over; then it says so
        assertTrue(read.status() == 200 || read.status() == 503, read.body());
        onTwo(given.position());
        read = ask(two, "GET", "/v1/me/consents", token, null, "Osmanthus-Min-Position", position);
        assertTrue(read.body().contains("parking"), read.body());
        assertEquals(
                503,
                ask(one, "GET", "/v1/me/score", token, null, "Osmanthus-Min-Position", "999999999")
                        .status());
        assertEquals(
                400,
                ask(one, "GET", "/v1/me/score", token, null, "Osmanthus-Min-Position", "x")
                        .status());
    }

    @Test
    void database_awayAndBack_checksStopAfterTheStaleness_andComeBack() throws Exception {
        Path home = directory.resolve("own");
        SnapshotStore own = Objects.requireNonNull(store);
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            Ledger.Place place = database.place();
            Path seen = directory.resolve("store2");
            SnapshotStore second = SnapshotStore.openOrCreate(seen);
            assertNull(second.currentOrNull());
            Serving.Plan plan = plan(second, new ServerConfig.Database(null, place.jdbcUrl()), place, 1);
            new Building(
                            CONFIG,
                            VOCABULARY,
                            KEY,
                            null,
                            Trust.of(KEY, null, true),
                            PublishingLimits.load(CONFIG),
                            true,
                            DAY)
                    .build(directory.resolve("delivery"), second, Progress.SILENT);
            try (Serving node = Serving.start(plan)) {
                String token = citizen(CITY.personId(3));
                String body = "{\"purpose_version\":1}";
                assertEquals(
                        200,
                        ask(node, "PUT", "/v1/me/consents/parking", token, body).status());
                long pid = Long.parseLong(Files.readAllLines(home.resolve("data/postmaster.pid"))
                        .get(0)
                        .strip());
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                ProcessHandle.of(pid)
                        .ifPresent(gone ->
                                gone.onExit().orTimeout(60, TimeUnit.SECONDS).join());
                awaitStatus(node, 503, CITY.token(3).token());
                Answer away = ask(node, "PUT", "/v1/me/consents/parking", token, body);
                assertEquals(503, away.status(), away.body());
                assertEquals(200, ask(node, "GET", "/v1/me/score", token, null).status());
                long back = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
                while (check(node, CITY.token(3).token()).status() != 200) {
                    assertTrue(System.nanoTime() < back, "checks do not come back");
                    database.keepRunning();
                    Thread.sleep(100);
                }
                long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
                while (ask(node, "PUT", "/v1/me/consents/parking", token, body).status() != 200) {
                    assertTrue(System.nanoTime() < until, "writes do not come back");
                    Thread.sleep(50);
                }
            }
        }
        assertTrue(Files.isDirectory(own.directory()));
    }

    private void awaitStatus(Serving node, int status, String card) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (check(node, card).status() != status) {
            assertTrue(System.nanoTime() < until, "checks do not answer " + status);
            Thread.sleep(50);
        }
    }
}
