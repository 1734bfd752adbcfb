package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import io.osmanthus.snapshots.cases.CaseAudit;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.CaseState;
import io.osmanthus.snapshots.cases.Move;
import io.osmanthus.snapshots.cases.StateTable;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerAudit;
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
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Objections and repairs over real sockets and a real ledger, as citizens, organisations and the desk use them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CasesOverHttpTest {
    private static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    private static final City CITY = new City(400, 40, 11, DAY);
    private static final Path CONFIG = Program.root().resolve("config");
    private static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    private static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);
    private static final String LIST_ENTRY_SOURCE = "应急局";

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String terminal = ApiKey.make();
    private final String department = ApiKey.make();
    private final String desk = ApiKey.make();
    private final String otherDesk = ApiKey.make();
    private final DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());
    private Ledger.Place place = Database.fresh();

    @TempDir
    static Path directory = Path.of("");

    private @Nullable Serving server;
    private @Nullable SnapshotStore store;

    @BeforeAll
    void serve() throws IOException {
        Path delivery = directory.resolve("delivery");
        CITY.generate(delivery, Progress.SILENT);
        // two organisations that stand on a list of work safety for certain
        String entries = CITY.uscc(0) + ",2026-01-05,,事故," + "安全生产法," + LIST_ENTRY_SOURCE;
        String other = CITY.uscc(1) + ",2026-01-05,,事故," + "安全生产法," + LIST_ENTRY_SOURCE;
        StringBuilder lists = new StringBuilder(
                "entry_id,list,subject_type,subject_id,entered_on,leaves_on,reason,legal_basis,source\n");
        lists.append("E-0,work-safety,organisation," + entries + "\nE-1,work-safety,organisation," + other + "\n");
        for (CaseState state : CaseState.values()) {
            String list = state == CaseState.PROPOSED ? "work-safety" : "attention";
            lists.append("X-" + state.word() + "," + list + ",organisation," + CITY.uscc(2))
                    .append(",2026-01-05,,事故,安全生产法," + LIST_ENTRY_SOURCE + "\n");
        }
        Files.writeString(delivery.resolve("list_entries.csv"), lists, StandardCharsets.UTF_8);
        SnapshotStore made = SnapshotStore.openOrCreate(directory.resolve("store"));
        store = made;
        build();
        Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        server = Serving.start(plan(made));
    }

    @AfterAll
    void stop() {
        Serving running = server;
        if (running != null) {
            running.close();
        }
        CaseAudit audit = new CaseAudit();
        LedgerAudit.Report report = new LedgerAudit(KEY, null, audit).run(place);
        assertNull(report.broken(), String.valueOf(report.broken()));
        assertTrue(audit.count() > 40, audit.count() + " cases");
    }

    private String build() throws IOException {
        SnapshotStore into = Objects.requireNonNull(store);
        new Building(CONFIG, VOCABULARY, KEY, null, Trust.of(KEY, null, true), PublishingLimits.load(CONFIG), true, DAY)
                .build(directory.resolve("delivery"), into, Progress.SILENT);
        return into.current();
    }

    private Serving.Plan plan(SnapshotStore from) {
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                1,
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
                clients(),
                RULES,
                KEY,
                Trust.of(KEY, null, true),
                from,
                DAY,
                Progress.SILENT,
                place.user(),
                place.password());
    }

    private Clients clients() {
        Set<String> scenes =
                Set.copyOf(VOCABULARY.scenes().stream().map(SceneDefinition::id).toList());
        Set<String> matters = new HashSet<>();
        RULES.matters().forEach(matter -> matters.add(matter.id()));
        Set<String> sources = Set.of("红十字会", "法院", "行政审批局", "市监局", "应急局");
        return Clients.of(List.of(
                client("gate", Role.TERMINAL, terminal, scenes, Set.of(), Set.of()),
                client("office", Role.DEPARTMENT, department, Set.of(), matters, sources),
                client("desk-1", Role.DESK, desk, Set.of(), Set.of(), Set.of()),
                client("desk-2", Role.DESK, otherDesk, Set.of(), Set.of(), Set.of())));
    }

    private static Client client(
            String id, Role role, String key, Set<String> scenes, Set<String> matters, Set<String> sources) {
        return new Client(
                id,
                role,
                id,
                Set.of(ApiKey.sha256(key)),
                scenes,
                matters,
                sources,
                role == Role.TERMINAL,
                1_000_000,
                1_000_000,
                LocalDate.of(2099, 1, 1));
    }

    private record Answer(int status, String body, JsonNode json, long position, String tag) {
        String text(String field) {
            return json.path(field).asText();
        }
    }

    private Answer ask(String method, String path, String key, @Nullable String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + Objects.requireNonNull(server).port() + path))
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
        String text = response.body();
        return new Answer(
                response.statusCode(),
                text,
                mapper.readTree(text.startsWith("{") ? text : "{}"),
                response.headers().firstValueAsLong("Osmanthus-Position").orElse(-1),
                response.headers().firstValue("ETag").orElse(""));
    }

    private String citizen(int person) {
        return issuer.citizen(CITY.personId(person), Duration.ofMinutes(30));
    }

    private String representative(int organisation) {
        return issuer.representative(CITY.uscc(organisation), Duration.ofMinutes(30));
    }

    private void record(String id, String type, String subject, String item, String source, String more)
            throws IOException, InterruptedException {
        Answer added = ask(
                "POST",
                "/v1/records",
                department,
                "{\"records\":[{\"record_id\":\"" + id + "\",\"subject_type\":\"" + type + "\",\"subject_id\":\""
                        + subject + "\",\"item\":\"" + item + "\",\"source\":\"" + source
                        + "\",\"document_no\":\"D-" + id + "\"," + more + "}]}");
        assertEquals(201, added.status(), added.body());
        assertEquals(0, added.json().get("rejected").size(), added.body());
    }

    private void ofPerson(String id, int person, String item, String source, String more)
            throws IOException, InterruptedException {
        record(id, "person", CITY.personId(person), item, source, more);
    }

    private static String objection(String subject, String id) {
        return "{\"subject\":\"" + subject + "\",\"id\":\"" + id
                + "\",\"grounds\":\"不是我\",\"statement\":\"第一行\\n第二行\"}";
    }

    private Answer object(int person, String subject, String id) throws IOException, InterruptedException {
        Answer filed = ask("POST", "/v1/me/objections", citizen(person), objection(subject, id));
        assertEquals(201, filed.status(), filed.body());
        assertEquals("\"1\"", filed.tag());
        return filed;
    }

    private Answer move(String key, String caseId, String tag, String to) throws IOException, InterruptedException {
        return ask(
                "POST",
                "/v1/cases/" + caseId + "/transitions",
                key,
                "{\"to\":\"" + to + "\",\"reason\":\"因为如此\"}",
                "If-Match",
                tag);
    }

    private Answer moved(String key, String caseId, String to) throws IOException, InterruptedException {
        String tag = ask("GET", "/v1/cases/" + caseId, key, null).tag();
        Answer answer = move(key, caseId, tag, to);
        assertEquals(200, answer.status(), answer.body());
        return answer;
    }

    private JsonNode line(int person, String record) throws IOException, InterruptedException {
        for (JsonNode line :
                ask("GET", "/v1/me/score", citizen(person), null).json().get("lines")) {
            if (line.get("record_id").asText().equals(record)) {
                return line;
            }
        }
        throw new AssertionError("no line of record " + record);
    }

    private void refusedWith(int status, String words, Answer answer) {
        assertEquals(status, answer.status(), answer.body());
        assertTrue(answer.body().contains(words), answer.body());
    }

    @Test
    void objection_recordOfPerson_marksAtOnce_andTheDecisionStays() throws Exception {
        ofPerson("o-1", 1, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
        assertTrue(line(1, "o-1").get("counted").asBoolean());
        int before =
                ask("GET", "/v1/me/score", citizen(1), null).json().get("score").asInt();
        Answer filed = object(1, "record", "o-1");
        String id = filed.text("case_id");
        assertEquals("filed", filed.text("state"));
        assertEquals("2026-10-20", filed.text("due_on"));
        assertEquals("2026-10-26", filed.text("due_on_if_forwarded"));
        assertEquals("行政审批局", filed.json().at("/about/source").asText());
        JsonNode disputed = line(1, "o-1");
        assertFalse(disputed.get("counted").asBoolean(), "it stops counting when the objection is filed");
        assertTrue(disputed.get("disputed").asBoolean());
        assertTrue(
                ask("GET", "/v1/me/score", citizen(1), null).json().get("score").asInt() > before);
        refusedWith(409, "is open already", ask("POST", "/v1/me/objections", citizen(1), objection("record", "o-1")));

        Answer forwarded = moved(desk, id, "forwarded");
        assertEquals("2026-10-26", forwarded.text("due_on"));
        Answer rejected = moved(desk, id, "rejected");
        assertEquals("decided", rejected.text("state"));
        assertEquals("2026-10-29", rejected.text("review_until"));
        assertTrue(line(1, "o-1").get("counted").asBoolean(), "the mark is removed");
        refusedWith(409, "a review may be asked for until", move(desk, id, rejected.tag(), "closed"));

        refusedWith(404, "", ask("POST", "/v1/me/cases/" + id + "/review", citizen(2), "{\"grounds\":\"x\"}"));
        Answer review = ask("POST", "/v1/me/cases/" + id + "/review", citizen(1), "{\"grounds\":\"再看一次\"}");
        assertEquals(200, review.status(), review.body());
        assertEquals("2026-10-26", review.text("due_on"));
        Answer upheld = moved(otherDesk, id, "upheld");
        assertEquals("closed", upheld.text("state"));
        assertEquals("retracted", line(1, "o-1").get("reason").asText());
        refusedWith(
                409, "nothing more", ask("POST", "/v1/me/cases/" + id + "/review", citizen(1), "{\"grounds\":\"x\"}"));
        refusedWith(409, "decided for good", ask("POST", "/v1/me/objections", citizen(1), objection("record", "o-1")));

        Answer own = ask("GET", "/v1/me/cases/" + id, citizen(1), null);
        assertEquals(4, own.json().get("history").size());
        assertEquals("desk", own.json().at("/history/0/by").asText());
        assertEquals("self", own.json().at("/history/2/by").asText());
        assertEquals("再看一次", own.json().at("/history/2/reason").asText());
        assertEquals("第一行\n第二行", own.text("statement"));
        assertFalse(own.json().has("moves"));
        assertEquals(404, ask("GET", "/v1/me/cases/" + id, citizen(2), null).status());
        assertEquals(
                1,
                ask("GET", "/v1/me/cases", citizen(1), null).json().get("cases").size());
    }

    @Test
    void objection_deliveredRecord_staysRetractedUnderALaterSnapshot() throws Exception {
        int person = -1;
        String record = "";
        for (int i = 50; i < CITY.persons() && person < 0; i++) {
            Answer score = ask("GET", "/v1/me/score", citizen(i), null);
            if (score.status() == 200) {
                for (JsonNode line : score.json().get("lines")) {
                    if (line.get("counted").asBoolean() && line.hasNonNull("record_id")) {
                        person = i;
                        record = line.get("record_id").asText();
                    }
                }
            }
        }
        assertTrue(person >= 0, "somebody of the city has a record");
        String id = object(person, "record", record).text("case_id");
        Answer decided = moved(desk, id, "upheld");
        if (decided.text("state").equals("proposed")) {
            moved(otherDesk, id, "upheld");
        }
        assertEquals("retracted", line(person, record).get("reason").asText());
        String version = build();
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!ask("GET", "/health/ready", terminal, null).text("snapshot").equals(version)) {
            assertTrue(System.nanoTime() < until, "the snapshot is not served");
            Thread.sleep(20);
        }
        assertEquals("retracted", line(person, record).get("reason").asText());
        assertEquals(
                "decided",
                ask("GET", "/v1/me/cases/" + id, citizen(person), null).text("state"));
    }

    @Test
    void transition_needsTheVersionThatWasRead() throws Exception {
        ofPerson("v-1", 3, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
        String id = object(3, "record", "v-1").text("case_id");
        String path = "/v1/cases/" + id + "/transitions";
        String body = "{\"to\":\"forwarded\",\"reason\":\"核实\"}";
        assertEquals(428, ask("POST", path, desk, body).status());
        assertEquals(412, ask("POST", path, desk, body, "If-Match", "\"2\"").status());
        assertEquals(412, ask("POST", path, desk, body, "If-Match", "W/\"1\"").status());
        Answer done = ask("POST", path, desk, body, "If-Match", "\"1\"", "Idempotency-Key", "t-1");
        assertEquals(200, done.status(), done.body());
        assertEquals("\"2\"", done.tag());
        Answer again = ask("POST", path, desk, body, "If-Match", "\"1\"", "Idempotency-Key", "t-1");
        assertEquals(done, again, "a repetition is answered as before");
        assertEquals(412, ask("POST", path, desk, body, "If-Match", "\"1\"").status());
        assertEquals(
                400,
                ask("POST", path, desk, "{\"to\":\"upheld\"}", "If-Match", "\"2\"")
                        .status(),
                "the reason is written");
        assertEquals(
                400,
                ask("POST", path, desk, "{\"to\":\"won\",\"reason\":\"x\"}", "If-Match", "\"2\"")
                        .status());
        assertEquals(
                404,
                ask(
                                "POST",
                                "/v1/cases/4f6c1b52-7d0e-4a6e-9d58-0a8f6f0c2a11/transitions",
                                desk,
                                body,
                                "If-Match",
                                "\"1\"")
                        .status());
        assertEquals(
                404,
                ask("POST", "/v1/cases/x/transitions", desk, body, "If-Match", "\"1\"")
                        .status());
    }

    @Test
    void seriousRecord_isDecidedByTwo() throws Exception {
        ofPerson("s-1", 4, "court-default", "法院", "\"occurred_on\":\"2026-01-05\",\"severity\":\"serious\"");
        String id = object(4, "record", "s-1").text("case_id");
        assertEquals("proposed", moved(desk, id, "rejected").text("state"));
        assertFalse(line(4, "s-1").get("counted").asBoolean(), "a proposal decides nothing");
        refusedWith(409, "four eyes", move(desk, id, "\"2\"", "rejected"));
        refusedWith(409, "another decision is proposed", move(otherDesk, id, "\"2\"", "upheld"));
        Answer own = ask("GET", "/v1/me/cases/" + id, citizen(4), null);
        assertEquals("proposed", own.text("state"));
        assertFalse(own.json().has("proposed_by"));
        assertEquals("filed", moved(otherDesk, id, "returned").text("state"));
        moved(desk, id, "rejected");
        assertEquals("decided", moved(otherDesk, id, "rejected").text("state"));
        assertTrue(line(4, "s-1").get("counted").asBoolean());
    }

    @Test
    void deskSeesWhatItNeeds_andThePersonSeesThatItLooked() throws Exception {
        ofPerson("p-1", 5, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
        String statement = "{\"subject\":\"record\",\"id\":\"p-1\",\"grounds\":\"我是" + CITY.personId(5) + "\"}";
        Answer filed = ask("POST", "/v1/me/objections", citizen(5), statement);
        String id = filed.text("case_id");
        Answer seen = ask("GET", "/v1/cases/" + id, desk, null);
        assertEquals(200, seen.status(), seen.body());
        assertFalse(seen.body().contains(CITY.personId(5)), "citizen ids become stars");
        assertEquals("我是******************", seen.text("grounds"));
        assertEquals("p-1", seen.json().at("/about/id").asText());
        assertEquals("forwarded", seen.json().at("/moves/0").asText());
        boolean shown = false;
        for (JsonNode access :
                ask("GET", "/v1/me/accesses", citizen(5), null).json().get("accesses")) {
            shown |= access.get("asked").asText().equals("desk");
        }
        assertTrue(shown, "an answer about the person to the desk is in their accesses");
        assertEquals(403, ask("GET", "/v1/cases/" + id, department, null).status());
        assertEquals(403, ask("GET", "/v1/cases/" + id, citizen(5), null).status());
    }

    @Test
    void queue_byDueDate_inPages() throws Exception {
        for (int i = 0; i < 3; i++) {
            ofPerson("q-" + i, 6, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
            object(6, "record", "q-" + i);
        }
        List<String> seen = new ArrayList<>();
        String due = "";
        String cursor = "";
        do {
            Answer page = ask("GET", "/v1/cases?state=filed" + cursor, desk, null);
            assertEquals(200, page.status(), page.body());
            for (JsonNode one : page.json().get("cases")) {
                assertEquals("filed", one.get("state").asText());
                assertTrue(due.compareTo(one.get("due_on").asText()) <= 0);
                due = one.get("due_on").asText();
                seen.add(one.get("case_id").asText());
                assertFalse(one.has("grounds"), "what was said is not in the list");
            }
            cursor = page.json().get("next").isNull() ? "" : "&cursor=" + page.text("next");
        } while (!cursor.isEmpty());
        assertEquals(seen.size(), new HashSet<>(seen).size());
        assertTrue(seen.size() >= 3);
        assertEquals(
                0,
                ask("GET", "/v1/cases?due_before=2026-10-15", desk, null)
                        .json()
                        .get("cases")
                        .size());
        for (String query : List.of("state=open", "due_before=soon", "due_before=", "cursor=AAAA")) {
            assertEquals(400, ask("GET", "/v1/cases?" + query, desk, null).status(), query);
        }
    }

    @Test
    void arrears_disputed_pauseNothing_upheldNeverAgain() throws Exception {
        int person = 7;
        String token = CITY.token(person).token();
        assertEquals(person, CITY.owner(person));
        Answer added = ask(
                "POST",
                "/v1/arrears",
                terminal,
                "{\"arrears\":[{\"scene\":\"parking\",\"scheme\":\"card\",\"token\":\"" + token
                        + "\",\"since\":\"2026-10-01\",\"amount_cents\":300,\"reference\":\"bill-7\"}]}");
        assertEquals(201, added.status(), added.body());
        Answer filed = object(person, "arrears", "bill-7");
        String id = filed.text("case_id");
        assertEquals("parking:2026-10-01", filed.json().at("/about/id").asText());
        assertEquals(
                404,
                ask("POST", "/v1/me/objections", citizen(person + 1), objection("arrears", "bill-7"))
                        .status());
        assertEquals(
                404,
                ask("POST", "/v1/me/objections", citizen(person), objection("arrears", "parking:2026-10-02"))
                        .status());
        assertEquals("decided", moved(desk, id, "corrected").text("state"));
        refusedWith(
                409,
                "is open already",
                ask("POST", "/v1/me/objections", citizen(person), objection("arrears", "parking:2026-10-01")));
    }

    @Test
    void access_objectedTo_goesToTheDesk() throws Exception {
        String card = CITY.token(8).token();
        int owner = (int) CITY.owner(8);
        ask("POST", "/v1/scenes/transit/checks", terminal, "{\"scheme\":\"card\",\"token\":\"" + card + "\"}");
        String access = "";
        for (JsonNode one :
                ask("GET", "/v1/me/accesses", citizen(owner), null).json().get("accesses")) {
            if (one.get("asked").asText().equals("check")) {
                access = one.get("id").asText();
            }
        }
        Answer filed = object(owner, "access", access);
        assertEquals("gate", filed.json().at("/about/client").asText());
        assertEquals("transit", filed.json().at("/about/scene").asText());
        assertEquals(
                404,
                ask("POST", "/v1/me/objections", citizen(owner), objection("access", access + "0"))
                        .status());
        assertEquals(
                404,
                ask("POST", "/v1/me/objections", citizen(owner + 1), objection("access", access))
                        .status());
        refusedWith(409, "cannot be 'corrected'", move(desk, filed.text("case_id"), "\"1\"", "corrected"));
        moved(desk, filed.text("case_id"), "upheld");
        assertEquals("closed", moved(desk, filed.text("case_id"), "closed").text("state"));
    }

    @Test
    void repair_ofPerson_needsTheDutiesFulfilled() throws Exception {
        ofPerson("r-1", 9, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
        refusedWith(
                422,
                "/evidence/duties_fulfilled",
                ask("POST", "/v1/me/repairs", citizen(9), "{\"record_id\":\"r-1\",\"evidence\":{\"other\":\"x\"}}"));
        Answer filed = ask("POST", "/v1/me/repairs", citizen(9), "{\"record_id\":\"r-1\",\"evidence\":\"已履行，见回执\"}");
        assertEquals(201, filed.status(), filed.body());
        assertEquals("2026-10-29", filed.text("due_on"));
        assertTrue(line(9, "r-1").get("counted").asBoolean(), "asking for a repair changes nothing yet");
        moved(desk, filed.text("case_id"), "upheld");
        assertEquals("repaired", line(9, "r-1").get("reason").asText());
        ofPerson("r-2", 9, "blood-donation", "红十字会", "\"occurred_on\":\"2026-09-01\",\"quantity\":400");
        refusedWith(
                422,
                "nothing to repair",
                ask("POST", "/v1/me/repairs", citizen(9), "{\"record_id\":\"r-2\",\"evidence\":\"x\"}"));
        assertEquals(
                404,
                ask("POST", "/v1/me/repairs", citizen(9), "{\"record_id\":\"r-1000\",\"evidence\":\"x\"}")
                        .status());
        assertEquals(
                400,
                ask(
                                "POST",
                                "/v1/me/repairs",
                                citizen(9),
                                "{\"record_id\":\"r-1\",\"entry_id\":\"E-0\",\"evidence\":\"x\"}")
                        .status());
    }

    private JsonNode match(int organisation) throws IOException, InterruptedException {
        Answer answer = ask(
                "POST",
                "/v1/matters/construction/matches",
                department,
                "{\"organisations\":[{\"uscc\":\"" + CITY.uscc(organisation) + "\"}]}");
        assertEquals(200, answer.status(), answer.body());
        return answer.json().at("/organisations/0");
    }

    @Test
    void organisation_entryDisputed_measureStands_untilDecided() throws Exception {
        String path = "/v1/organisations/" + CITY.uscc(0);
        assertEquals("measure", match(0).get("outcome").asText());
        Answer filed = ask("POST", path + "/objections", representative(0), objection("entry", "E-0"));
        assertEquals(201, filed.status(), filed.body());
        assertEquals(LIST_ENTRY_SOURCE, filed.json().at("/about/source").asText());
        JsonNode marked = match(0);
        assertEquals("measure", marked.get("outcome").asText(), "the measure stands");
        assertTrue(marked.at("/hits/0/disputed").asBoolean());
        String id = filed.text("case_id");
        assertTrue(ask("POST", path + "/objections", representative(1), objection("entry", "E-0"))
                        .status()
                >= 403);
        assertEquals(
                404,
                ask("GET", "/v1/organisations/" + CITY.uscc(1) + "/cases/" + id, representative(1), null)
                        .status());
        assertEquals(
                1,
                ask("GET", path + "/cases", representative(0), null)
                        .json()
                        .get("cases")
                        .size());
        assertEquals("proposed", moved(desk, id, "upheld").text("state"), "a black list needs two");
        moved(otherDesk, id, "upheld");
        assertEquals("none", match(0).get("outcome").asText());
        assertEquals(
                "decided",
                ask("GET", path + "/cases/" + id, representative(0), null).text("state"));
    }

    @Test
    void organisation_repair_recordAndEntryLeaveTogether_afterTheShortestPublication() throws Exception {
        String path = "/v1/organisations/" + CITY.uscc(1);
        String of = CITY.uscc(1);
        record(
                "w-1",
                "organisation",
                of,
                "penalty-serious",
                LIST_ENTRY_SOURCE,
                "\"occurred_on\":\"2026-05-01\",\"decided_on\":\"2026-05-10\"");
        record(
                "w-2",
                "organisation",
                of,
                "penalty-general",
                LIST_ENTRY_SOURCE,
                "\"occurred_on\":\"2026-05-01\",\"decided_on\":\"2026-05-10\"");
        String full = "\"evidence\":{\"duties_fulfilled\":\"罚款已缴\",\"commitment_letter\":\"承诺书\"}";
        Answer early = ask("POST", path + "/repairs", representative(1), "{\"record_id\":\"w-1\",\"evidence\":\"x\"}");
        refusedWith(422, "from 2027-05-10", early);
        refusedWith(422, "/evidence/commitment_letter", early);
        Answer filed = ask(
                "POST",
                path + "/repairs",
                representative(1),
                "{\"record_id\":\"w-2\"," + full + ",\"entries\":[\"E-1\"]}");
        assertEquals(201, filed.status(), filed.body());
        assertEquals("E-1", filed.json().at("/entries/0").asText());
        assertEquals("measure", match(1).get("outcome").asText());
        Answer proposed = moved(desk, filed.text("case_id"), "upheld");
        assertEquals(
                "proposed", proposed.text("state"), "a place on a black list leaves with two, whatever it rests on");
        assertEquals("measure", match(1).get("outcome").asText());
        Answer decided = moved(otherDesk, filed.text("case_id"), "upheld");
        assertEquals("decided", decided.text("state"));
        assertEquals("none", match(1).get("outcome").asText());
        refusedWith(
                404,
                "",
                ask(
                        "POST",
                        path + "/repairs",
                        representative(1),
                        "{\"record_id\":\"w-2\"," + full + ",\"entries\":[\"E-0\"]}"));
    }

    @Test
    void leaver_takesTheCasesAlong() throws Exception {
        ofPerson("l-1", 10, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
        String id = object(10, "record", "l-1").text("case_id");
        assertEquals(200, ask("DELETE", "/v1/me/enrolment", citizen(10), null).status());
        assertEquals(404, ask("GET", "/v1/cases/" + id, desk, null).status());
        assertEquals(404, ask("GET", "/v1/me/cases", citizen(10), null).status());
        assertEquals(404, move(desk, id, "\"1\"", "forwarded").status());
    }

    @Test
    void retraction_ofAnAnnulledAct_outOfViewAtOnce_andMeasured() throws Exception {
        ofPerson("a-1", 11, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
        String row = "{\"record_id\":\"a-1\",\"subject_type\":\"person\",\"subject_id\":\"" + CITY.personId(11)
                + "\",\"source\":\"行政审批局\",\"annulled_on\":\"%s\"}";
        Answer late = ask(
                "POST",
                "/v1/retractions",
                department,
                "{\"retractions\":[" + String.format(row, "2026-10-11") + "," + String.format(row, "2026-10-12") + ","
                        + String.format(row, "2026-10-16") + "]}");
        assertEquals("DATE_FUTURE", late.json().at("/rejected/0/reason").asText());
        assertEquals("retracted", line(11, "a-1").get("reason").asText());
        String metrics = ask("GET", "/metrics", terminal, null).body();
        assertTrue(metrics.contains("osmanthus_annulments_total{when=\"late\"} 1.0"), metrics);
        assertTrue(metrics.contains("osmanthus_annulments_total{when=\"in-time\"} 1.0"), metrics);
    }

    @Test
    void figures_tellCasesNearTheirDate() throws Exception {
        ofPerson("f-1", 12, "broken-commitment", "行政审批局", "\"occurred_on\":\"2026-09-01\"");
        String id = object(12, "record", "f-1").text("case_id");
        moved(desk, id, "suspended");
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            String metrics = ask("GET", "/metrics", terminal, null).body();
            String line = metrics.lines()
                    .filter(one -> one.startsWith("osmanthus_cases{due=\"suspended\",kind=\"objection-record\"}"))
                    .findFirst()
                    .orElse("");
            if (!line.isEmpty() && !line.endsWith(" 0.0")) {
                break;
            }
            assertTrue(System.nanoTime() < until, "the gauge does not follow: " + line);
            Thread.sleep(100);
        }
        assertEquals("filed", moved(desk, id, "resumed").text("state"));
    }

    /** A new case, of which the state that it is meant for says whether two must decide it. */
    private Answer filed(CaseKind kind, CaseState state, int number) throws IOException, InterruptedException {
        int person = 20 + number % 20;
        String record = "t-" + number;
        String severity = state == CaseState.PROPOSED ? "serious" : "general";
        String more = "\"occurred_on\":\"2026-01-05\",\"severity\":\"" + severity + "\"";
        return switch (kind) {
            case OBJECTION_RECORD -> {
                ofPerson(record, person, "court-default", "法院", more);
                yield object(person, "record", record);
            }
            case REPAIR -> {
                ofPerson(record, person, "court-default", "法院", more);
                String body = "{\"record_id\":\"" + record + "\",\"evidence\":\"已履行\"}";
                yield ask("POST", "/v1/me/repairs", citizen(person), body);
            }
            case OBJECTION_ARREARS -> {
                String since = DAY.minusDays(number).toString();
                String token = CITY.token(person).token();
                int owner = (int) CITY.owner(person);
                ask(
                        "POST",
                        "/v1/arrears",
                        terminal,
                        "{\"arrears\":[{\"scene\":\"parking\",\"scheme\":\"card\",\"token\":\"" + token
                                + "\",\"since\":\"" + since + "\",\"amount_cents\":300,\"reference\":\"" + record
                                + "\"}]}");
                yield object(owner, "arrears", "parking:" + since);
            }
            case OBJECTION_ACCESS -> {
                String token = CITY.token(person).token();
                int owner = (int) CITY.owner(person);
                ask("POST", "/v1/scenes/transit/checks", terminal, "{\"scheme\":\"card\",\"token\":\"" + token + "\"}");
                String id = "";
                for (JsonNode one : ask("GET", "/v1/me/accesses", citizen(owner), null)
                        .json()
                        .get("accesses")) {
                    if (id.isEmpty() && one.get("asked").asText().equals("check")) {
                        id = one.get("id").asText();
                    }
                }
                yield object(owner, "access", id);
            }
            case OBJECTION_ENTRY ->
                ask(
                        "POST",
                        "/v1/organisations/" + CITY.uscc(2) + "/objections",
                        representative(2),
                        objection("entry", "X-" + state.word()));
        };
    }

    /** A case in a state, by legal moves over HTTP. */
    private String in(CaseKind kind, CaseState state, int number) throws IOException, InterruptedException {
        Answer answer = filed(kind, state, number);
        assertEquals(201, answer.status(), answer.body());
        String filed = answer.text("case_id");
        List<String> way =
                switch (state) {
                    case FILED -> List.of();
                    case FORWARDED -> List.of("forwarded");
                    case SUSPENDED -> List.of("suspended");
                    case PROPOSED, DECIDED -> List.of("rejected");
                    case REVIEW -> List.of("rejected", "review");
                    case CLOSED -> List.of("rejected", "review", "rejected");
                };
        for (String to : way) {
            moved(desk, filed, to);
        }
        assertEquals(state.word(), ask("GET", "/v1/cases/" + filed, desk, null).text("state"));
        return filed;
    }

    @Test
    void illegalTransitions_ofTheTable_409WithAReason() throws Exception {
        int number = 0;
        int refused = 0;
        for (CaseKind kind : CaseKind.values()) {
            for (CaseState state : CaseState.values()) {
                boolean oneDecides = kind == CaseKind.OBJECTION_ARREARS || kind == CaseKind.OBJECTION_ACCESS;
                if (oneDecides && state == CaseState.PROPOSED) {
                    continue; // such a case is never serious, and so never proposed
                }
                String id = in(kind, state, number++);
                String tag = ask("GET", "/v1/cases/" + id, desk, null).tag();
                for (Move move : Move.values()) {
                    if (StateTable.row(kind, state, move) != null) {
                        continue;
                    }
                    Answer answer = move(desk, id, tag, move.word());
                    refusedWith(409, "cannot be '" + move.word() + "'", answer);
                    assertEquals("/problems/case-conflict", answer.text("type"));
                    assertNotNull(answer.json().at("/errors/0/detail").asText());
                    refused++;
                }
                assertEquals(tag, ask("GET", "/v1/cases/" + id, desk, null).tag(), "nothing has moved");
            }
        }
        System.out.println("illegal transitions refused over HTTP: " + refused);
        assertTrue(refused > 190, String.valueOf(refused));
    }
}
