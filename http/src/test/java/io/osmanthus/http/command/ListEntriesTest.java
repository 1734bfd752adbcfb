package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Entries of lists that a department reports and takes back, on two nodes of one ledger and in the snapshots after. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ListEntriesTest {
    private static final String ENTRIES = "/v1/list-entries";
    private static final String RETRACTIONS = "/v1/retractions";

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

    /** A row about an organisation of the city; fields may be set otherwise, or to null to be left out. */
    private static String row(int organisation, String id, String... changes) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("entry_id", id);
        fields.put("list", "work-safety");
        fields.put("subject_type", "organisation");
        fields.put("subject_id", Town.CITY.uscc(organisation));
        fields.put("entered_on", "2026-10-12");
        fields.put("leaves_on", "2029-10-12");
        fields.put("reason", "瞒报事故");
        fields.put("legal_basis", "应急管理部令第11号");
        fields.put("source", "应急局");
        for (int i = 0; i < changes.length; i += 2) {
            fields.put(changes[i], changes[i + 1]);
        }
        return fields.entrySet().stream()
                .filter(field -> !field.getValue().isEmpty())
                .map(field -> "\"" + field.getKey() + "\":\"" + field.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String retraction(int organisation, String id, String list, String source) {
        return "{\"entry_id\":\"" + id + "\",\"list\":\"" + list
                + "\",\"subject_type\":\"organisation\",\"subject_id\":\"" + Town.CITY.uscc(organisation)
                + "\",\"source\":\"" + source + "\",\"reason\":\"认定有误\"}";
    }

    private Town.Answer report(Serving node, String... rows) throws IOException, InterruptedException {
        return town().ask(node, "POST", ENTRIES, town().keeper, "{\"entries\":[" + String.join(",", rows) + "]}");
    }

    private Town.Answer retract(Serving node, String... rows) throws IOException, InterruptedException {
        return town().ask(
                        node, "POST", RETRACTIONS, town().keeper, "{\"retractions\":[" + String.join(",", rows) + "]}");
    }

    private static List<String> reasons(Town.Answer answer) {
        assertEquals(201, answer.status(), answer.body());
        List<String> reasons = new ArrayList<>();
        answer.json()
                .get("rejected")
                .forEach(one -> reasons.add(
                        one.get("index").asInt() + " " + one.get("reason").asText()));
        return reasons;
    }

    /** The ids of the entries that count for an organisation in tendering. */
    private List<String> hits(Serving node, int organisation) throws IOException, InterruptedException {
        Town.Answer answer = town().ask(
                        node,
                        "POST",
                        "/v1/matters/tendering/matches",
                        town().keeper,
                        "{\"organisations\":[{\"uscc\":\"" + Town.CITY.uscc(organisation) + "\"}]}");
        assertEquals(200, answer.status(), answer.body());
        List<String> ids = new ArrayList<>();
        for (JsonNode hit : answer.json().get("organisations").get(0).get("hits")) {
            ids.add(hit.get("entry_id").asText());
        }
        return ids;
    }

    private void onTwo(long position) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (town().get(two(), "/health/ready", town().terminal)
                        .json()
                        .get("position")
                        .asLong()
                < position) {
            assertTrue(System.nanoTime() < until, "the other node does not follow");
        }
    }

    private void rebuilt() throws IOException, InterruptedException {
        String version;
        try (Ledger ledger = Ledger.open(place, Town.KEY, InstantSource.system())) {
            version = town().build(Town.shipped(), ledger);
        }
        town().awaitSnapshot(one(), version);
        town().awaitSnapshot(two(), version);
    }

    @Test
    void entry_reported_countsOnBothNodes_andInTheNextSnapshot_untilItIsTakenBackForGood() throws Exception {
        assertFalse(hits(one(), 3).contains("safety-3"));
        Town.Answer added = report(one(), row(3, "safety-3"));
        assertEquals(List.of(), reasons(added));
        assertTrue(hits(one(), 3).contains("safety-3"), "on the answering node, at once");
        onTwo(added.position());
        assertTrue(hits(two(), 3).contains("safety-3"));
        rebuilt();
        assertTrue(hits(one(), 3).contains("safety-3"), "in a snapshot that contains the ledger");

        Town.Answer taken = retract(two(), retraction(3, "safety-3", "work-safety", "应急局"));
        assertEquals(List.of(), reasons(taken));
        assertFalse(hits(two(), 3).contains("safety-3"));
        town().deliver(
                        "list_entries.csv",
                        Map.of(
                                "entry_id",
                                "safety-3",
                                "list",
                                "work-safety",
                                "subject_type",
                                "organisation",
                                "subject_id",
                                Town.CITY.uscc(3),
                                "entered_on",
                                "2026-10-12",
                                "legal_basis",
                                "应急管理部令第11号",
                                "source",
                                "应急局"));
        rebuilt();
        assertFalse(hits(one(), 3).contains("safety-3"), "a later delivery brings back what was taken back");
        assertFalse(hits(two(), 3).contains("safety-3"));
        assertEquals(List.of(), reasons(report(one(), row(3, "safety-3"))), "nor does a later report");
        assertFalse(hits(one(), 3).contains("safety-3"));
    }

    @Test
    void entry_thatBeginsLaterOrIsOver_countsFromAndUntilItsDay() throws Exception {
        Town.Answer added = report(
                one(),
                row(4, "later-4", "entered_on", "2026-10-16"),
                row(4, "over-4", "leaves_on", "2026-10-15"),
                row(4, "last-day-4", "leaves_on", "2026-10-16"),
                row(4, "open-4", "leaves_on", ""));
        assertEquals(List.of(), reasons(added));
        List<String> hits = hits(one(), 4);
        assertTrue(hits.containsAll(List.of("last-day-4", "open-4")), hits.toString());
        assertFalse(hits.contains("later-4") || hits.contains("over-4"), hits.toString());
    }

    @Test
    void rows_thatIntakeWouldRefuse_orOfAForeignSourceOrList_refusedOneByOne() throws Exception {
        Town.Answer answer = report(
                one(),
                row(5, "p-5", "subject_type", "person", "subject_id", Town.CITY.personId(5)),
                row(5, "p-6", "subject_type", "person", "subject_id", "", "list", "no-such-list"),
                row(5, "f-5", "source", "税务局", "list", "major-tax"),
                row(5, "f-6", "source", "法院"),
                row(5, "g-5", "list", "no-such-list"),
                row(5, "d-5", "entered_on", "2026-02-30"),
                row(5, "d-6", "leaves_on", "soon"),
                row(5, "b-5", "legal_basis", ""),
                row(5, "s-5", "subject_id", ""),
                row(5, "u-5", "subject_id", "91320500X99999999X"),
                row(5, Town.CITY.personId(5)),
                row(5, "x-5", "weight", "3"),
                row(5, "t-5", "subject_type", "company"),
                row(5, "good-5"),
                row(6, "good-5"),
                "3");
        assertEquals(
                List.of(
                        "0 PERSON_ON_LIST",
                        "1 PERSON_ON_LIST",
                        "2 SOURCE_NOT_ALLOWED",
                        "3 SOURCE_NOT_ALLOWED",
                        "4 VALUE_MALFORMED",
                        "5 DATE_MALFORMED",
                        "6 DATE_MALFORMED",
                        "7 REQUIRED_MISSING",
                        "8 REQUIRED_MISSING",
                        "9 REFERENCE_UNKNOWN",
                        "10 VALUE_MALFORMED",
                        "11 VALUE_MALFORMED",
                        "12 VALUE_MALFORMED",
                        "14 DUPLICATE_KEY",
                        "15 VALUE_MALFORMED"),
                reasons(answer));
        assertTrue(hits(one(), 5).contains("good-5"));
        assertEquals(
                403,
                town().ask(one(), "POST", ENTRIES, town().terminal, "{\"entries\":[" + row(5, "z") + "]}")
                        .status());
    }

    @Test
    void retraction_ofAnotherSourcesEntry_orOfNone_refused() throws Exception {
        town().deliver(
                        "list_entries.csv",
                        Map.of(
                                "entry_id",
                                "market-7",
                                "list",
                                "dishonest-enforcement",
                                "subject_type",
                                "organisation",
                                "subject_id",
                                Town.CITY.uscc(7),
                                "entered_on",
                                "2026-10-01",
                                "legal_basis",
                                "法释〔2017〕7号",
                                "source",
                                "市监局"));
        rebuilt();
        assertTrue(hits(one(), 7).contains("market-7"));
        assertEquals(List.of(), reasons(report(one(), row(7, "safety-7"))));
        Town.Answer answer = retract(
                one(),
                retraction(7, "market-7", "dishonest-enforcement", "法院"),
                retraction(7, "market-7", "dishonest-enforcement", "市监局"),
                retraction(7, "safety-7", "work-safety", "法院"),
                retraction(7, "safety-7", "fire", "应急局"),
                retraction(8, "safety-7", "work-safety", "应急局"),
                retraction(7, "nothing", "work-safety", "应急局"));
        assertEquals(
                List.of(
                        "0 REFERENCE_UNKNOWN",
                        "1 SOURCE_NOT_ALLOWED",
                        "2 REFERENCE_UNKNOWN",
                        "3 REFERENCE_UNKNOWN",
                        "4 REFERENCE_UNKNOWN",
                        "5 REFERENCE_UNKNOWN"),
                reasons(answer));
        List<String> hits = hits(one(), 7);
        assertTrue(hits.containsAll(List.of("market-7", "safety-7")), hits.toString());
    }

    @Test
    void bulk_ofTenThousand_takenOnce_oneMoreRefused() throws Exception {
        String rows = IntStream.range(0, 10_000)
                .mapToObj(i -> row(10 + i % 20, "b" + i, "reason", "", "leaves_on", ""))
                .collect(Collectors.joining(",", "{\"entries\":[", "]}"));
        long began = System.nanoTime();
        Town.Answer added = town().ask(one(), "POST", ENTRIES, town().keeper, rows, "Idempotency-Key", "bulk");
        System.out.printf("10,000 entries taken in %d ms%n", (System.nanoTime() - began) / 1_000_000);
        assertEquals(List.of(), reasons(added));
        assertTrue(hits(one(), 29).contains("b9999"));
        Town.Answer again = town().ask(one(), "POST", ENTRIES, town().keeper, rows, "Idempotency-Key", "bulk");
        assertEquals(added.body(), again.body());
        assertEquals(added.position(), again.position());
        String more = "{\"entries\":[" + "3,".repeat(10_000) + "3]}";
        assertEquals(
                422, town().ask(one(), "POST", ENTRIES, town().keeper, more).status());
    }

    @Test
    void idsAndNumbersOfPersons_inTexts_areStarsInTheLedger() throws Exception {
        String id = Town.CITY.personId(9);
        assertEquals(List.of(), reasons(report(one(), row(9, "free-9", "reason", "法人" + id + "电话13912345678"))));
        PseudonymKey.Pseudonymiser codes = Town.KEY.pseudonymiser(Scheme.USCC);
        codes.make(Town.CITY.uscc(9));
        StringBuilder text = new StringBuilder();
        try (Ledger ledger = Ledger.open(place, Town.KEY, InstantSource.system())) {
            for (Entry entry : ledger.about(new Subject(codes.high(), codes.low()))) {
                text.append(new String(Objects.requireNonNull(entry.payload()), StandardCharsets.UTF_8));
            }
        }
        assertTrue(text.toString().contains("free-9"), text.toString());
        assertFalse(text.toString().contains(id) || text.toString().contains("13912345678"), text.toString());
    }
}
