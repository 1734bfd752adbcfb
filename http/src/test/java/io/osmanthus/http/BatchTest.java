package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static Rig rig;

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
    }

    private static String subjects(int count, int benefitEvery) {
        StringBuilder body = new StringBuilder("{\"subjects\":[");
        for (int i = 0; i < count; i++) {
            body.append(i == 0 ? "" : ",")
                    .append(Rig.subject("card", i % benefitEvery == 0 ? Rig.CARD : "6212" + (1_000_000 + i)));
        }
        return body.append("]}").toString();
    }

    private static JsonNode benefits(Wire.Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.body());
        return JSON.readTree(answer.body()).path("benefits");
    }

    @Test
    void batch_manySubjects_answersInOrderAcrossSlices() throws IOException {
        for (int count : new int[] {1, 255, 256, 257, 1000, 10_000}) {
            JsonNode benefits = benefits(rig.batch("gate", "transit", subjects(count, 7)));
            assertEquals(count, benefits.size());
            for (int i = 0; i < count; i++) {
                assertEquals(i % 7 == 0, benefits.get(i).isTextual(), "subject " + i + " of " + count);
            }
        }
    }

    @Test
    void batch_noBenefit_ttlZeroAndSameLength() throws IOException {
        Wire.Answer some = rig.batch("gate", "transit", subjects(300, 300));
        Wire.Answer none =
                rig.batch("gate", "transit", subjects(300, 300).replace(Rig.CARD, "9".repeat(Rig.CARD.length())));
        assertEquals(60, JSON.readTree(some.body()).path("ttl_seconds").asInt());
        assertEquals(0, JSON.readTree(none.body()).path("ttl_seconds").asInt(-1));
        assertEquals(some.head(), none.head());
    }

    @Test
    void batch_malformedElement_nullInItsPlaceAndCounted() throws IOException {
        String good = Rig.subject("card", Rig.CARD);
        List<String> bad = List.of(
                "null",
                "7",
                "\"card\"",
                "[]",
                "[[{\"a\":[1,2.5e-3,true,false,null]}]]",
                "{}",
                "{\"scheme\":\"card\"}",
                "{\"scheme\":\"card\",\"token\":{\"a\":\"}\"}}",
                "{\"scheme\":\"uscc\",\"token\":\"" + Rig.USCC + "\"}",
                "{\"scheme\":\"card\",\"token\":\"" + Rig.CARD + "\",\"token\":\"" + Rig.CARD + "\"}",
                "{\"scheme\":\"card\",\"token\":\"" + Rig.CARD + "\",\"x\":1}",
                "{\"scheme\":\"card\",\"token\":\"\\ud800\"}",
                "{\"scheme\":\"card\",\"token\":\"\"}");
        double before = malformed();
        Wire.Answer answer = rig.batch(
                "gate", "transit", "{\"subjects\":[" + good + "," + String.join(",", bad) + "," + good + "]}");
        JsonNode benefits = benefits(answer);
        assertEquals(bad.size() + 2, benefits.size());
        for (int i = 0; i < benefits.size(); i++) {
            assertEquals(i == 0 || i == bad.size() + 1, benefits.get(i).isTextual(), "element " + i);
        }
        assertEquals(Integer.toString(bad.size()), answer.header("Osmanthus-Malformed"));
        assertEquals(before + bad.size(), malformed());
        assertEquals("0", rig.batch("gate", "transit", subjects(2, 1)).header("Osmanthus-Malformed"));
    }

    private static double malformed() throws IOException {
        for (String line : rig.manage("/metrics").body().split("\n", -1)) {
            if (line.startsWith("osmanthus_subjects_malformed_total") && line.contains("\"gate\"")) {
                return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
            }
        }
        return -1;
    }

    @Test
    void batch_brokenOrWrongShape_400() throws IOException {
        String good = Rig.subject("card", Rig.CARD);
        for (String body : List.of(
                "",
                "[]",
                "{}",
                "{\"subjects\":{}}",
                "{\"subject\":[]}",
                "{\"subjects\":[" + good,
                "{\"subjects\":[" + good + "]",
                "{\"subjects\":[" + good + ",]}",
                "{\"subjects\":[," + good + "]}",
                "{\"subjects\":[" + good + " " + good + "]}",
                "{\"subjects\":[" + good + "],\"more\":1}",
                "{\"subjects\":[" + good + "]}{}",
                "{\"subjects\":[" + good + ",01]}",
                "{\"subjects\":[" + "[".repeat(40) + "]".repeat(40) + "]}")) {
            assertEquals(400, rig.batch("gate", "transit", body).status(), body);
        }
    }

    @Test
    void batch_subjectsAtLimitAndOneMore_200And422() throws IOException {
        assertEquals(
                10_000,
                benefits(rig.batch("gate", "transit", subjects(10_000, 2))).size());
        assertEquals(422, rig.batch("gate", "transit", subjects(10_001, 2)).status());
        assertEquals(422, rig.batch("gate", "transit", "{\"subjects\":[]}").status());
    }

    @Test
    void batch_withoutGrant_403() throws IOException {
        assertEquals(403, rig.batch("garage", "parking", subjects(1, 1)).status());
        assertEquals(
                200,
                rig.check("garage", "parking", Rig.subject("card", Rig.CARD)).status());
    }

    @Test
    void batch_generationPublishedHalfWay_oneGenerationAnswers() throws IOException {
        try (Rig own = Rig.start()) {
            AtomicInteger asked = new AtomicInteger();
            own.city.beforeCheck = () -> {
                if (asked.incrementAndGet() == 400) {
                    own.city.publish(8, Map.of());
                }
            };
            JsonNode benefits = benefits(own.batch("gate", "transit", subjects(2_000, 1)));
            for (int i = 0; i < benefits.size(); i++) {
                assertTrue(benefits.get(i).isTextual(), "subject " + i);
            }
            assertFalse(benefits(own.batch("gate", "transit", subjects(1, 1)))
                    .get(0)
                    .isTextual());
        }
    }

    @Test
    void batch_besideSingleChecks_doesNotBlockTheLoop() throws IOException {
        try (Wire batch = rig.wire();
                Wire single = rig.wire();
                Wire other = rig.wire()) {
            batch.send(Rig.post("/v1/scenes/transit/checks/batch", rig.key("gate"), subjects(10_000, 3)));
            for (Wire wire : List.of(single, other)) {
                wire.send(Rig.post("/v1/scenes/transit/checks", rig.key("gate"), Rig.subject("card", Rig.CARD)));
                assertTrue(wire.answer().body().contains(Rig.benefit("transit", 1)));
            }
            assertEquals(10_000, benefits(batch.answer()).size());
        }
    }

    @Test
    void budget_perSecondOverdrawn_429WithRetryAfter() throws IOException {
        assertEquals(200, rig.batch("slow", "transit", subjects(20, 2)).status());
        Wire.Answer refused = rig.check("slow", "transit", Rig.subject("card", Rig.CARD));
        assertEquals(429, refused.status());
        assertTrue(refused.body().contains("/problems/too-many-requests"), refused.body());
        int wait = Integer.parseInt(String.valueOf(refused.header("retry-after")));
        assertTrue(wait >= 1 && wait <= 4, "wait " + wait);
    }

    @Test
    void budget_perDayAtLimitAndOneMore_200And429() throws IOException {
        assertEquals(200, rig.batch("poor", "transit", subjects(11, 2)).status());
        assertEquals(429, rig.batch("poor", "transit", subjects(2, 2)).status());
        assertEquals(200, rig.batch("poor", "transit", subjects(1, 2)).status());
        Wire.Answer refused = rig.check("poor", "transit", Rig.subject("card", Rig.CARD));
        assertEquals(429, refused.status());
        assertTrue(refused.body().contains("/problems/daily-budget-spent"), refused.body());
        assertNotEquals("0", refused.header("retry-after"));
    }

    /** Single and batch agree, and every mutated body is a 200 or a 400. */
    @Test
    void fuzz_mutatedBodies_never500AndSingleEqualsBatch() throws IOException {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("BatchTest.fuzz -Dseed=" + seed);
        Random random = new Random(seed);
        String[] shapes = {
            Rig.subject("card", Rig.CARD),
            Rig.subject("plate", "苏E12345"),
            Rig.subject("app", "\\u82cf\\ud83d\\ude00x"),
            "{\"a\":[1,{\"b\":null}],\"scheme\":\"card\",\"token\":\"1\"}"
        };
        String alphabet = "{}[]\",:\\u0123456789abcdefE+-. tnrl苏\u0000\u001f";
        try (Wire wire = rig.wire()) {
            for (int i = 0; i < 3_000; i++) {
                StringBuilder text = new StringBuilder(shapes[random.nextInt(shapes.length)]);
                for (int edits = random.nextInt(4); edits > 0 && text.length() > 0; edits--) {
                    int at = random.nextInt(text.length());
                    char c = alphabet.charAt(random.nextInt(alphabet.length()));
                    switch (random.nextInt(3)) {
                        case 0 -> text.insert(at, c);
                        case 1 -> text.deleteCharAt(at);
                        default -> text.setCharAt(at, c);
                    }
                }
                wire.send(Rig.post("/v1/scenes/transit/checks", rig.key("gate"), text.toString()));
                Wire.Answer single = wire.answer();
                wire.send(
                        Rig.post("/v1/scenes/transit/checks/batch", rig.key("gate"), "{\"subjects\":[" + text + "]}"));
                Wire.Answer batch = wire.answer();
                String what = "seed " + seed + ", body " + text;
                assertTrue(single.status() == 200 || single.status() == 400, what);
                if (single.status() == 200) {
                    assertEquals("0", batch.header("Osmanthus-Malformed"), what);
                    assertEquals(
                            JSON.readTree(single.body()).path("benefit"),
                            JSON.readTree(batch.body()).path("benefits").path(0),
                            what);
                } else {
                    assertNotEquals("0", batch.status() == 200 ? batch.header("Osmanthus-Malformed") : "", what);
                }
            }
        }
    }
}
