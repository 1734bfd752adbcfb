package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots listed, compared, swapped and refused in a running server, and one that runs out of room. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SnapshotOperationsTest {
    private static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    private static final City CITY = new City(400, 40, 11, DAY);
    private static final City OTHER = new City(400, 40, 12, DAY);
    private static final int BATCH = 2_000;

    /** More than the head-room of a small city. */
    private static final int NEWCOMERS = 1_100;

    private static final int AT_ONCE = 50;
    private static final Path CONFIG = Program.root().resolve("config");
    private static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    private static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String terminal = ApiKey.make();
    private final String operator = ApiKey.make();
    private final DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());

    @TempDir
    static Path directory = Path.of("");

    private @Nullable Serving serving;
    private @Nullable SnapshotStore store;
    private String first = "";
    private String second = "";

    @BeforeAll
    void serve() throws IOException {
        CITY.generate(directory.resolve("one"), Progress.SILENT);
        OTHER.generate(directory.resolve("two"), Progress.SILENT);
        SnapshotStore made = SnapshotStore.openOrCreate(directory.resolve("store"));
        store = made;
        second = build("two");
        first = build("one");
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        serving = Serving.start(plan(made, Database.fresh()));
    }

    @AfterAll
    void stop() {
        if (serving != null) {
            serving.close();
        }
    }

    private String build(String delivery) throws IOException {
        SnapshotStore into = Objects.requireNonNull(store);
        new Building(CONFIG, VOCABULARY, KEY, null, Trust.of(KEY, null, true), PublishingLimits.load(CONFIG), true, DAY)
                .build(directory.resolve(delivery), into, result -> true, "for a test", Progress.SILENT);
        return into.current();
    }

    private Serving.Plan plan(SnapshotStore from, Ledger.Place place) {
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                2,
                from.directory(),
                ServerConfig.Trail.DEFAULT,
                null,
                new ServerConfig.Jwt(
                        DemoIssuer.ISSUER,
                        DemoIssuer.AUDIENCE,
                        directory.resolve("jwks.json").toString()),
                ServerConfig.Limits.DEFAULT,
                new ServerConfig.Database(null, place.jdbcUrl()),
                60,
                90);
        return new Serving.Plan(
                config,
                Clients.of(
                        List.of(client("gate", Role.TERMINAL, terminal), client("operator", Role.OPERATOR, operator))),
                RULES,
                KEY,
                Trust.of(KEY, null, true),
                from,
                DAY,
                Progress.SILENT,
                place.user(),
                place.password());
    }

    private static Client client(String id, Role role, String key) {
        Set<String> scenes =
                Set.copyOf(VOCABULARY.scenes().stream().map(SceneDefinition::id).toList());
        return new Client(
                id,
                role,
                id,
                Set.of(ApiKey.sha256(key)),
                role == Role.TERMINAL ? scenes : Set.of(),
                Set.of(),
                Set.of(),
                role == Role.TERMINAL,
                // above what two loops answer of one card in batches: here nobody is to be refused
                100_000_000,
                1_000_000_000,
                LocalDate.of(2099, 1, 1));
    }

    private record Answer(int status, String body, JsonNode json) {}

    private HttpRequest request(String method, String path, String key, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + Objects.requireNonNull(serving).port() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + key)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return request.build();
    }

    private Answer ask(String method, String path, String key, @Nullable String body)
            throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(request(method, path, key, body), HttpResponse.BodyHandlers.ofString());
        boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
        return new Answer(
                response.statusCode(),
                response.body(),
                json ? mapper.readTree(response.body()) : mapper.createObjectNode());
    }

    private Answer operate(String method, String path) throws IOException, InterruptedException {
        return ask(method, path, operator, null);
    }

    private JsonNode awaitReady(Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            Answer ready = operate("GET", "/health/ready");
            assertEquals(200, ready.status(), ready.body());
            if (wanted.test(ready.json())) {
                return ready.json();
            }
            assertTrue(System.nanoTime() < until, ready.body());
            Thread.sleep(20);
        }
    }

    private void activate(String version) throws IOException, InterruptedException {
        Answer activated = operate("POST", "/v1/snapshots/" + version + "/activation");
        assertEquals(200, activated.status(), activated.body());
        awaitReady(ready -> ready.get("snapshot").asText().equals(version));
    }

    private double metric(String name) throws IOException, InterruptedException {
        return operate("GET", "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    private String entitledCard() throws IOException, InterruptedException {
        for (int i = 0; i < CITY.persons(); i++) {
            String body = "{\"scheme\":\"card\",\"token\":\"" + CITY.token(i).token() + "\"}";
            Answer check = ask("POST", "/v1/scenes/transit/checks", terminal, body);
            if (!check.json().path("benefit").isNull()) {
                return CITY.token(i).token();
            }
        }
        throw new IllegalStateException("nobody in the city has a benefit in transit");
    }

    @Test
    void list_diffAndRollback_asTheStoreSays() throws Exception {
        activate(first);
        Answer list = operate("GET", "/v1/snapshots");
        assertEquals(200, list.status(), list.body());
        assertEquals(first, list.json().get("current").asText());
        assertTrue(list.json().get("snapshots").size() >= 2);
        assertTrue(list.json().get("next").isNull());
        Answer other = operate("GET", "/v1/snapshots?cursor=AAAA");
        assertEquals(400, other.status(), other.body());
        assertEquals("/cursor", other.json().at("/errors/0/pointer").asText());
        Answer diff = operate("GET", "/v1/snapshots/" + first + "/diff/" + second);
        assertEquals(200, diff.status(), diff.body());
        assertEquals(first, diff.json().get("a").asText());
        assertTrue(diff.json().get("kinds").size() > 3);
        Answer activated = operate("POST", "/v1/snapshots/" + second + "/activation");
        assertEquals(first, activated.json().get("former").asText());
        awaitReady(ready -> ready.get("snapshot").asText().equals(second));
        activate(first);
    }

    @Test
    void unknownVersion_404() throws Exception {
        for (String version : List.of("20261015-009-00000000", "x", "..%2f..", "current")) {
            assertEquals(
                    404,
                    operate("POST", "/v1/snapshots/" + version + "/activation").status(),
                    version);
            assertEquals(
                    404,
                    operate("GET", "/v1/snapshots/" + first + "/diff/" + version)
                            .status(),
                    version);
        }
        assertEquals(
                403,
                ask("POST", "/v1/snapshots/" + first + "/activation", terminal, null)
                        .status());
    }

    @Test
    void damagedSnapshot_refused_rememberedAndShown() throws Exception {
        String served = awaitReady(ready -> true).get("snapshot").asText();
        SnapshotStore into = Objects.requireNonNull(store);
        String damaged = build("two");
        Path file = into.path(damaged).resolve("records.parquet");
        into.activate(served);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Answer refused = operate("POST", "/v1/snapshots/" + damaged + "/activation");
        assertEquals(409, refused.status(), refused.body());
        assertEquals("/problems/snapshot-refused", refused.json().get("type").asText());
        assertEquals(
                409,
                operate("GET", "/v1/snapshots/" + served + "/diff/" + damaged).status());
        assertEquals(served, into.current());
        // somebody sets it by hand: the server notices, goes on with what it has, and says so
        into.activate(damaged);
        JsonNode ready =
                awaitReady(now -> now.get("failed_snapshots").toString().contains(damaged));
        assertEquals(served, ready.get("snapshot").asText());
        assertTrue(metric("osmanthus_snapshot_failed") >= 1);
        assertEquals(
                409, operate("POST", "/v1/snapshots/" + damaged + "/activation").status());
        activate(served);
    }

    @Test
    void swapUnderLoad_noRequestFails_noneMixesTwoGenerations() throws Exception {
        activate(first);
        String card = entitledCard();
        String subject = "{\"scheme\":\"card\",\"token\":\"" + card + "\"}";
        String batch = "{\"subjects\":[" + (subject + ",").repeat(BATCH - 1) + subject + "]}";
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Set<String>>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            boolean single = i == 0;
            readers.add(CompletableFuture.supplyAsync(() -> load(single, single ? subject : batch, over)));
        }
        for (int swap = 0; swap < 4; swap++) {
            activate(swap % 2 == 0 ? second : first);
        }
        over.set(true);
        Set<String> seen = new HashSet<>();
        for (CompletableFuture<Set<String>> reader : readers) {
            seen.addAll(reader.get(1, TimeUnit.MINUTES));
        }
        assertEquals(2, seen.size(), "each answer is wholly of one generation: " + seen);
        activate(first);
    }

    /** The benefits that answers gave; those of one batch must be one. */
    private Set<String> load(boolean single, String body, AtomicBoolean over) {
        Set<String> seen = new HashSet<>();
        try {
            while (!over.get()) {
                Answer answer = ask("POST", "/v1/scenes/transit/checks" + (single ? "" : "/batch"), terminal, body);
                assertEquals(200, answer.status(), answer.body());
                Set<String> benefits = new HashSet<>();
                if (single) {
                    benefits.add(answer.json().get("benefit").asText());
                } else {
                    answer.json().get("benefits").forEach(benefit -> benefits.add(benefit.asText()));
                }
                assertEquals(1, benefits.size(), "a batch of two generations");
                seen.addAll(benefits);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return seen;
    }

    @Test
    void moreNewcomersThanRoom_loadedAnewWithRoom_nothingIsLost() throws Exception {
        double before = metric("osmanthus_persons_capacity");
        City elsewhere = new City(3_000, 40, 99, DAY);
        Set<String> here = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            here.add(CITY.personId(i));
            here.add(OTHER.personId(i));
        }
        List<String> newcomers = new ArrayList<>();
        for (int i = 0; newcomers.size() < NEWCOMERS; i++) {
            if (here.add(elsewhere.personId(i))) {
                newcomers.add(elsewhere.personId(i));
            }
        }
        for (HttpResponse<String> response : all("PUT", "/v1/me/enrolment", newcomers)) {
            // 503: written, but not yet applied while the generation is loaded anew
            assertTrue(Set.of(200, 201, 503).contains(response.statusCode()), response.body());
        }
        awaitReady(ready -> ready.get("position").asLong() >= NEWCOMERS);
        for (HttpResponse<String> me : all("GET", "/v1/me", newcomers)) {
            assertTrue(mapper.readTree(me.body()).path("enrolled").asBoolean(), me.body());
        }
        assertTrue(metric("osmanthus_persons_capacity") > before);
        assertTrue(metric("osmanthus_persons_used") >= 400 + NEWCOMERS);
        assertTrue(metric("osmanthus_identifiers_used") <= metric("osmanthus_identifiers_capacity"));
        assertTrue(metric("osmanthus_dossiers_abandoned_bytes") >= 0);
    }

    /** The same request of many citizens, some at once. */
    private List<HttpResponse<String>> all(String method, String path, List<String> personIds) throws Exception {
        List<HttpResponse<String>> responses = new ArrayList<>();
        for (int i = 0; i < personIds.size(); i += AT_ONCE) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (String id : personIds.subList(i, Math.min(personIds.size(), i + AT_ONCE))) {
                answers.add(http.sendAsync(
                        request(method, path, issuer.citizen(id, Duration.ofMinutes(30)), null),
                        HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                responses.add(answer.get(2, TimeUnit.MINUTES));
            }
        }
        return responses;
    }
}
