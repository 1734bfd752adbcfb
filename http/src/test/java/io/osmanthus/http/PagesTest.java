package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Title;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PagesTest {
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

    private static JsonNode body(Wire.Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.body());
        return JSON.readTree(answer.body());
    }

    @Test
    void scenes_all_withWordsAndDemonstration() throws IOException {
        JsonNode scenes = body(rig.get("/v1/scenes", null));
        assertTrue(scenes.path("demonstration").asBoolean());
        assertEquals(Rig.RULES.scenes().size(), scenes.path("scenes").size());
        JsonNode transit = body(rig.get("/v1/scenes/transit", null));
        assertEquals(transit, scenes.path("scenes").get(Rig.scene("transit")));
        assertTrue(transit.path("demonstration").asBoolean());
        assertEquals("公共交通", transit.path("title").path("zh").asText());
        assertFalse(transit.path("base_service").path("en").asText().isEmpty());
        for (JsonNode benefit : transit.path("benefits")) {
            assertFalse(benefit.path("condition").path("zh").asText().isEmpty());
            assertFalse(benefit.path("words").path("en").asText().isEmpty());
        }
        assertEquals(404, rig.get("/v1/scenes/space", null).status());
        assertEquals(404, rig.get("/v1/scenes/transit/nothing", null).status());
        assertEquals(
                406,
                Wire.once(rig.port(), Rig.request("GET", "/v1/scenes", null, "Accept: text/html"))
                        .status());
    }

    @Test
    void head_publicRoute_sameHeadersWithoutBody() throws IOException {
        try (Wire wire = rig.wire()) {
            wire.send(Rig.request("HEAD", "/v1/scenes", null));
            Wire.Answer head = wire.answer(true);
            wire.send(Rig.request("GET", "/v1/scenes", null));
            Wire.Answer get = wire.answer();
            assertEquals(200, head.status());
            assertEquals(get.header("content-length"), head.header("content-length"));
        }
    }

    @Test
    void everyPath_otherMethods_405WithAllow() throws IOException {
        for (Route route : Route.values()) {
            String path = route.path().replace("{scene}", "transit").replace("{matter}", "procurement");
            for (String method : List.of("DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "GET", "POST")) {
                if (List.of(Route.allowed(route.path()).split(", ", -1)).contains(method)) {
                    continue;
                }
                int port = route.management() ? rig.server.managementPort() : rig.port();
                Wire.Answer answer = Wire.once(port, Rig.request(method, path, null));
                assertEquals(405, answer.status(), method + " " + path);
                assertEquals(Route.allowed(route.path()), answer.header("allow"));
            }
        }
    }

    @Test
    void catalogue_all_itemsAndLists() throws IOException {
        JsonNode catalogue = body(rig.get("/v1/catalogue", null));
        assertEquals(Rig.VOCABULARY.items().size(), catalogue.path("items").size());
        assertEquals(Rig.VOCABULARY.lists().size(), catalogue.path("lists").size());
        assertEquals(
                "volunteer-hours", catalogue.path("items").get(0).path("item").asText());
        assertEquals(Rig.RULES.version(), catalogue.path("rules_version").asText());
        assertEquals(2, catalogue.path("schemes").size());
        assertEquals(
                "基础分100；最低0；最高200。",
                catalogue.path("schemes").get(0).path("rule").path("zh").asText());
        for (JsonNode item : catalogue.path("items")) {
            String rule = item.path("rule").path("zh").asText();
            assertTrue(rule.matches(".*(分|评为).*(有效|结束后).*"), item.toString());
            assertTrue(item.path("kind").asText().equals("plus") || rule.contains("修复后"), rule);
        }
    }

    @Test
    void score_enrolled_explanationAsInTheContract() throws IOException {
        City.Pseudonym person = City.pseudonym(Scheme.PERSON, "320508189001010025");
        int day = (int) LocalDate.of(2026, 3, 1).toEpochDay();
        rig.city.explanations.put(
                person,
                new Explanation(
                        112,
                        "dangui",
                        "guihua",
                        "0123456789abcdef",
                        List.of(new Explanation.Next("parking", "free-60", 8)),
                        List.of(
                                new Explanation.Line(
                                        "r-1",
                                        "blood-donation",
                                        new Title("无偿献血", "Blood donation"),
                                        10,
                                        true,
                                        null,
                                        day,
                                        day + 729,
                                        1,
                                        false),
                                new Explanation.Line(
                                        null,
                                        null,
                                        new Title("上下限", "Clamp"),
                                        2,
                                        true,
                                        "clamp",
                                        SubjectFacts.NONE,
                                        SubjectFacts.NONE,
                                        -1,
                                        false))));
        Wire.Answer answer =
                rig.get("/v1/me/score", rig.issuer.citizen("320508189001010025", java.time.Duration.ofMinutes(5)));
        assertEquals("no-store", answer.header("cache-control"));
        String expected = "{'score':112,'grade':'dangui','scheme':'guihua','rules_version':'0123456789abcdef',"
                + "'as_of':'2026-10-15','facts_as_of':'2026-10-14','position':7,"
                + "'next':[{'scene':'parking','benefit':'free-60','points_missing':8}],'lines':["
                + "{'record_id':'r-1','item':'blood-donation','title':{'zh':'无偿献血','en':'Blood donation'},'rule':null,'points_before_caps':10,'points':10,"
                + "'direct_grade':null,'counted':true,'reason':null,'occurred_on':'2026-03-01','counts_until':'2028-02-28','source':'红十字会',"
                + "'disputed':false},{'record_id':null,'item':null,'title':{'zh':'上下限','en':'Clamp'},'rule':null,"
                + "'points_before_caps':2,'points':2,'direct_grade':null,"
                + "'counted':true,'reason':'clamp','occurred_on':null,'counts_until':null,'source':null,'disputed':false}]}";
        assertEquals(JSON.readTree(expected.replace('\'', '"')), body(answer));
    }

    @Test
    void score_notEnrolled_404() throws IOException {
        Wire.Answer answer = rig.get("/v1/me/score", rig.citizen());
        assertEquals(404, answer.status());
        assertEquals(
                "/problems/not-enrolled",
                JSON.readTree(answer.body()).path("type").asText());
        assertFalse(answer.body().contains(Rig.PERSON));
    }

    @Test
    void matters_all_ownOnesMarked() throws IOException {
        JsonNode matters = body(rig.get("/v1/matters", rig.key("buyer"))).path("matters");
        assertEquals(Rig.RULES.matters().size(), matters.size());
        for (JsonNode matter : matters) {
            assertEquals(
                    matter.path("matter").asText().equals("procurement"),
                    matter.path("permitted").asBoolean());
        }
    }

    private static Wire.Answer match(String matter, String organisations) throws IOException {
        return Wire.once(
                rig.port(),
                Rig.post(
                        "/v1/matters/" + matter + "/matches",
                        rig.key("buyer"),
                        "{\"organisations\":" + organisations + "}"));
    }

    @Test
    void match_byCodeAndName_elementsInOrder() throws IOException {
        ListDefinition list = Objects.requireNonNull(Rig.VOCABULARY.list("procurement"));
        int from = (int) LocalDate.of(2026, 1, 1).toEpochDay();
        rig.city.reports.put(
                City.pseudonym(Scheme.USCC, Rig.USCC),
                new MatchReport(
                        MatchReport.Outcome.MEASURE,
                        List.of(new MatchReport.Hit(
                                list,
                                "e-1",
                                MatchReport.Effect.MEASURE,
                                new Title("不予准入", "Not admitted"),
                                "政府采购法 22",
                                from,
                                from + 365,
                                true))));
        JsonNode answer = body(match(
                "procurement",
                "[{\"uscc\":\"91320500000000000X\"},{\"name\":\"桂花\"},{\"uscc\":\""
                        + Rig.USCC.toLowerCase(java.util.Locale.ROOT) + "\"}]"));
        String expected = "{'organisations':[{'outcome':'none','found':false,'hits':[]},"
                + "{'outcome':'none','found':false,'hits':[],'candidates':[{'uscc':'" + Rig.USCC
                + "','name':'桂花有限公司','likeness':0.877}]},"
                + "{'outcome':'measure','found':true,'hits':[{'list':'procurement','list_title':{'zh':'政府采购严重违法失信',"
                + "'en':'Government procurement'},'entry_id':'e-1','effect':'measure','measure':{'zh':'不予准入',"
                + "'en':'Not admitted'},'legal_basis':'政府采购法 22','valid_from':'2026-01-01','valid_until':'2026-12-31',"
                + "'disputed':true}]}]}";
        assertEquals(JSON.readTree(expected.replace('\'', '"')), answer);
    }

    @Test
    void match_malformedOrTooMany_400Or422() throws IOException {
        for (String bad : List.of(
                "{}",
                "[7]",
                "[{}]",
                "[{\"uscc\":7}]",
                "[{\"uscc\":\"\"}]",
                "[{\"uscc\":\"A\",\"name\":\"B\"}]",
                "[{\"name\":\" \"}]",
                "[{\"code\":\"A\"}]",
                "[{\"uscc\":\"A\"}",
                "[{\"uscc\":\"A\",\"uscc\":\"A\"}]",
                "[],\"more\":1")) {
            assertEquals(400, match("procurement", bad).status(), bad);
        }
        assertEquals(422, match("procurement", "[]").status());
        assertEquals(200, match("procurement", many("{\"name\":\"A\"}", 100)).status());
        assertEquals(422, match("procurement", many("{\"name\":\"A\"}", 101)).status());
        assertEquals(
                10_000,
                body(match("procurement", many("{\"uscc\":\"A\"}", 10_000)))
                        .path("organisations")
                        .size());
        assertEquals(422, match("procurement", many("{\"uscc\":\"A\"}", 10_001)).status());
        assertEquals(403, match("tendering", "[{\"uscc\":\"A\"}]").status());
        assertEquals(404, match("no-such-matter", "[{\"uscc\":\"A\"}]").status());
    }

    private static String many(String element, int count) {
        return "[" + String.join(",", java.util.Collections.nCopies(count, element)) + "]";
    }

    @Test
    void management_healthAndMetrics_answer() throws IOException {
        assertEquals("live", body(rig.manage("/health/live")).path("status").asText());
        JsonNode ready = body(rig.manage("/health/ready"));
        assertEquals("ready", ready.path("status").asText());
        assertEquals(7, ready.path("position").asInt());
        assertEquals(
                200, rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
        Wire.Answer metrics = rig.manage("/metrics");
        assertEquals(200, metrics.status());
        assertTrue(metrics.body().contains("osmanthus_checks_seconds_bucket{scene=\"transit\",le="), metrics.body());
        assertTrue(metrics.body().contains("jvm_memory_used_bytes"));
        for (String line : metrics.body().split("\n", -1)) {
            assertFalse(line.startsWith("osmanthus_checks") && line.contains("client"), line);
        }
    }
}
