package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What citizens read of everything that is held about them: records, export, scenes; and what leaving says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OwnFileOverHttpTest {
    private static final String STRANGER = "320501189001010017";
    private static final String LEAVER = "320501189001010033";
    private static final int DEBTOR = 17;
    private static final String DOCUMENT = "(2025)苏05执1234号";

    @TempDir
    static Path directory = Path.of("");

    private @Nullable Town town;
    private @Nullable Serving node;

    @BeforeAll
    void serve() throws IOException {
        Town made = Town.found(directory);
        made.deliver(
                "records.csv",
                Map.of(
                        "record_id", "court-1",
                        "subject_type", "person",
                        "subject_id", Town.CITY.personId(DEBTOR),
                        "item", "court-default",
                        "occurred_on", "2025-03-01",
                        "decided_on", "2025-03-02",
                        "severity", "serious",
                        "source", "法院",
                        "document_no", DOCUMENT));
        made.deliver(
                "arrears.csv",
                Map.of(
                        "scene", "parking",
                        "person_id", Town.CITY.personId(DEBTOR),
                        "since", "2026-09-01",
                        "amount_cents", "1200",
                        "reference", "debt-77",
                        "source", "停车公司"));
        made.build(Town.shipped());
        town = made;
        node = made.serve(Town.shipped(), Database.fresh());
    }

    @AfterAll
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    private Town town() {
        return Objects.requireNonNull(town);
    }

    private Serving node() {
        return Objects.requireNonNull(node);
    }

    private static @Nullable JsonNode find(JsonNode list, String field, String value) {
        for (JsonNode one : list) {
            if (one.path(field).asText().equals(value)) {
                return one;
            }
        }
        return null;
    }

    @Test
    void records_ofTheDeliveryAndTheLedger_withDocumentsAndDates() throws Exception {
        String person = Town.CITY.personId(DEBTOR);
        town().report(node(), "given-1", person, "blood-donation", "红十字会");
        JsonNode file =
                town().get(node(), "/v1/me/records", town().citizen(person)).json();
        assertEquals("2026-10-15", file.get("as_of").asText());
        assertEquals("now", file.get("facts_come").asText());
        JsonNode court = Objects.requireNonNull(find(file.get("records"), "record_id", "court-1"), file.toString());
        assertEquals(DOCUMENT, court.get("document_no").asText());
        assertEquals("2025-03-02", court.get("decided_on").asText());
        assertEquals("adverse", court.get("kind").asText());
        assertEquals("delivery", court.get("by").asText());
        assertTrue(court.get("counted").asBoolean(), court.toString());
        assertTrue(court.get("retention_until").isNull(), "it lasts: " + court);
        JsonNode given = Objects.requireNonNull(find(file.get("records"), "record_id", "given-1"));
        assertEquals("report", given.get("by").asText());
        assertNotNull(given.get("received_at").textValue());
        assertEquals(400, given.get("quantity").asInt());
        assertTrue(given.get("retention_until").asText().compareTo("2026-10-15") > 0, given.toString());
        JsonNode debt = Objects.requireNonNull(find(file.get("arrears"), "scene", "parking"), file.toString());
        assertEquals("debt-77", debt.get("reference").asText());
        assertEquals(1200, debt.get("amount_cents").asInt());
        assertTrue(debt.get("pauses").asBoolean());
        // every line of the score is a record here, and the other way round
        Set<String> lines = new HashSet<>();
        town().get(node(), "/v1/me/score", town().citizen(person))
                .json()
                .get("lines")
                .forEach(line -> {
                    if (!line.get("record_id").isNull()) {
                        lines.add(line.get("source").asText() + " "
                                + line.get("record_id").asText());
                    }
                });
        Set<String> records = new HashSet<>();
        file.get("records")
                .forEach(one -> records.add(
                        one.get("source").asText() + " " + one.get("record_id").asText()));
        assertEquals(lines, records);
    }

    @Test
    void records_reportedTwiceAndSettled_countOnce() throws Exception {
        String card = Town.CITY.token(40).token();
        String person = town().citizen(Town.CITY.personId(Town.CITY.owner(40)));
        String arrears = "{\"arrears\":[{\"scene\":\"transit\",\"scheme\":\"card\",\"token\":\"" + card
                + "\",\"since\":\"2026-10-01\",\"amount_cents\":300,\"reference\":\"ref-40\"}]}";
        assertEquals(
                201,
                town().ask(node(), "POST", "/v1/arrears", town().terminal, arrears)
                        .status());
        JsonNode debt = find(town().get(node(), "/v1/me/records", person).json().get("arrears"), "reference", "ref-40");
        assertEquals("gate", Objects.requireNonNull(debt).get("source").asText());
        assertEquals(
                200,
                town().ask(node(), "DELETE", "/v1/arrears/ref-40", town().terminal, null)
                        .status());
        JsonNode after = town().get(node(), "/v1/me/records", person).json().get("arrears");
        assertEquals(null, find(after, "reference", "ref-40"));
    }

    @Test
    void export_afterManyChanges_hasAllOfThemInOrder_andNoIdentity() throws Exception {
        int person = 31;
        String token = town().citizen(person);
        int acts = 1_203;
        for (int i = 0; i < acts; i++) {
            String method = i % 2 == 0 ? "PUT" : "DELETE";
            String body = i % 2 == 0 ? "{\"purpose_version\":1}" : null;
            assertEquals(
                    200,
                    town().ask(node(), method, "/v1/me/consents/culture", token, body)
                            .status());
        }
        String card = "6212268800000077";
        assertEquals(
                200,
                town().ask(node(), "PUT", "/v1/me/tokens/card", token, "{\"token\":\"" + card + "\"}")
                        .status());
        Town.Answer answer = town().get(node(), "/v1/me/export", token);
        assertEquals(200, answer.status(), answer.body());
        JsonNode export = answer.json();
        assertTrue(export.get("nobody_may_demand_this").get("zh").asText().contains("不是证明"));
        assertTrue(export.get("nobody_may_demand_this").get("en").asText().contains("no certificate"));
        JsonNode changes = export.get("changes");
        assertTrue(changes.size() > acts, changes.size() + " changes");
        long before = 0;
        Map<String, Integer> kinds = new HashMap<>();
        for (JsonNode change : changes) {
            assertTrue(change.get("position").asLong() > before);
            before = change.get("position").asLong();
            kinds.merge(change.get("kind").asText(), 1, Integer::sum);
            assertFalse(change.get("says").isNull(), change.toString());
            assertFalse(change.get("says").has("token"), change.toString());
        }
        assertEquals((acts + 1) / 2, kinds.get("consent_given"));
        assertEquals(acts / 2, kinds.get("consent_withdrawn"));
        assertEquals(town().get(node(), "/v1/me/score", token).json(), export.get("score"));
        assertEquals(town().get(node(), "/v1/me/scenes", token).json(), export.get("scenes"));
        JsonNode records = town().get(node(), "/v1/me/records", token).json();
        assertEquals(records.get("records"), export.get("records"));
        assertEquals(records.get("consents"), export.get("consents"));
        for (String identity : new String[] {
            Town.CITY.personId(person), card, Town.CITY.token(person).token()
        }) {
            assertFalse(answer.body().contains(identity));
        }
        JsonNode own = town().get(node(), "/v1/me/accesses", token).json().get("accesses");
        assertNotNull(find(own, "answer", "export"), own.toString());
        assertNotNull(find(own, "answer", "own_scenes"), own.toString());
        assertNotNull(find(own, "answer", "records"), own.toString());
        JsonNode again = town().get(node(), "/v1/me/export", token).json();
        JsonNode summed = Objects.requireNonNull(
                find(again.get("accesses").get("summary"), "answer", "export"),
                again.get("accesses").toString());
        assertEquals(1, summed.get("count").asInt());
        assertEquals(
                "delivery",
                Objects.requireNonNull(find(export.get("consents"), "stands", "true"))
                        .get("evidence")
                        .get("kind")
                        .asText());
    }

    @Test
    void scenes_sayWhatATerminalGets_andWhatIsMissing() throws Exception {
        int person = town().entitled(node(), 60);
        String token = town().citizen(person);
        String card = Town.CITY.token(person).token();
        JsonNode transit = scene(token, "transit");
        Town.Answer check = town().check(node(), "transit", card);
        assertEquals(check.json().get("benefit"), transit.get("benefit"));
        assertEquals(check.json().get("ttl_seconds"), transit.get("ttl_seconds"));
        assertFalse(transit.get("consent").isNull());
        assertEquals(
                200,
                town().ask(node(), "DELETE", "/v1/me/consents/transit", token, null)
                        .status());
        JsonNode without = scene(token, "transit");
        assertTrue(without.get("consent").isNull() && without.get("benefit").isNull(), without.toString());
        assertEquals(transit.get("benefit"), without.get("benefit_with_consent"));
        assertEquals("consent", without.get("missing").get(0).get("what").asText());
        town().consent(node(), person, "transit");
        assertEquals(transit.get("benefit"), scene(token, "transit").get("benefit"));
        String arrears = "{\"arrears\":[{\"scene\":\"transit\",\"scheme\":\"card\",\"token\":\"" + card
                + "\",\"since\":\"2026-10-01\",\"amount_cents\":300,\"reference\":\"ref-60\"}]}";
        assertEquals(
                201,
                town().ask(node(), "POST", "/v1/arrears", town().terminal, arrears)
                        .status());
        assertNotNull(find(scene(token, "transit").get("missing"), "what", "arrears-settled"));
        assertEquals(
                town().check(node(), "transit", card).json().get("benefit"),
                scene(token, "transit").get("benefit"));
    }

    private JsonNode scene(String token, String id) throws IOException, InterruptedException {
        Town.Answer answer = town().get(node(), "/v1/me/scenes", token);
        assertEquals(200, answer.status(), answer.body());
        return Objects.requireNonNull(find(answer.json().get("scenes"), "scene", id), answer.body());
    }

    @Test
    void enrolled_betweenDeliveries_saysThatFactsAreToCome() throws Exception {
        String token = town().citizen(STRANGER);
        assertEquals(404, town().get(node(), "/v1/me/records", token).status());
        assertEquals(404, town().get(node(), "/v1/me/export", token).status());
        assertEquals(404, town().get(node(), "/v1/me/scenes", token).status());
        assertEquals(
                200, town().ask(node(), "PUT", "/v1/me/enrolment", token, null).status());
        assertTrue(town().get(node(), "/v1/me/score", token)
                .json()
                .get("facts_as_of")
                .isNull());
        JsonNode records = town().get(node(), "/v1/me/records", token).json();
        assertTrue(records.get("facts_as_of").isNull());
        assertEquals("with-the-next-delivery", records.get("facts_come").asText());
        assertNotNull(find(scene(token, "transit").get("missing"), "what", "token"));
        JsonNode export = town().get(node(), "/v1/me/export", token).json();
        assertEquals("own-act", export.get("enrolment").get("by").asText());
        Town.Answer simulated = town().ask(node(), "POST", "/v1/me/score/simulation", token, "{}");
        assertTrue(simulated.json().get("facts_as_of").isNull(), simulated.body());
    }

    @Test
    void leaving_namesTheLastDay_andWhatTheLawKeeps() throws Exception {
        String token = town().citizen(LEAVER);
        assertEquals(
                200, town().ask(node(), "PUT", "/v1/me/enrolment", token, null).status());
        Town.Answer left = town().ask(node(), "DELETE", "/v1/me/enrolment", token, null);
        assertEquals("2027-01-13", left.json().get("erased_everywhere_on").asText());
        for (JsonNode kept : left.json().get("kept_by_law")) {
            assertFalse(kept.get("legal_basis").asText().isEmpty());
            assertFalse(kept.get("what").get("zh").asText().isEmpty());
        }
        assertTrue(left.json().get("kept_by_law").size() >= 2);
        assertEquals(404, town().get(node(), "/v1/me/export", token).status());
    }

    @Test
    void purposeAndRecipients_changed_oldConsentsDoNotCount_andThePersonIsAskedAnew() throws Exception {
        Town own = Town.found(Files.createDirectory(directory.resolve("purposes")));
        var place = Database.fresh();
        int delivered;
        int acted;
        try (Serving before = own.serve(Town.shipped(), place)) {
            delivered = own.entitled(before, 0);
            acted = own.entitled(before, delivered + 1);
            assertEquals(
                    200,
                    own.ask(before, "DELETE", "/v1/me/consents/transit", own.citizen(acted), null)
                            .status());
            own.consent(before, acted, "transit");
            assertTrue(own.benefit(before, "transit", Town.CITY.token(acted).token()));
        }
        Path wider = changed(directory.resolve("wider"), "recipients: [轨道交通]", "recipients: [轨道交通, 广告公司]");
        CommandException refused = assertThrows(CommandException.class, () -> own.serve(wider, place));
        assertTrue(String.valueOf(refused.getMessage()).contains("to whom nobody has consented"), refused.getMessage());
        Files.delete(own.store.directory().resolve(PurposesSeen.FILE));
        refused = assertThrows(CommandException.class, () -> own.serve(wider, place));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("to whom nobody has consented"), "the ledger knows too");
        // and where what was served has been forgotten: consents given here name their recipients
        Files.deleteIfExists(own.store.directory().resolve(PurposesSeen.FILE));
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM purpose_served");
        }
        try (Serving after = own.serve(wider, place)) {
            assertFalse(own.benefit(after, "transit", Town.CITY.token(acted).token()), "a new recipient");
            JsonNode transit = scene(own, after, acted);
            assertNotNull(find(transit.get("missing"), "what", "consent-to-new-purpose"), transit.toString());
        }
        Path second = changed(
                directory.resolve("second"),
                "purpose: {version: 1, zh: 判断是否享受票价优惠和先乘后付",
                "purpose: {version: 2, since: 2026-10-15, zh: 判断是否享受票价优惠");
        try (Serving after = own.serve(second, place)) {
            for (int person : new int[] {delivered, acted}) {
                String card = Town.CITY.token(person).token();
                String token = own.citizen(person);
                boolean today = person == acted;
                assertFalse(own.benefit(after, "transit", card), "an old purpose, " + person);
                JsonNode transit = scene(own, after, person);
                assertTrue(transit.get("consent").isNull());
                assertNotNull(find(transit.get("missing"), "what", "consent-to-new-purpose"), transit.toString());
                JsonNode consent = find(
                        own.get(after, "/v1/me/records", token).json().get("consents"), "reason", "another-purpose");
                assertEquals(
                        today ? "own-act" : "delivery",
                        Objects.requireNonNull(consent)
                                .get("evidence")
                                .get("kind")
                                .asText());
                Town.Answer notices = own.get(after, "/v1/me/notices", token);
                assertNotNull(find(notices.json().get("notices"), "kind", "purpose-changed"), notices.body());
                assertEquals(
                        422,
                        own.ask(after, "PUT", "/v1/me/consents/transit", token, "{\"purpose_version\":1}")
                                .status());
                Town.Answer given = own.ask(after, "PUT", "/v1/me/consents/transit", token, "{\"purpose_version\":2}");
                assertEquals(200, given.status(), given.body());
                assertTrue(own.benefit(after, "transit", card));
                notices = own.get(after, "/v1/me/notices", token);
                assertEquals(null, find(notices.json().get("notices"), "kind", "purpose-changed"), notices.body());
            }
        }
    }

    @Test
    void purposesSeen_laterVersionOrFewerRecipients_taken_anEarlierOneRefused() throws Exception {
        Path store = Files.createDirectory(directory.resolve("seen"));
        Path first = Town.shipped();
        Path second = changed(
                directory.resolve("later"),
                "purpose: {version: 1, zh: 判断是否享受票价优惠和先乘后付",
                "purpose: {version: 2, since: 2026-10-15, zh: 判断是否享受票价优惠");
        for (Path config : List.of(first, first, second, second)) {
            PurposesSeen.check(store, null, Vocabulary.load(config).scenes());
        }
        CommandException back = assertThrows(
                CommandException.class,
                () -> PurposesSeen.check(store, null, Vocabulary.load(first).scenes()));
        assertTrue(String.valueOf(back.getMessage()).contains("says version 1"), back.getMessage());
        Files.writeString(store.resolve(PurposesSeen.FILE), "transit\n");
        assertThrows(
                CommandException.class,
                () -> PurposesSeen.check(store, null, Vocabulary.load(first).scenes()));
    }

    private static Path changed(Path copy, String what, String by) throws IOException {
        Path scenes = Program.copyConfig(copy).resolve("scenes.yaml");
        String text = Files.readString(scenes);
        assertTrue(text.contains(what), what);
        Files.writeString(scenes, text.replace(what, by));
        return copy;
    }

    private static JsonNode scene(Town town, Serving node, int person) throws IOException, InterruptedException {
        Town.Answer answer = town.get(node, "/v1/me/scenes", town.citizen(person));
        return Objects.requireNonNull(find(answer.json().get("scenes"), "scene", "transit"), answer.body());
    }
}
