package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A small city, served by {@code serve} as a process of its own: what an operator runs, with a configuration to change. */
final class ServeProcess implements AutoCloseable {
    static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    static final City CITY = new City(400, 40, 11, DAY);

    private static final Path SHIPPED = Program.root().resolve("config");
    private static final String READY = "serve: ready on ";
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);

    final Path directory;
    final Path config;
    final Path err;
    final DemoIssuer issuer;
    final Keys keys;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ObjectMapper mapper = new ObjectMapper();
    private final Process process;
    private final String url;

    /** The keys of all nodes of a test. */
    record Keys(String terminal, String operator) {
        static Keys make() {
            return new Keys(ApiKey.make(), ApiKey.make());
        }
    }

    record Answer(int status, String body, JsonNode json, HttpResponse<String> response) {}

    /**
     * Builds the snapshot of the city in {@code store}, from a delivery with three faulty rows.
     */
    static Path store(Path directory) throws IOException {
        Path delivery = directory.resolve("delivery");
        CITY.generate(delivery, Progress.SILENT);
        Path persons = delivery.resolve("persons.csv");
        Files.writeString(persons, "no-id,320505,2020-01-01\n".repeat(3), StandardOpenOption.APPEND);
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        Vocabulary vocabulary = Vocabulary.load(SHIPPED);
        new Building(
                        SHIPPED,
                        vocabulary,
                        KEY,
                        null,
                        Trust.of(KEY, null, true),
                        PublishingLimits.load(SHIPPED),
                        true,
                        DAY)
                .build(delivery, store, result -> true, "for a test", Progress.SILENT);
        return store.directory();
    }

    /** Starts a node and waits until it is ready. {@code more}: further lines of {@code server.yaml}. */
    ServeProcess(Path directory, Path store, Ledger.Place place, Keys keys, DemoIssuer issuer, String more)
            throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        this.keys = keys;
        this.issuer = issuer;
        config = Program.copyConfig(directory.resolve("config"));
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        Files.writeString(
                config.resolve("server.yaml"),
                "demonstration: true\nport: 0\nstore: " + store + "\ndatabase: '" + place.jdbcUrl()
                        + "'\naccess_trail: "
                        + directory.resolve("trail") + "\ntrail: {node: " + directory.getFileName()
                        + ", reserve_mib: 16}\njwt: {issuer: " + DemoIssuer.ISSUER + ", audience: "
                        + DemoIssuer.AUDIENCE
                        + ", jwks: " + directory.resolve("jwks.json") + "}\n" + more);
        Files.writeString(config.resolve("clients.yaml"), clients(keys, 1_000_000));
        err = directory.resolve("serve.err");
        process = Program.start(
                Map.of(
                        "OSMANTHUS_PSEUDONYM_KEY",
                        Program.KEY,
                        "OSMANTHUS_DATABASE_USER",
                        place.user(),
                        "OSMANTHUS_DATABASE_PASSWORD",
                        place.password()),
                directory.resolve("serve.out"),
                err,
                List.of("serve", "--config", config.toString(), "--as-of", DAY.toString()));
        url = "http://" + awaitLine(READY).substring(READY.length());
    }

    static ServeProcess alone(Path directory, String more) throws IOException, InterruptedException {
        return new ServeProcess(
                directory.resolve("node"),
                store(directory),
                Database.fresh(),
                Keys.make(),
                DemoIssuer.make(Clock.systemUTC()),
                more);
    }

    /** {@code clients.yaml} with a terminal of every scene and an operator. */
    static String clients(Keys keys, int perDay) {
        return "clients:\n" + client("gate", "terminal", keys.terminal(), perDay)
                + "    scenes: [transit, parking, retail]\n    grants: [batch]\n"
                + client("operator", "operator", keys.operator(), perDay);
    }

    static String client(String id, String role, String key, int perDay) {
        return "  - id: " + id + "\n    role: " + role + "\n    title: " + id + "\n    key_sha256: ["
                + ApiKey.sha256(key) + "]\n    subjects_per_second: 1000000\n    subjects_per_day: " + perDay
                + "\n    expires_on: 2099-01-01\n";
    }

    int port() {
        return URI.create(url).getPort();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Asks it to end, as systemd does, and waits; the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("no end within a minute of SIGTERM");
        }
        return process.exitValue();
    }

    String log() throws IOException {
        return Files.readString(err);
    }

    /** Waits for a line of standard error that begins so. */
    private String awaitLine(String begin) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (System.nanoTime() < until) {
            String found = Files.readAllLines(err).stream()
                    .filter(line -> line.startsWith(begin))
                    .findFirst()
                    .orElse("");
            if (!found.isEmpty()) {
                return found;
            }
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("it ended with " + process.exitValue() + ":\n" + log());
            }
        }
        throw new AssertionError("'" + begin + "' was not said:\n" + log());
    }

    Answer ask(String method, String path, @Nullable String key, @Nullable String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
        return new Answer(
                response.statusCode(),
                response.body(),
                json ? mapper.readTree(response.body()) : mapper.createObjectNode(),
                response);
    }

    Answer check(String scene, String token) throws IOException, InterruptedException {
        return ask("POST", "/v1/scenes/" + scene + "/checks", keys.terminal(), card(token));
    }

    static String card(String token) {
        return "{\"scheme\":\"card\",\"token\":\"" + token + "\"}";
    }

    String citizen(long person) {
        return issuer.citizen(CITY.personId(person), Duration.ofMinutes(30));
    }

    String scrape() throws IOException, InterruptedException {
        Answer metrics = ask("GET", "/metrics", null, null);
        assertEquals(200, metrics.status(), metrics.body());
        return metrics.body();
    }

    /** Asks until the answer is as wanted. */
    Answer await(String path, @Nullable String key, Predicate<Answer> wanted) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            Answer answer = ask("GET", path, key, null);
            if (wanted.test(answer)) {
                return answer;
            }
            if (System.nanoTime() > until) {
                throw new AssertionError(
                        path + " is not as wanted: " + answer.status() + " " + answer.body() + "\n" + log());
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
