package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person reads of who asked about them, over a real socket. */
final class AccessesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OTHER = "320508189001010033";

    private Rig rig;

    AccessesTest() throws IOException {
        rig = Rig.start();
    }

    @BeforeEach
    void enrol() {
        rig.city.explanations.put(City.OWNER, explanation());
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    private static Explanation explanation() {
        return new Explanation(100, "base", "guihua", "test", List.of(), List.of());
    }

    private JsonNode read(String query) throws IOException {
        Wire.Answer answer = rig.get("/v1/me/accesses" + query, rig.citizen());
        assertEquals(200, answer.status(), answer.body());
        assertEquals("no-store", answer.header("Cache-Control"));
        return JSON.readTree(answer.body());
    }

    private static List<String> lines(JsonNode page) {
        List<String> lines = new ArrayList<>();
        page.get("accesses")
                .forEach(access -> lines.add(String.join(
                        " ",
                        access.get("asked").asText(),
                        access.get("client").asText(),
                        access.get("scene").asText(),
                        access.get("answer").asText())));
        return lines;
    }

    @Test
    void accesses_showChecksBatchesAndOwnViews_newestFirst_andThemselvesNextTime() throws IOException {
        assertEquals(
                200, rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
        assertEquals(
                200,
                rig.check("garage", "parking", Rig.subject("plate", Rig.PLATE)).status());
        String subjects = "{\"subjects\":[" + Rig.subject("card", Rig.CARD) + "," + Rig.subject("card", "0000") + ","
                + Rig.subject("card", Rig.CARD) + ",7]}";
        assertEquals(200, rig.batch("gate", "transit", subjects).status());
        assertEquals(200, rig.get("/v1/me/score", rig.citizen()).status());
        String transit = Rig.benefit("transit", 1);
        List<String> first = lines(read(""));
        assertEquals(5, first.size());
        assertEquals(1, first.stream().filter("own null null score"::equals).count());
        assertEquals(
                3,
                first.stream().filter(("check gate transit " + transit)::equals).count());
        assertEquals(
                1,
                first.stream()
                        .filter(("check garage parking " + Rig.benefit("parking", 2))::equals)
                        .count());
        List<String> second = lines(read(""));
        assertEquals(6, second.size());
        assertTrue(second.contains("own null null accesses"));
    }

    @Test
    void accesses_ofUnknownTokens_andOrganisations_areNone() throws IOException {
        assertEquals(
                200, rig.check("gate", "transit", Rig.subject("card", "0000")).status());
        assertEquals(
                200,
                rig.check("counter", "approvals", Rig.subject("uscc", Rig.USCC)).status());
        assertEquals(List.of(), lines(read("")));
        assertEquals(2, rig.trail.written());
    }

    @Test
    void accesses_ofSomeoneNotEnrolled_is404_andLeavesNothing() throws IOException {
        String token = rig.issuer.citizen(OTHER, Duration.ofMinutes(10));
        Wire.Answer answer = rig.get("/v1/me/accesses", token);
        assertEquals(404, answer.status());
        assertTrue(answer.body().contains("not-enrolled"));
        City.Pseudonym other = City.pseudonym(Scheme.PERSON, OTHER);
        assertEquals(
                List.of(),
                rig.trail
                        .accesses(other.high(), other.low(), 0, Long.MAX_VALUE / 2, null, 10)
                        .accesses());
    }

    @Test
    void pages_followTheCursor_whichIsThePersonsOnly() throws IOException {
        String one = Rig.subject("card", Rig.CARD);
        String body = "{\"subjects\":[" + (one + ",").repeat(249) + one + "]}";
        assertEquals(200, rig.batch("gate", "transit", body).status());
        int count = 0;
        String query = "?to=" + Instant.now().plusSeconds(60);
        @Nullable String next = null;
        List<Integer> sizes = new ArrayList<>();
        do {
            JsonNode page = read(next == null ? query : "?cursor=" + next);
            long checks = lines(page).stream()
                    .filter(line -> line.startsWith("check"))
                    .count();
            count += (int) checks;
            sizes.add(page.get("accesses").size());
            next = page.get("next").isNull() ? null : page.get("next").asText();
            if (next != null) {
                String foreign = rig.issuer.citizen(OTHER, Duration.ofMinutes(10));
                rig.city.explanations.put(City.pseudonym(Scheme.PERSON, OTHER), explanation());
                assertEquals(
                        400, rig.get("/v1/me/accesses?cursor=" + next, foreign).status());
                char flipped = next.charAt(3) == 'A' ? 'B' : 'A';
                String broken = next.substring(0, 3) + flipped + next.substring(4);
                assertEquals(
                        400,
                        rig.get("/v1/me/accesses?cursor=" + broken, rig.citizen())
                                .status());
            }
        } while (next != null);
        assertEquals(250, count);
        assertEquals(100, sizes.get(0));
    }

    @Test
    void range_isKept_andAMalformedOneIs400() throws IOException {
        assertEquals(
                200, rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
        assertEquals(List.of(), lines(read("?to=2020-01-01")));
        assertEquals(List.of(), lines(read("?from=2999-01-01")));
        assertNotEquals(List.of(), lines(read("?from=2020-01-01T00:00:00Z&to=2999-01-01T00:00:00%2B08:00")));
        for (String query : List.of(
                "?from=yesterday", "?to=2026-13-01", "?from=", "?cursor=", "?cursor=%00", "?to=999999999-01-01")) {
            assertEquals(400, rig.get("/v1/me/accesses" + query, rig.citizen()).status(), query);
        }
    }

    @Test
    void completeUntil_andIds_areThere() throws IOException {
        assertEquals(
                200, rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
        JsonNode page = read("");
        assertNotNull(page.get("complete_until").asText());
        assertTrue(page.get("accesses").get(0).get("id").asText().matches("[0-9a-z]+-[0-9a-f]{8}"));
        assertNull(page.get("accesses").get(0).get("on"));
        assertEquals(90, page.get("exact_days").asInt());
    }

    @Test
    void reserve_usedUp_refusesWhatIsAboutPersons_andIsSeen() throws IOException {
        rig.close();
        rig = Rig.withoutRoom();
        String card = Rig.subject("card", Rig.CARD);
        List<Wire.Answer> refused = List.of(
                rig.check("gate", "transit", card),
                rig.batch("gate", "transit", "{\"subjects\":[" + card + "]}"),
                rig.get("/v1/me/score", rig.citizen()),
                rig.get("/v1/me/accesses", rig.citizen()),
                rig.manage("/health/ready"));
        for (Wire.Answer answer : refused) {
            assertEquals(503, answer.status());
            assertTrue(answer.body().contains("/problems/no-trail"), answer.body());
            assertEquals("1", answer.header("Retry-After"));
        }
        assertEquals(
                200,
                rig.check("counter", "approvals", Rig.subject("uscc", Rig.USCC)).status());
        assertEquals(200, rig.manage("/health/live").status());
        assertTrue(rig.manage("/metrics").body().contains("osmanthus_trail_accepting 0.0"));
        assertFalse(rig.trail.accepting());
    }
}
