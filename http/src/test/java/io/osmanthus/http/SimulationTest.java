package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.Supposed;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Title;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a score would be, on the wire: what the engine is asked, what is answered, what is refused and where. */
class SimulationTest {
    private static final String PATH = "/v1/me/score/simulation";
    private static final String ENROLLED = "320508189001010025";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LocalDate TODAY = LocalDate.of(2026, 10, 15);
    private static Rig rig;

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
        Title title = new Title("无偿献血", "Blood donation");
        int day = (int) TODAY.toEpochDay();
        rig.city.explanations.put(
                City.pseudonym(Scheme.PERSON, ENROLLED),
                new Explanation(
                        110,
                        "dangui",
                        "guihua",
                        "0123456789abcdef",
                        List.of(),
                        List.of(new Explanation.Line(
                                "r-1", "blood-donation", title, 10, true, null, day, day + 700, 1, false))));
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
    }

    @Test
    void simulate_everything_engineIsAskedAndAnswerIsMarked() throws IOException {
        Wire.Answer answer =
                simulate("{\"without\":[\"r-1\"],\"with\":[{\"item\":\"volunteer-hours\",\"quantity\":20.5},"
                        + "{\"item\":\"blood-donation\"}],\"on\":\"2027-01-31\"}");
        assertEquals(200, answer.status(), answer.body());
        assertEquals("no-store", answer.header("cache-control"));
        City.Simulated asked = Objects.requireNonNull(rig.city.simulated);
        int day = (int) LocalDate.of(2027, 1, 31).toEpochDay();
        assertEquals(
                new City.Simulated(
                        City.pseudonym(Scheme.PERSON, ENROLLED),
                        Set.of("r-1"),
                        List.of(
                                Supposed.on(item("volunteer-hours"), day, 2_050),
                                Supposed.on(item("blood-donation"), day, 0)),
                        day),
                asked);
        JsonNode body = JSON.readTree(answer.body());
        assertTrue(body.path("simulated").asBoolean());
        assertEquals("2027-01-31", body.path("as_of").asText());
        assertEquals("2026-10-14", body.path("facts_as_of").asText());
        assertEquals(110, body.path("score").asInt());
    }

    @Test
    void simulate_nothing_sameShapeAsTheScore() throws IOException {
        JsonNode simulated = JSON.readTree(simulate("{}").body());
        JsonNode score = JSON.readTree(rig.get("/v1/me/score", rig.issuer.citizen(ENROLLED, Duration.ofMinutes(5)))
                .body());
        assertFalse(score.has("simulated"));
        ((com.fasterxml.jackson.databind.node.ObjectNode) simulated).remove("simulated");
        assertEquals(score, simulated);
        assertEquals(
                (int) TODAY.toEpochDay(),
                Objects.requireNonNull(rig.city.simulated).day());
    }

    @Test
    void simulate_notUnderstood_400WithPointer() throws IOException {
        refused(400, "", "");
        refused(400, "", "[]");
        refused(400, "", "null");
        refused(400, "", "{\"without\":[]");
        refused(400, "", "{} {}");
        refused(400, "", "{\"with\":[],\"with\":[]}");
        refused(400, "", "{\"what\":1}");
        refused(400, "/without", "{\"without\":\"r-1\"}");
        refused(400, "/without", "{\"without\":null}");
        refused(400, "/without/0", "{\"without\":[7]}");
        refused(400, "/without/0", "{\"without\":[\"" + "r".repeat(129) + "\"]}");
        refused(400, "/with", "{\"with\":{}}");
        refused(400, "/with/0", "{\"with\":[\"blood-donation\"]}");
        refused(400, "/with/0", "{\"with\":[{}]}");
        refused(400, "/with/1", "{\"with\":[{\"item\":\"blood-donation\"},{\"item\":7}]}");
        refused(400, "/with/0", "{\"with\":[{\"item\":\"blood-donation\",\"points\":7}]}");
        refused(400, "/with/0", "{\"with\":[{\"item\":\"volunteer-hours\",\"quantity\":\"7\"}]}");
        refused(400, "", "{\"with\":[{\"item\":\"volunteer-hours\",\"quantity\":" + "7".repeat(33) + "}]}");
        refused(400, "/on", "{\"on\":20270101}");
        refused(400, "/on", "{\"on\":\"2027-02-29\"}");
        refused(400, "/on", "{\"on\":\"+2027-01-01\"}");
    }

    @Test
    void simulate_notAcceptable_422WithPointer() throws IOException {
        refused(422, "/without/1", "{\"without\":[\"r-1\",\"r-2\"]}");
        refused(422, "/without/1", "{\"without\":[\"r-1\",\"r-1\"]}");
        refused(422, "/with/0/item", "{\"with\":[{\"item\":\"no-such-item\"}]}");
        refused(422, "/with/0/item", "{\"with\":[{\"item\":\"penalty-minor\"}]}");
        refused(422, "/with/0/quantity", "{\"with\":[{\"item\":\"volunteer-hours\"}]}");
        refused(422, "/with/0/quantity", "{\"with\":[{\"item\":\"volunteer-hours\",\"quantity\":null}]}");
        for (String quantity : List.of("-1", "0.001", "10000000001", "1e999999999", "1e-999999999", "1e99999999999")) {
            refused(
                    422,
                    "/with/0/quantity",
                    "{\"with\":[{\"item\":\"volunteer-hours\",\"quantity\":" + quantity + "}]}");
        }
        refused(422, "/on", "{\"on\":\"" + TODAY.plusYears(5).plusDays(1) + "\"}");
        refused(422, "/on", "{\"on\":\"" + TODAY.minusYears(5).minusDays(1) + "\"}");
        refused(422, "/on", "{\"on\":\"0001-01-01\"}");
        refused(422, "/on", "{\"on\":\"9999-12-31\"}");
    }

    @Test
    void simulate_limits_takenAndRefusedAtOneMore() throws IOException {
        assertEquals(200, simulate("{\"on\":\"" + TODAY.plusYears(5) + "\"}").status());
        assertEquals(200, simulate("{\"on\":\"" + TODAY.minusYears(5) + "\"}").status());
        String record = "{\"item\":\"volunteer-hours\",\"quantity\":10000000000}";
        assertEquals(
                200,
                simulate("{\"with\":[" + String.join(",", Collections.nCopies(100, record)) + "]}")
                        .status());
        refused(422, "/with", "{\"with\":[" + String.join(",", Collections.nCopies(101, record)) + "]}");
        refused(422, "/without/0", "{\"without\":" + ids(1_000) + "}");
        refused(422, "/without", "{\"without\":" + ids(1_001) + "}");
        assertEquals(
                413, simulate(" ".repeat(SimulationRequest.BODY_BYTES_MAX + 1)).status());
    }

    @Test
    void simulate_notEnrolledOrNotJson_404Or415() throws IOException {
        Wire.Answer answer = Wire.once(rig.port(), Rig.post(PATH, rig.citizen(), "{}"));
        assertEquals(404, answer.status());
        assertTrue(answer.body().contains("/problems/not-enrolled"));
        String request = Rig.post(PATH, rig.citizen(), "{}");
        assertEquals(
                415,
                Wire.once(rig.port(), request.replace("application/json", "text/plain"))
                        .status());
    }

    private static String ids(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "\"x-" + number + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static int item(String id) {
        return Objects.requireNonNull(Rig.VOCABULARY.item(id)).index();
    }

    private static Wire.Answer simulate(String body) throws IOException {
        return Wire.once(rig.port(), Rig.post(PATH, rig.issuer.citizen(ENROLLED, Duration.ofMinutes(5)), body));
    }

    private static void refused(int status, String pointer, String body) throws IOException {
        rig.city.simulated = null;
        Wire.Answer answer = simulate(body);
        assertEquals(status, answer.status(), body + answer.body());
        assertEquals(
                pointer,
                JSON.readTree(answer.body())
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText("none"),
                body);
        assertEquals(null, rig.city.simulated, body);
    }
}
