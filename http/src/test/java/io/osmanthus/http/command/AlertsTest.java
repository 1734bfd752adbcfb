package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.osmanthus.snapshots.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What departments and organisations are told of lists, as a list and as it comes, on two nodes of one ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AlertsTest {
    private static final String ALERTS = "/v1/alerts";
    private static final int WAIT_MS = 60_000;

    /** An individual trader. */
    private static final String TRADER = "92320594X000000192";

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
        made.deliver(
                "organisations.csv",
                Map.of("uscc", TRADER, "name", "王记面馆", "type", "个体工商户", "district", "320508", "status", "存续"));
        made.deliver("list_entries.csv", entry("over-20", Town.CITY.uscc(20), "2026-10-14"));
        made.build(Town.shipped());
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

    private static Map<String, String> entry(String id, String uscc, String leavesOn) {
        return Map.of(
                "entry_id",
                id,
                "list",
                "work-safety",
                "subject_type",
                "organisation",
                "subject_id",
                uscc,
                "entered_on",
                "2026-10-01",
                "leaves_on",
                leavesOn,
                "legal_basis",
                "应急管理部令第11号",
                "source",
                "应急局");
    }

    private static String row(String id, String uscc, String list, String source, String enteredOn) {
        return "{\"entry_id\":\"" + id + "\",\"list\":\"" + list
                + "\",\"subject_type\":\"organisation\",\"subject_id\":\"" + uscc + "\",\"entered_on\":\"" + enteredOn
                + "\",\"legal_basis\":\"应急管理部令第11号\",\"source\":\"" + source + "\"}";
    }

    private void report(String... rows) throws IOException, InterruptedException {
        Town.Answer answer = town().ask(
                        one(),
                        "POST",
                        "/v1/list-entries",
                        town().keeper,
                        "{\"entries\":[" + String.join(",", rows) + "]}");
        assertEquals(201, answer.status(), answer.body());
        assertEquals(0, answer.json().get("rejected").size(), answer.body());
    }

    private void retract(String id, String uscc) throws IOException, InterruptedException {
        Town.Answer answer = town().ask(
                        one(),
                        "POST",
                        "/v1/retractions",
                        town().keeper,
                        "{\"retractions\":[{\"entry_id\":\"" + id
                                + "\",\"list\":\"work-safety\",\"subject_type\":\"organisation\",\"subject_id\":\""
                                + uscc + "\",\"source\":\"应急局\"}]}");
        assertEquals(201, answer.status(), answer.body());
        assertEquals(0, answer.json().get("rejected").size(), answer.body());
    }

    private List<JsonNode> all(Serving node, String key) throws IOException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        while (true) {
            Town.Answer answer = town().get(node, ALERTS + cursor, key, "Accept", "application/json");
            assertEquals(200, answer.status(), answer.body());
            assertTrue(answer.json().get("alerts").size() <= 100, "a page");
            answer.json().get("alerts").forEach(all::add);
            if (answer.json().get("next").isNull()) {
                return all;
            }
            cursor = "?cursor=" + answer.json().get("next").asText();
        }
    }

    private List<String> told(Serving node, String key, String entryId) throws IOException, InterruptedException {
        return all(node, key).stream()
                .filter(one -> one.path("entry_id").asText().equals(entryId))
                .map(one ->
                        one.get("kind").asText() + one.path("cause").asText("").replaceAll("^(?=.)", " "))
                .toList();
    }

    private static EventStream.Event next(EventStream stream) throws InterruptedException {
        return Objects.requireNonNull(stream.next(WAIT_MS), "no event came");
    }

    private String representative(String uscc) {
        return town().issuer.representative(uscc, Duration.ofMinutes(30));
    }

    @Test
    void entry_reportedAndTakenBack_toldToDepartmentsOfItsMatters_asItComes() throws Exception {
        try (EventStream here = EventStream.open(town(), one(), ALERTS, town().keeper, null);
                EventStream there = EventStream.open(town(), two(), ALERTS, town().keeper, null);
                EventStream own = EventStream.open(town(), two(), ALERTS, representative(Town.CITY.uscc(11)), null);
                EventStream other = EventStream.open(town(), two(), ALERTS, representative(Town.CITY.uscc(12)), null)) {
            for (EventStream stream : List.of(here, there, own, other)) {
                assertEquals("opened", next(stream).type());
            }
            report(row("told-11", Town.CITY.uscc(11), "work-safety", "应急局", "2026-10-12"));
            EventStream.Event first = next(here);
            assertEquals("alert", first.type());
            assertEquals("entry-entered", first.data().get("kind").asText());
            assertEquals(Town.CITY.uscc(11), first.data().get("uscc").asText());
            assertFalse(first.data().get("name").asText().isEmpty());
            JsonNode matters = first.data().get("matters");
            assertTrue(
                    matters.findValuesAsText("matter").contains("tendering")
                            && matters.findValuesAsText("legal_basis").stream().noneMatch(String::isEmpty),
                    matters.toString());
            assertEquals(first.data(), next(there).data());
            assertEquals("told-11", next(own).data().get("entry_id").asText());
            retract("told-11", Town.CITY.uscc(11));
            EventStream.Event left = next(there);
            assertEquals("entry-left", left.data().get("kind").asText());
            assertEquals("retracted", left.data().get("cause").asText());
            report(row("told-12", Town.CITY.uscc(12), "work-safety", "应急局", "2026-10-12"));
            assertEquals("told-12", next(other).data().get("entry_id").asText(), "nothing of the others in between");
            try (EventStream again = EventStream.open(town(), one(), ALERTS, town().keeper, first.id())) {
                assertEquals("opened", next(again).type());
                assertEquals("entry-left", next(again).data().get("kind").asText(), "after the event it had");
            }
        }
    }

    @Test
    void entry_onAListThatMeansNothingToThem_orOfATrader_notToldToDepartments() throws Exception {
        report(
                row("trader-1", TRADER, "work-safety", "应急局", "2026-10-12"),
                row("plain-13", Town.CITY.uscc(13), "work-safety", "应急局", "2026-10-12"));
        assertEquals(List.of("entry-entered"), told(one(), town().keeper, "plain-13"));
        assertEquals(List.of(), told(one(), town().keeper, "trader-1"), "traders are found by exact code only");
        assertEquals(List.of("entry-entered"), told(one(), representative(TRADER), "trader-1"));
        assertEquals(List.of(), all(one(), town().department), "a department without matters follows none");
        assertEquals(403, town().get(one(), ALERTS, town().citizen(3)).status(), "nothing here is about persons");
        assertEquals(403, town().get(one(), ALERTS, town().terminal).status());
    }

    @Test
    void entry_delivered_thenGone_andOneWhoseDayHasCome_told() throws Exception {
        assertEquals(List.of("entry-left ended"), told(one(), town().keeper, "over-20"));
        report(row("later-14", Town.CITY.uscc(14), "work-safety", "应急局", "2026-10-16"));
        assertEquals(List.of(), told(one(), town().keeper, "later-14"), "its day has not come");
        town().deliver("list_entries.csv", entry("came-15", Town.CITY.uscc(15), "2029-10-01"));
        String version;
        try (Ledger ledger = Ledger.open(place, Town.KEY, InstantSource.system())) {
            version = town().build(Town.shipped(), ledger);
        }
        town().awaitSnapshot(one(), version);
        assertEquals(List.of("entry-entered"), told(one(), town().keeper, "came-15"));
        assertEquals(List.of("entry-left ended"), told(one(), town().keeper, "over-20"));
    }

    @Test
    void list_ofManyPages_eachAlertOnce_cursorOfSomebodyElseRefused() throws Exception {
        report(IntStream.range(0, 230)
                .mapToObj(i -> row("page-" + i, Town.CITY.uscc(16 + i % 3), "work-safety", "应急局", "2026-10-12"))
                .toArray(String[]::new));
        List<JsonNode> all = all(one(), town().keeper);
        Set<String> ids = new HashSet<>();
        all.forEach(one -> assertTrue(ids.add(one.get("id").asText()), one.toString()));
        Set<String> entries = all.stream()
                .map(one -> one.path("entry_id").asText())
                .filter(id -> id.startsWith("page-"))
                .collect(Collectors.toSet());
        assertEquals(230, entries.size());
        String next = town().get(one(), ALERTS, town().keeper, "Accept", "application/json")
                .json()
                .get("next")
                .asText();
        assertEquals(
                400,
                town().get(
                                one(),
                                ALERTS + "?cursor=" + next,
                                representative(Town.CITY.uscc(16)),
                                "Accept",
                                "application/json")
                        .status());
    }
}
