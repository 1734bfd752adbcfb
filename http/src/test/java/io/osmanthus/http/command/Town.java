package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.osmanthus.engine.rules.Matter;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A synthetic city with a store, an issuer and clients, and the servers that tests start on it. */
final class Town {
    static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    static final City CITY = new City(400, 40, 11, DAY);
    static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);

    final String terminal = ApiKey.make();
    final String department = ApiKey.make();
    final String desk = ApiKey.make();

    /** Of a terminal for parking only. */
    final String meter = ApiKey.make();

    /** Of a department that keeps the lists of the emergency office and of the court, and matches in every matter. */
    final String keeper = ApiKey.make();

    /** By how much the issuer's clock goes ahead, in seconds. */
    volatile long issuerAhead;

    final DemoIssuer issuer = DemoIssuer.make(() -> Instant.now().plusSeconds(issuerAhead));
    final SnapshotStore store;
    private final ObjectMapper mapper = new ObjectMapper();
    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path directory;
    private final Path delivery;

    private Town(Path directory) throws IOException {
        this.directory = directory;
        this.delivery = directory.resolve("delivery");
        CITY.generate(delivery, Progress.SILENT);
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        store = SnapshotStore.openOrCreate(directory.resolve("store"));
    }

    /** A city in a directory, with its first snapshot. */
    static Town found(Path directory) throws IOException {
        Town town = new Town(directory);
        town.build(shipped());
        return town;
    }

    static Path shipped() {
        return Program.root().resolve("config");
    }

    /** Takes the delivery in, as it is now. */
    String build(Path config) throws IOException {
        return build(config, null);
    }

    /** The same, with what a ledger says. */
    String build(Path config, @Nullable Ledger ledger) throws IOException {
        new Building(
                        config,
                        Vocabulary.load(config),
                        KEY,
                        null,
                        Trust.of(KEY, null, true),
                        PublishingLimits.load(config),
                        true,
                        DAY,
                        ledger)
                .build(delivery, store, Progress.SILENT);
        return store.current();
    }

    /** Adds a row to a file of the delivery; columns that are not given stay empty. */
    void deliver(String file, Map<String, String> row) throws IOException {
        Path path = delivery.resolve(file);
        String header;
        try (Stream<String> lines = Files.lines(path, StandardCharsets.UTF_8)) {
            header = lines.findFirst().orElseThrow();
        }
        String line = Stream.of(header.split(",", -1))
                .map(column -> row.getOrDefault(column.strip(), ""))
                .collect(Collectors.joining(","));
        Files.writeString(path, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    Serving serve(Path config, Ledger.Place place) {
        return Serving.start(plan(config, place, 60));
    }

    Serving.Plan plan(Path config, Ledger.Place place, int staleness) {
        Vocabulary vocabulary = Vocabulary.load(config);
        RuleSet rules = RuleSet.load(config, vocabulary);
        ServerConfig server = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                1,
                store.directory(),
                ServerConfig.Trail.DEFAULT,
                null,
                new ServerConfig.Jwt(
                        DemoIssuer.ISSUER,
                        DemoIssuer.AUDIENCE,
                        directory.resolve("jwks.json").toString()),
                ServerConfig.Limits.DEFAULT,
                new ServerConfig.Database(null, place.jdbcUrl()),
                staleness,
                90);
        return new Serving.Plan(
                server,
                clients(rules),
                rules,
                KEY,
                Trust.of(KEY, null, true),
                store,
                DAY,
                Progress.SILENT,
                place.user(),
                place.password());
    }

    private Clients clients(RuleSet rules) {
        Set<String> scenes = Set.copyOf(
                rules.vocabulary().scenes().stream().map(SceneDefinition::id).toList());
        Set<String> matters =
                Set.copyOf(rules.matters().stream().map(Matter::id).toList());
        LocalDate far = LocalDate.of(2099, 1, 1);
        Set<String> sources = Set.of("红十字会", "法院");
        Set<String> lists = Set.of("应急局", "法院");
        return Clients.of(List.of(
                client("keeper", Role.DEPARTMENT, keeper, Set.of(), matters, lists, far),
                client("gate", Role.TERMINAL, terminal, scenes, Set.of(), Set.of(), far),
                client("meter", Role.TERMINAL, meter, Set.of("parking"), Set.of(), Set.of(), far),
                client("office", Role.DEPARTMENT, department, Set.of(), Set.of(), sources, far),
                client("desk", Role.DESK, desk, Set.of(), Set.of(), Set.of(), far)));
    }

    private static Client client(
            String id,
            Role role,
            String key,
            Set<String> scenes,
            Set<String> matters,
            Set<String> sources,
            LocalDate until) {
        return new Client(
                id, role, id, Set.of(ApiKey.sha256(key)), scenes, matters, sources, true, 1_000_000, 1_000_000, until);
    }

    String citizen(String personId) {
        return issuer.citizen(personId, Duration.ofMinutes(30));
    }

    String citizen(int person) {
        return citizen(CITY.personId(person));
    }

    record Answer(int status, String body, JsonNode json, long position) {}

    Answer get(Serving node, String path, String key, String... headers) throws IOException, InterruptedException {
        return ask(node, "GET", path, key, null, headers);
    }

    Answer ask(Serving node, String method, String path, String key, @Nullable String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
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
        JsonNode json = response.body().isEmpty() ? MissingNode.getInstance() : mapper.readTree(response.body());
        return new Answer(
                response.statusCode(),
                response.body(),
                json,
                response.headers().firstValueAsLong("Osmanthus-Position").orElse(-1));
    }

    /** What is not JSON, and asked by nobody. */
    String text(Serving node, String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    Answer consent(Serving node, int person, String scene) throws IOException, InterruptedException {
        Answer given = ask(node, "PUT", "/v1/me/consents/" + scene, citizen(person), "{\"purpose_version\":1}");
        assertEquals(200, given.status(), given.body());
        return given;
    }

    /** A department reports a record of somebody. */
    Answer report(Serving node, String id, String person, String item, String source)
            throws IOException, InterruptedException {
        String record = "{\"records\":[{\"record_id\":\"" + id + "\",\"subject_type\":\"person\",\"subject_id\":\""
                + person + "\",\"item\":\"" + item + "\",\"occurred_on\":\"2026-09-01\",\"quantity\":400,"
                + "\"severity\":\"general\",\"document_no\":\"(2026)苏05执17号\",\"source\":\"" + source + "\"}]}";
        Answer added = ask(node, "POST", "/v1/records", department, record);
        assertEquals(201, added.status(), added.body());
        assertEquals(0, added.json().get("rejected").size(), added.body());
        return added;
    }

    Answer check(Serving node, String scene, String card) throws IOException, InterruptedException {
        return ask(
                node,
                "POST",
                "/v1/scenes/" + scene + "/checks",
                terminal,
                "{\"scheme\":\"card\",\"token\":\"" + card + "\"}");
    }

    boolean benefit(Serving node, String scene, String card) throws IOException, InterruptedException {
        Answer answer = check(node, scene, card);
        assertEquals(200, answer.status(), answer.body());
        return !answer.json().get("benefit").isNull();
    }

    /** A person with a card that gets a benefit in transit, from the {@code after}th on. */
    int entitled(Serving node, int after) throws IOException, InterruptedException {
        for (int i = after; i < CITY.persons(); i++) {
            if (CITY.owner(i) == i && benefit(node, "transit", CITY.token(i).token())) {
                return i;
            }
        }
        throw new IllegalStateException("nobody in the city has a benefit in transit");
    }

    void awaitSnapshot(Serving node, String version) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!get(node, "/health/ready", terminal)
                .json()
                .path("snapshot")
                .asText()
                .equals(version)) {
            assertTrue(System.nanoTime() < until, "the snapshot is not served");
            Thread.onSpinWait();
        }
    }
}
