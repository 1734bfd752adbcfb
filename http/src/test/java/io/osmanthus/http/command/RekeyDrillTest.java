package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import io.osmanthus.snapshots.ledger.LedgerException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drill: snapshot, ledger and trail change their key, and over HTTP everybody is answered as before. */
final class RekeyDrillTest {
    private static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    private static final Path CONFIG = Program.root().resolve("config");
    private static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    private static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);
    private static final City CITY = new City(400, 40, 5, DAY);
    private static final PseudonymKey OLD = PseudonymKey.ofHex(Program.KEY);
    private static final String NEXT = "b6".repeat(PseudonymKey.KEY_BYTES);
    private static final int CHECKED = 60;

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String terminal = ApiKey.make();
    private final DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());
    private final Ledger.Place place = Database.fresh();

    @TempDir
    Path directory = Path.of("");

    /** Who does what before the key changes. */
    private record Cast(int bound, int withdrawn, int left) {}

    @Test
    void rekey_afterActsOfCitizens_everybodyIsAnsweredAsBefore() throws Exception {
        Path delivery = directory.resolve("delivery");
        CITY.generate(delivery, Progress.SILENT);
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        new Building(CONFIG, VOCABULARY, OLD, null, Trust.of(OLD, null, true), PublishingLimits.load(CONFIG), true, DAY)
                .build(delivery, store, Progress.SILENT);
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        Cast cast;
        List<String> before;
        JsonNode accesses;
        try (Serving serving = Serving.start(plan(store, OLD))) {
            cast = act(serving);
            before = answers(serving, cast);
            accesses = accesses(serving, cast.bound());
        }
        Program.Run refused = rekey(delivery);
        assertEquals(1, refused.exit(), refused.err());
        assertTrue(refused.err().contains("1 tokens that no delivery names"), refused.err());
        Program.Run done = rekey(delivery, named(delivery, cast));
        assertEquals(0, done.exit(), done.err());
        assertThrows(LedgerException.class, () -> Serving.start(plan(store, OLD)));
        try (Serving serving = Serving.start(plan(store, PseudonymKey.ofHex(NEXT)))) {
            JsonNode after = accesses(serving, cast.bound());
            assertEquals(before, answers(serving, cast));
            assertTrue(accesses.size() > 1);
            for (JsonNode access : accesses) {
                assertTrue(contains(after, access), access + " is missing in " + after);
            }
        }
        Program.Run again = rekey(delivery, named(delivery, cast));
        assertEquals(0, again.exit(), again.err());
        assertTrue(again.out().contains("already"), again.out());
    }

    private Program.Run rekey(Path... deliveries) throws IOException, InterruptedException {
        Path config = directory.resolve("config");
        if (!Files.exists(config)) {
            Program.copyConfig(config);
            Files.writeString(
                    config.resolve("server.yaml"), "demonstration: true\ndatabase: '" + place.jdbcUrl() + "'\n");
        }
        List<String> arguments = new ArrayList<>(List.of(
                "rekey",
                "--config",
                config.toString(),
                "--store",
                directory.resolve("store").toString()));
        for (Path delivery : deliveries) {
            arguments.addAll(List.of("--delivery", delivery.toString()));
        }
        return Program.run(
                Map.of(
                        "OSMANTHUS_PSEUDONYM_KEY",
                        Program.KEY,
                        "OSMANTHUS_PSEUDONYM_KEY_NEXT",
                        NEXT,
                        "OSMANTHUS_DATABASE_USER",
                        place.user(),
                        "OSMANTHUS_DATABASE_PASSWORD",
                        place.password()),
                "",
                arguments.toArray(String[]::new));
    }

    /** A delivery that names the card bound in the app too. */
    private Path named(Path delivery, Cast cast) throws IOException {
        Path names = directory.resolve("names");
        if (!Files.exists(names)) {
            Files.createDirectory(names);
            for (String file : List.of("delivery.csv", "persons.csv", "tokens.csv")) {
                Files.copy(delivery.resolve(file), names.resolve(file));
            }
            Files.writeString(
                    names.resolve("tokens.csv"),
                    "card," + card() + "," + CITY.personId(cast.bound()) + "\n",
                    StandardOpenOption.APPEND);
        }
        return names;
    }

    private static String card() {
        return "6212268800000001";
    }

    private Cast act(Serving serving) throws IOException, InterruptedException {
        List<Integer> entitled = new ArrayList<>();
        for (int i = 0; i < CITY.persons() && entitled.size() < 3; i++) {
            if (CITY.owner(i) == i && check(serving, CITY.token(i).token()).contains("\"fare")) {
                entitled.add(i);
            }
        }
        Cast cast = new Cast(entitled.get(0), entitled.get(1), entitled.get(2));
        assertEquals(
                200,
                citizen(serving, cast.bound(), "PUT", "/v1/me/tokens/card", "{\"token\":\"" + card() + "\"}")
                        .statusCode());
        assertEquals(
                200,
                citizen(serving, cast.withdrawn(), "DELETE", "/v1/me/consents/transit", null)
                        .statusCode());
        assertEquals(
                200,
                citizen(serving, cast.left(), "DELETE", "/v1/me/enrolment", null)
                        .statusCode());
        assertTrue(check(serving, card()).contains("\"fare"));
        return cast;
    }

    private List<String> answers(Serving serving, Cast cast) throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < CHECKED; i++) {
            answers.add(check(serving, CITY.token(i).token()));
        }
        answers.add(check(serving, card()));
        assertFalse(check(serving, CITY.token(cast.bound()).token()).contains("\"fare"), "its card was replaced");
        for (int person : List.of(cast.bound(), cast.withdrawn(), cast.left(), cast.left() + 1)) {
            for (String path : List.of("/v1/me/score", "/v1/me/consents", "/v1/me/tokens", "/v1/me")) {
                HttpResponse<String> answer = citizen(serving, person, "GET", path, null);
                answers.add(path + " " + answer.statusCode() + " " + (answer.statusCode() == 200 ? answer.body() : ""));
            }
        }
        return answers;
    }

    private JsonNode accesses(Serving serving, int person) throws IOException, InterruptedException {
        HttpResponse<String> answer = citizen(serving, person, "GET", "/v1/me/accesses", null);
        assertEquals(200, answer.statusCode(), answer.body());
        return mapper.readTree(answer.body()).get("accesses");
    }

    private static boolean contains(JsonNode list, JsonNode wanted) {
        for (JsonNode one : list) {
            if (one.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private String check(Serving serving, String token) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(
                serving,
                "POST",
                "/v1/scenes/transit/checks",
                terminal,
                "{\"scheme\":\"card\",\"token\":\"" + token + "\"}");
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private HttpResponse<String> citizen(Serving serving, int person, String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        String token = issuer.citizen(CITY.personId(person), Duration.ofMinutes(30));
        return send(serving, method, path, token, body);
    }

    private HttpResponse<String> send(Serving serving, String method, String path, String key, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serving.port() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + key)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private Serving.Plan plan(SnapshotStore store, PseudonymKey key) {
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
                60,
                90);
        Client gate = new Client(
                "gate",
                Role.TERMINAL,
                "gate",
                Set.of(ApiKey.sha256(terminal)),
                Set.of("transit"),
                Set.of(),
                Set.of(),
                true,
                1_000_000,
                1_000_000,
                LocalDate.of(2099, 1, 1));
        return new Serving.Plan(
                config,
                Clients.of(List.of(gate)),
                RULES,
                key,
                Trust.of(key, null, true),
                store,
                DAY,
                Progress.SILENT,
                place.user(),
                place.password());
    }
}
