package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.DemoIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The sample delivery through {@code build} and {@code serve}, asked over HTTP as terminals, citizens and departments ask. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SampleOverHttpTest {
    private static final int BATCH = 1_000;
    private static final String READY = "serve: ready on ";

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String terminal = ApiKey.make();
    private final String department = ApiKey.make();
    private final DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());

    @TempDir
    static Path directory = Path.of("");

    private JsonNode expected = mapper.createObjectNode();
    private @Nullable Process server;
    private String url = "";

    @BeforeAll
    void serve() throws IOException, InterruptedException {
        expected = mapper.readTree(
                Program.resource("delivery-sample-expected.json").toFile());
        Path config = config();
        Program.Run build = Program.run(
                "",
                "build",
                "--delivery",
                Program.resource("delivery-sample").toString(),
                "--store",
                directory.resolve("store").toString(),
                "--as-of",
                "2026-10-15");
        assertEquals(0, build.exit(), build.err());
        Path err = directory.resolve("serve.err");
        Process started = Program.start(
                Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY),
                directory.resolve("serve.out"),
                err,
                List.of(
                        "serve",
                        "--config",
                        config.toString(),
                        "--store",
                        directory.resolve("store").toString(),
                        "--as-of",
                        "2026-10-15"));
        server = started;
        String ready = "";
        while (ready.isEmpty() && started.isAlive()) {
            ready = Files.readAllLines(err).stream()
                    .filter(line -> line.startsWith(READY))
                    .findFirst()
                    .orElse("");
            boolean ended = started.waitFor(50, TimeUnit.MILLISECONDS);
            assertFalse(ended, () -> text(err));
        }
        assertTrue(started.isAlive(), Files.readString(err));
        url = "http://" + ready.substring(READY.length());
    }

    @AfterAll
    void end() throws InterruptedException {
        Process started = Objects.requireNonNull(server);
        started.destroy();
        assertTrue(started.waitFor(30, TimeUnit.SECONDS), "SIGTERM ends the server");
    }

    @Test
    void batches_everyTokenInEveryScene_asExpected() throws IOException, InterruptedException {
        JsonNode checks = expected.path("checks");
        int answers = 0;
        for (String scene : scenes()) {
            for (int from = 0; from < checks.size(); from += BATCH) {
                int to = Math.min(from + BATCH, checks.size());
                List<String> subjects = new ArrayList<>();
                for (int i = from; i < to; i++) {
                    subjects.add(subject(checks.path(i)));
                }
                JsonNode benefits = post(
                                terminal,
                                "/v1/scenes/" + scene + "/checks/batch",
                                "{\"subjects\":[" + String.join(",", subjects) + "]}")
                        .path("benefits");
                assertEquals(to - from, benefits.size());
                for (int i = from; i < to; i++) {
                    assertEquals(checks.path(i).path(2).path(scene), benefits.path(i - from), scene + ", token " + i);
                    answers++;
                }
            }
        }
        assertEquals(33_440, answers);
    }

    @Test
    void singleChecks_agreeWithTheExpectedAndHaveOneLength() throws IOException, InterruptedException {
        JsonNode checks = expected.path("checks");
        for (String scene : scenes()) {
            Set<Integer> lengths = new LinkedHashSet<>();
            for (int i = 0; i < checks.size(); i += 37) {
                HttpResponse<String> response =
                        send(terminal, "/v1/scenes/" + scene + "/checks", subject(checks.path(i)));
                assertEquals(200, response.statusCode());
                JsonNode benefit = checks.path(i).path(2).path(scene);
                JsonNode answer = mapper.readTree(response.body());
                assertEquals(benefit, answer.path("benefit"));
                assertEquals(
                        benefit.isNull() ? 0 : 60, answer.path("ttl_seconds").asInt());
                lengths.add(response.body().length());
            }
            lengths.add(send(
                            terminal,
                            "/v1/scenes/" + scene + "/checks",
                            "{\"scheme\":\"card\",\"token\":\"no such card\"}")
                    .body()
                    .length());
            assertEquals(1, lengths.size(), scene + " answers have lengths " + lengths);
        }
    }

    @Test
    void scores_everyCitizen_asExpected() throws IOException, InterruptedException {
        for (Map.Entry<String, JsonNode> person : expected.path("persons").properties()) {
            HttpResponse<String> response =
                    get(issuer.citizen(person.getKey(), Duration.ofMinutes(30)), "/v1/me/score");
            assertEquals(200, response.statusCode(), response.body());
            JsonNode score = mapper.readTree(response.body());
            assertEquals(person.getValue().path("score"), score.path("score"));
            assertEquals(person.getValue().path("grade"), score.path("grade"));
        }
        HttpResponse<String> stranger =
                get(issuer.citizen("110101189001011234", Duration.ofMinutes(30)), "/v1/me/score");
        assertEquals(404, stranger.statusCode());
        assertTrue(stranger.body().contains("not-enrolled"), stranger.body());
    }

    @Test
    void matches_everyOrganisationInEveryMatter_asExpected() throws IOException, InterruptedException {
        List<String> codes = new ArrayList<>();
        Set<String> matters = new LinkedHashSet<>();
        for (Map.Entry<String, JsonNode> organisation : expected.path("matches").properties()) {
            codes.add(organisation.getKey());
            organisation.getValue().path("outcomes").fieldNames().forEachRemaining(matters::add);
        }
        List<String> organisations =
                codes.stream().map(code -> "{\"uscc\":\"" + code + "\"}").toList();
        for (String matter : matters) {
            JsonNode answers = post(
                            department,
                            "/v1/matters/" + matter + "/matches",
                            "{\"organisations\":[" + String.join(",", organisations) + "]}")
                    .path("organisations");
            assertEquals(codes.size(), answers.size());
            for (int i = 0; i < codes.size(); i++) {
                assertEquals(
                        expected.path("matches")
                                .path(codes.get(i))
                                .path("outcomes")
                                .path(matter),
                        answers.path(i).path("outcome"),
                        matter + " " + codes.get(i));
            }
        }
    }

    private Path config() throws IOException {
        Path config = Program.copyConfig(directory.resolve("config"));
        Files.writeString(config.resolve("jwks.json"), issuer.jwks());
        Files.writeString(config.resolve("server.yaml"), """
                demonstration: true
                port: 0
                management_port: 0
                jwt: {issuer: '%s', audience: '%s', jwks: jwks.json}
                """.formatted(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE));
        Files.writeString(config.resolve("clients.yaml"), """
                clients:
                  - id: terminal
                    role: terminal
                    title: Terminal of the test
                    key_sha256: [%s]
                    scenes: [%s]
                    grants: [batch]
                    subjects_per_second: 1000000
                    subjects_per_day: 1000000
                    expires_on: 2999-01-01
                  - id: department
                    role: department
                    title: Department of the test
                    key_sha256: [%s]
                    matters: [procurement, tendering, market-access, approval, construction, finance-support]
                    subjects_per_second: 1000000
                    subjects_per_day: 1000000
                    expires_on: 2999-01-01
                """.formatted(
                        ApiKey.sha256(terminal), String.join(", ", scenes()), ApiKey.sha256(department)));
        return config;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private Set<String> scenes() {
        Set<String> scenes = new LinkedHashSet<>();
        expected.path("checks").path(0).path(2).fieldNames().forEachRemaining(scenes::add);
        return scenes;
    }

    private static String subject(JsonNode check) {
        return "{\"scheme\":\"" + check.path(0).asText() + "\",\"token\":\""
                + check.path(1).asText() + "\"}";
    }

    private JsonNode post(String key, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(key, path, body);
        assertEquals(200, response.statusCode(), response.body());
        return mapper.readTree(response.body());
    }

    private HttpResponse<String> send(String key, String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(key, path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String token, String path) throws IOException, InterruptedException {
        return http.send(request(token, path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String bearer, String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + bearer);
    }
}
