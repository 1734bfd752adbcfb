package io.osmanthus.http.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.Client;
import io.osmanthus.http.Clients;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.http.Role;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
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
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Servers on one ledger with a small synthetic city, asked as citizens, terminals and departments ask. */
final class LedgerRig {
    static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    static final Path CONFIG = Program.root().resolve("config");
    static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);
    static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);
    static final String SOURCE = "红十字会";

    private static final int STALENESS_SECONDS = 60;
    private static final int ERASURE_DAYS = 90;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final LocalDate FAR = LocalDate.of(2099, 1, 1);

    final City city;
    final SnapshotStore store;
    final String terminal = ApiKey.make();
    final String department = ApiKey.make();

    private final Path directory;
    private final DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());
    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What a server answered. {@code position} is -1 where it named none. */
    record Answer(int status, String body, JsonNode json, long position) {}

    private LedgerRig(Path directory, City city, SnapshotStore store) throws IOException {
        this.directory = directory;
        this.city = city;
        this.store = store;
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
    }

    /** Generates and builds a city in a directory. */
    static LedgerRig in(Path directory, int persons) throws IOException {
        City city = new City(persons, Math.max(1, persons / 10), 11, DAY);
        city.generate(directory.resolve("delivery"), Progress.SILENT);
        LedgerRig rig = new LedgerRig(directory, city, SnapshotStore.openOrCreate(directory.resolve("store")));
        rig.build(null);
        return rig;
    }

    /** Builds the city once more, with what a ledger says, and makes it current. */
    Manifest build(@Nullable Ledger ledger) {
        Building.Built built = new Building(
                        CONFIG,
                        VOCABULARY,
                        KEY,
                        null,
                        Trust.of(KEY, null, true),
                        PublishingLimits.load(CONFIG),
                        true,
                        DAY,
                        ledger)
                .build(directory.resolve("delivery"), store, Progress.SILENT);
        return Objects.requireNonNull(built.published());
    }

    /** A server in this process. */
    Serving serve(Ledger.Place place) {
        return serve(directory, place, ApiKey.sha256(terminal), ApiKey.sha256(department));
    }

    /** A server of a directory that {@link #in} has filled. */
    static Serving serve(Path directory, Ledger.Place place, String terminalHash, String departmentHash) {
        SnapshotStore store = SnapshotStore.open(directory.resolve("store"));
        ServerConfig config = new ServerConfig(
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
                STALENESS_SECONDS,
                ERASURE_DAYS);
        return Serving.start(new Serving.Plan(
                config,
                clients(terminalHash, departmentHash),
                RULES,
                KEY,
                Trust.of(KEY, null, true),
                store,
                DAY,
                Progress.SILENT,
                place.user(),
                place.password()));
    }

    private static Clients clients(String terminalHash, String departmentHash) {
        Set<String> scenes =
                Set.copyOf(VOCABULARY.scenes().stream().map(SceneDefinition::id).toList());
        return Clients.of(List.of(
                client("gate", Role.TERMINAL, terminalHash, scenes, Set.of()),
                client("office", Role.DEPARTMENT, departmentHash, Set.of(), Set.of(SOURCE))));
    }

    private static Client client(String id, Role role, String hash, Set<String> scenes, Set<String> sources) {
        return new Client(id, role, id, Set.of(hash), scenes, Set.of(), sources, true, 100_000_000, 1_000_000_000, FAR);
    }

    /** A server in a process of its own, to be killed: prints its port. */
    Process child(Ledger.Place place) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("osmanthus.jvm", "").split(" ")));
        command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add("-Dosmanthus.root=" + System.getProperty("osmanthus.root"));
        command.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.addAll(List.of(
                ServerInChild.class.getName(),
                directory.toString(),
                place.jdbcUrl(),
                place.user(),
                place.password(),
                ApiKey.sha256(terminal),
                ApiKey.sha256(department)));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("children.log").toFile()))
                .start();
    }

    /** What the children have written, for a test that fails. */
    String childrenLog() throws IOException {
        Path log = directory.resolve("children.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    String citizen(long person) {
        return issuer.citizen(city.personId(person), Duration.ofMinutes(59));
    }

    /** A session of someone who need not be of this city. */
    String citizen(String personId) {
        return issuer.citizen(personId, Duration.ofMinutes(59));
    }

    /** What is not JSON. */
    String text(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(TIMEOUT)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    Answer ask(int port, String method, String path, String key, @Nullable String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(TIMEOUT)
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

    /** Whether a card has a benefit in transit; any other answer than 200 is a fault. */
    boolean benefit(int port, String card) throws IOException, InterruptedException {
        Answer answer = ask(
                port,
                "POST",
                "/v1/scenes/transit/checks",
                terminal,
                "{\"scheme\":\"card\",\"token\":\"" + card + "\"}");
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.status() + " " + answer.body());
        }
        return !answer.json().get("benefit").isNull();
    }

    /** A person from the {@code from}th on whose card has a benefit in transit. */
    long entitled(int port, long from) throws IOException, InterruptedException {
        for (long i = from; i < city.persons(); i++) {
            if (city.owner(i) == i && benefit(port, city.token(i).token())) {
                return i;
            }
        }
        throw new IllegalStateException("nobody else in the city has a benefit in transit");
    }

    /**
     * What a server knows of everybody, as lines: consents, score with each point of it, and the answer about each token in
     * each scene. Equal for equal generations, whatever their ordinals.
     */
    List<String> knows(Serving node) {
        Pseudonymiser persons = KEY.pseudonymiser(Scheme.PERSON);
        List<String> lines = new ArrayList<>();
        try (Reader reader = node.reader()) {
            for (long i = 0; i < city.persons(); i++) {
                persons.make(city.personId(i));
                List<Reader.Consent> consents = reader.consents(persons.high(), persons.low());
                lines.add("person " + i + " " + sorted(consents) + " " + reader.explain(persons.high(), persons.low()));
            }
            for (long i = 0; i < city.tokens(); i++) {
                Pseudonymiser tokens = KEY.pseudonymiser(city.token(i).scheme());
                tokens.make(city.token(i).token());
                StringBuilder line = new StringBuilder("token " + i);
                for (SceneDefinition scene : VOCABULARY.scenes()) {
                    line.append(' ').append(reader.check(scene.index(), tokens.high(), tokens.low()));
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }

    private static @Nullable List<Reader.Consent> sorted(@Nullable List<Reader.Consent> consents) {
        return consents == null
                ? null
                : consents.stream()
                        .sorted(Comparator.comparing(Reader.Consent::scene).thenComparing(Reader.Consent::grantedOn))
                        .toList();
    }
}
