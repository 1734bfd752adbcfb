package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What citizens are told, as a list and as it comes, on two nodes of one ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NoticesTest {
    private static final String EVENTS = "/v1/me/notices/events";
    private static final int WAIT_MS = 60_000;

    @TempDir
    static Path directory = Path.of("");

    private final Ledger.Place place = Database.fresh();
    private @Nullable Town town;
    private @Nullable Serving one;
    private @Nullable Serving two;

    @BeforeAll
    void serve() throws IOException {
        Town made = Town.found(directory);
        town = made;
        one = made.serve(Town.shipped(), place);
        two = made.serve(Town.shipped(), place);
    }

    @AfterAll
    void stop() {
        if (one != null) {
            one.close();
        }
        if (two != null) {
            two.close();
        }
    }

    private Town town() {
        return Objects.requireNonNull(town);
    }

    private Serving one() {
        return Objects.requireNonNull(one);
    }

    private Serving two() {
        return Objects.requireNonNull(two);
    }

    private EventStream listen(Serving node, int person, @Nullable String lastEventId)
            throws IOException, InterruptedException {
        EventStream stream = EventStream.open(town(), node, EVENTS, town().citizen(person), lastEventId);
        assertEquals("opened", next(stream).type());
        return stream;
    }

    private static EventStream.Event next(EventStream stream) throws InterruptedException {
        return Objects.requireNonNull(stream.next(WAIT_MS), "no event came");
    }

    private List<JsonNode> list(Serving node, int person) throws IOException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        while (true) {
            Town.Answer answer = town().get(node, "/v1/me/notices" + cursor, town().citizen(person));
            assertEquals(200, answer.status(), answer.body());
            answer.json().get("notices").forEach(all::add);
            if (answer.json().get("next").isNull()) {
                return all;
            }
            cursor = "?cursor=" + answer.json().get("next").asText();
        }
    }

    @Test
    void token_boundBySomebodyElse_toldToWhoseItWas_andToNobodyElse() throws Exception {
        int owner = town().entitled(one(), 60);
        String token = "{\"token\":\"" + Town.CITY.token(owner).token() + "\"}";
        int other = owner == 90 ? 91 : 90;
        try (EventStream mine = listen(one(), owner, null)) {
            Town.Answer bound = town().ask(one(), "PUT", "/v1/me/tokens/card", town().citizen(other), token);
            assertEquals(200, bound.status(), bound.body());
            EventStream.Event taken = next(mine);
            assertEquals("token-claimed", taken.data().get("kind").asText());
            assertEquals("card", taken.data().get("scheme").asText());
            assertTrue(taken.data().get("yours_until").asText().endsWith("+08:00"));
        }
        assertTrue(list(one(), other).stream()
                .noneMatch(notice -> notice.get("kind").asText().startsWith("token-")));
    }

    @Test
    void record_reported_toldToItsPersonWithinASecond_andToNobodyElse() throws Exception {
        try (EventStream mine = listen(one(), 50, null);
                EventStream there = listen(two(), 50, null);
                EventStream other = listen(one(), 51, null)) {
            town().report(one(), "good-50", Town.CITY.personId(50), "blood-donation", "红十字会");
            long began = System.nanoTime();
            town().report(one(), "bad-50", Town.CITY.personId(50), "court-default", "法院");
            EventStream.Event here = next(mine);
            assertEquals("notice", here.type());
            assertEquals("adverse-record", here.data().get("kind").asText());
            assertEquals("bad-50", here.data().get("record_id").asText(), "of plus records nobody is told");
            EventStream.Event elsewhere = next(there);
            assertEquals(here.data(), elsewhere.data());
            System.out.printf(
                    "told after %d ms here, %d ms on the other node%n",
                    (here.nanos() - began) / 1_000_000, (elsewhere.nanos() - began) / 1_000_000);
            // what is told next to the other is theirs: nothing of the first came in between
            town().report(one(), "bad-51", Town.CITY.personId(51), "court-default", "法院");
            assertEquals("bad-51", next(other).data().get("record_id").asText());
            assertNull(mine.next(300), "nothing about anybody else");
        }
        assertEquals(1, list(one(), 50).size());
        assertEquals(list(one(), 50), list(two(), 50));
        JsonNode accesses =
                town().get(one(), "/v1/me/accesses", town().citizen(50)).json().get("accesses");
        assertTrue(accesses.toString().contains("\"notices\""), accesses.toString());
    }

    /** A department that writes much about one person hides nothing behind it. */
    @Test
    void adverseRecord_behindManyOthersAndMarksOfNothing_isStillTold() throws Exception {
        int person = 62;
        town().report(one(), "bad-62", Town.CITY.personId(person), "court-default", "法院");
        Pseudonymiser maker = Town.KEY.pseudonymiser(Scheme.PERSON);
        maker.make(Town.CITY.personId(person));
        Subject self = new Subject(maker.high(), maker.low());
        try (Ledger ledger = Ledger.open(place, Town.KEY, InstantSource.system())) {
            ledger.submit(null, page -> {
                        // more than are read at once
                        for (int i = 0; i < 2_010; i++) {
                            Payload mark = Payload.of()
                                    .with("type", "person")
                                    .with("record_id", "nothing-" + i)
                                    .with("source", "某处")
                                    .with("marks", 4);
                            Payload record = Payload.of()
                                    .with("type", "person")
                                    .with("record_id", "good-" + i)
                                    .with("source", "某处")
                                    .with("item", "blood-donation")
                                    .with("occurred_on", "2026-09-01");
                            page.appendPersonal(self, Kind.RECORD_MARKED, mark, "office");
                            page.appendPersonal(self, Kind.RECORD_ADDED, record, "office");
                        }
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .orTimeout(2, TimeUnit.MINUTES)
                    .join();
        }
        List<JsonNode> told = list(one(), person);
        assertEquals(1, told.size(), told.toString());
        assertEquals("bad-62", told.get(0).get("record_id").asText());
    }

    @Test
    void stream_brokenOff_goesOnAfterTheLastEvent() throws Exception {
        String last;
        try (EventStream first = listen(one(), 60, null)) {
            town().report(one(), "bad-60-1", Town.CITY.personId(60), "court-default", "法院");
            EventStream.Event event = next(first);
            assertEquals("bad-60-1", event.data().get("record_id").asText());
            last = event.id();
        }
        for (int i = 2; i <= 4; i++) {
            town().report(one(), "bad-60-" + i, Town.CITY.personId(60), "court-default", "法院");
        }
        String third;
        try (EventStream second = listen(two(), 60, last)) {
            assertEquals("bad-60-2", next(second).data().get("record_id").asText());
            EventStream.Event event = next(second);
            assertEquals("bad-60-3", event.data().get("record_id").asText());
            third = event.id();
        }
        try (EventStream rest = listen(one(), 60, third)) {
            assertEquals("bad-60-4", next(rest).data().get("record_id").asText());
            assertNull(rest.next(300));
        }
        assertEquals(
                400,
                EventStream.ask(town(), one(), EVENTS, town().citizen(61), third)
                        .statusCode(),
                "lent");
        assertEquals(
                400,
                EventStream.ask(town(), one(), EVENTS, town().citizen(60), "AAAA")
                        .statusCode(),
                "made up");
        Town.Answer list = town().get(one(), "/v1/me/notices", town().citizen(60));
        String from = list.json().get("last_event_id").asText();
        try (EventStream after = listen(one(), 60, from)) {
            assertNull(after.next(300), "everything on the list has been told");
            town().report(one(), "bad-60-5", Town.CITY.personId(60), "court-default", "法院");
            assertEquals("bad-60-5", next(after).data().get("record_id").asText());
        }
    }

    @Test
    void list_longerThanAPage_pagesWithoutLossOrRepetition() throws Exception {
        int person = 70;
        for (int i = 0; i < 130; i++) {
            town().report(one(), "bad-70-" + i, Town.CITY.personId(person), "court-default", "法院");
        }
        List<JsonNode> all = list(one(), person);
        assertEquals(
                130,
                all.stream()
                        .filter(n -> n.get("kind").asText().equals("adverse-record"))
                        .count());
        assertEquals(
                all.size(),
                all.stream().map(n -> n.get("id").asText()).distinct().count());
        for (int i = 1; i < all.size(); i++) {
            String before = all.get(i - 1).get("at").asText();
            assertTrue(before.compareTo(all.get(i).get("at").asText()) >= 0, "newest first");
        }
        Town.Answer page = town().get(one(), "/v1/me/notices", town().citizen(person));
        String cursor = "/v1/me/notices?cursor=" + page.json().get("next").asText();
        assertEquals(200, town().get(one(), cursor, town().citizen(person)).status());
        assertEquals(400, town().get(one(), cursor, town().citizen(71)).status());
        assertEquals(
                400,
                town().get(one(), "/v1/me/notices?cursor=x", town().citizen(71)).status());
    }

    @Test
    void retractionArrearsAndEndingConsent_areTold() throws Exception {
        int person = 80;
        String card = Town.CITY.token(person).token();
        person = (int) Town.CITY.owner(person);
        String id = Town.CITY.personId(person);
        try (EventStream stream = listen(one(), person, null)) {
            town().report(one(), "bad-80", id, "court-default", "法院");
            assertEquals("adverse-record", next(stream).data().get("kind").asText());
            String retraction =
                    "{\"retractions\":[{\"record_id\":\"bad-80\",\"subject_type\":\"person\",\"subject_id\":\"" + id
                            + "\",\"source\":\"法院\"}]}";
            assertEquals(
                    201,
                    town().ask(one(), "POST", "/v1/retractions", town().department, retraction)
                            .status());
            JsonNode marked = next(stream).data();
            assertEquals("record-marked", marked.get("kind").asText());
            assertTrue(marked.get("retracted").asBoolean());
            String arrears = "{\"arrears\":[{\"scene\":\"transit\",\"scheme\":\"card\",\"token\":\"" + card
                    + "\",\"since\":\"2026-10-01\",\"amount_cents\":300,\"reference\":\"ref-80\"}]}";
            assertEquals(
                    201,
                    town().ask(one(), "POST", "/v1/arrears", town().terminal, arrears)
                            .status());
            JsonNode debt = next(stream).data();
            assertEquals("arrears", debt.get("kind").asText());
            assertEquals("ref-80", debt.get("reference").asText());
        }
        Town.Answer given = town().ask(
                        one(),
                        "PUT",
                        "/v1/me/consents/tourism",
                        town().citizen(person),
                        "{\"purpose_version\":1,\"expires_on\":\"2026-11-10\"}");
        assertEquals(200, given.status(), given.body());
        JsonNode ends = list(one(), person).stream()
                .filter(notice -> notice.get("kind").asText().equals("consent-ends")
                        && notice.get("scene").asText().equals("tourism"))
                .findFirst()
                .orElseThrow();
        assertEquals("2026-11-10", ends.get("ends_on").asText());
    }

    @Test
    void snapshot_withANewAdverseRecord_toldWhenItIsServed_andDatedByIt() throws Exception {
        int person = 90;
        try (EventStream stream = listen(one(), person, null)) {
            town().deliver(
                            "records.csv",
                            Map.of(
                                    "record_id", "court-90",
                                    "subject_type", "person",
                                    "subject_id", Town.CITY.personId(person),
                                    "item", "court-default",
                                    "occurred_on", "2025-03-01",
                                    "decided_on", "2025-03-02",
                                    "severity", "serious",
                                    "source", "法院",
                                    "document_no", "17"));
            town().awaitSnapshot(one(), town().build(Town.shipped()));
            EventStream.Event event = next(stream);
            assertEquals("court-90", event.data().get("record_id").asText());
            assertFalse(event.data().get("at_the_latest").asBoolean());
            town().awaitSnapshot(one(), town().build(Town.shipped()));
            assertNull(stream.next(500), "a later snapshot that still has it tells nothing anew");
            JsonNode listed = list(one(), person).stream()
                    .filter(notice -> notice.path("record_id").asText().equals("court-90"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(event.data(), listed, "dated by the snapshot that brought it");
        }
    }

    @Test
    void caseOfAPerson_eachMoveAndTheDecision_areTold_andStandInTheExport() throws Exception {
        int person = 95;
        town().report(one(), "good-95", Town.CITY.personId(person), "blood-donation", "红十字会");
        try (EventStream stream = listen(two(), person, null)) {
            Town.Answer filed = town().ask(
                            one(),
                            "POST",
                            "/v1/me/objections",
                            town().citizen(person),
                            "{\"subject\":\"record\",\"id\":\"good-95\",\"grounds\":\"不是我\",\"statement\":\"请核实\"}");
            assertEquals(201, filed.status(), filed.body());
            String id = filed.json().get("case_id").asText();
            JsonNode disputed = next(stream).data();
            assertEquals("record-marked", disputed.get("kind").asText());
            assertTrue(disputed.get("disputed").asBoolean());
            move(id, 1, "forwarded");
            JsonNode forwarded = next(stream).data();
            assertEquals("case-moved", forwarded.get("kind").asText());
            assertEquals(id, forwarded.get("case_id").asText());
            assertEquals("2026-10-26", forwarded.get("due_on").asText());
            move(id, 2, "rejected");
            JsonNode decided = next(stream).data();
            assertEquals("case-decided", decided.get("kind").asText());
            assertEquals("rejected", decided.get("move").asText());
            assertEquals("查明属实", decided.get("reason").asText());
            assertEquals("2026-10-29", decided.get("review_until").asText());
            JsonNode export =
                    town().get(one(), "/v1/me/export", town().citizen(person)).json();
            assertEquals(id, export.get("cases").get(0).get("case_id").asText());
            assertEquals(2, export.get("cases").get(0).get("history").size());
            assertEquals(
                    0,
                    town().get(one(), "/v1/me/export", town().citizen(96))
                            .json()
                            .get("cases")
                            .size());
        }
    }

    private void move(String id, int version, String to) throws IOException, InterruptedException {
        Town.Answer moved = town().ask(
                        one(),
                        "POST",
                        "/v1/cases/" + id + "/transitions",
                        town().desk,
                        "{\"to\":\"" + to + "\",\"reason\":\"查明属实\"}",
                        "If-Match",
                        "\"" + version + "\"");
        assertEquals(200, moved.status(), moved.body());
    }

    @Test
    void streams_ofOnePerson_areBounded_andGivenBack() throws Exception {
        List<EventStream> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(listen(one(), 100, null));
        }
        assertEquals(
                429,
                EventStream.ask(town(), one(), EVENTS, town().citizen(100), null)
                        .statusCode());
        try (EventStream other = listen(one(), 101, null)) {
            assertNull(other.next(1));
        }
        for (EventStream stream : open) {
            stream.close();
        }
        long until = System.nanoTime() + WAIT_MS * 1_000_000L;
        int status = 429;
        while (status == 429) {
            assertTrue(System.nanoTime() < until, "streams that are gone are still counted");
            var again = EventStream.ask(town(), one(), EVENTS, town().citizen(100), null);
            status = again.statusCode();
            again.body().close();
        }
        assertEquals(200, status);
    }

    @Test
    void stream_endsWithItsToken_withItsPerson_andWithItsServer() throws Exception {
        // clocks may differ by half a minute: this token, of an issuer that is late, holds for ten seconds more
        town().issuerAhead = -25;
        String brief = town().issuer.citizen(Town.CITY.personId(110), Duration.ofSeconds(5));
        town().issuerAhead = 0;
        try (EventStream stream = EventStream.open(town(), one(), EVENTS, brief, null)) {
            assertTrue(stream.ended(WAIT_MS), "the token has ended");
        }
        assertEquals(401, EventStream.ask(town(), one(), EVENTS, brief, null).statusCode());
        try (EventStream stream = listen(one(), 111, null)) {
            assertEquals(
                    200,
                    town().ask(two(), "DELETE", "/v1/me/enrolment", town().citizen(111), null)
                            .status());
            assertEquals("not-enrolled", next(stream).type());
            assertTrue(stream.ended(WAIT_MS));
        }
        assertEquals(
                404,
                EventStream.ask(town(), one(), EVENTS, town().citizen(111), null)
                        .statusCode());
        Serving third = town().serve(Town.shipped(), place);
        try (EventStream stream = listen(third, 112, null)) {
            long began = System.nanoTime();
            third.close();
            assertTrue(stream.ended(WAIT_MS));
            long ms = (System.nanoTime() - began) / 1_000_000;
            System.out.printf("a server with an open stream went down in %d ms%n", ms);
        } finally {
            third.close();
        }
    }

    @Test
    void events_asJsonOrHead_refusedOrWithoutBody() throws Exception {
        assertEquals(
                406,
                town().get(one(), EVENTS, town().citizen(120), "Accept", "application/json")
                        .status());
        Town.Answer head = town().ask(one(), "HEAD", EVENTS, town().citizen(120), null);
        assertEquals(200, head.status());
        assertEquals("", head.body());
    }
}
