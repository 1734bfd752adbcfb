package io.osmanthus.snapshots.city;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.Usccs;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a city's delivery says: valid by the shipped vocabulary, and of the published shape. */
class CityFactsTest {
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    private static final int PERSONS = 60_000;
    private static final int ORGANISATIONS = 20_000;

    private static final City CITY = new City(PERSONS, ORGANISATIONS, 2020, AS_OF);
    private static final Vocabulary VOCABULARY =
            Vocabulary.load(Path.of(System.getProperty("osmanthus.root", "..")).resolve("config"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path delivery;

    @BeforeAll
    static void generate() throws IOException {
        CITY.generate(delivery, Progress.SILENT);
    }

    @Test
    void records_all_areValidByTheCatalogue() {
        Set<String> keys = new HashSet<>();
        Set<String> items = new HashSet<>();
        for (Map<String, String> row : Rows.of(delivery, "records.csv")) {
            Item item = VOCABULARY.item(at(row, "item"));
            assertNotNull(item, row::toString);
            items.add(item.id());
            assertEquals(item.subject().name().toLowerCase(java.util.Locale.ROOT), row.get("subject_type"));
            assertTrue(item.sources().contains(at(row, "source")), row::toString);
            assertEquals(
                    item.requires().contains(Item.Column.QUANTITY),
                    !at(row, "quantity").isEmpty());
            assertTrue(Set.of("", "minor", "general", "serious").contains(at(row, "severity")));
            assertFalse(item.requires().contains(Item.Column.SEVERITY)
                    && at(row, "severity").isEmpty());
            assertFalse(item.adverse() && at(row, "document_no").isEmpty(), row::toString);
            assertTrue(keys.add(at(row, "source") + at(row, "record_id")), row::toString);
            LocalDate occurred = notFuture(at(row, "occurred_on"));
            assertFalse(notFuture(at(row, "decided_on")).isBefore(occurred));
            if (!at(row, "ended_on").isEmpty()) {
                assertFalse(notFuture(at(row, "ended_on")).isBefore(occurred));
            }
        }
        assertEquals(VOCABULARY.items().size() - 1, items.size(), "all items but commitment-broken: " + items);
        double perPerson = (double) keys.size() / PERSONS;
        assertTrue(perPerson > 0.55 && perPerson < 0.7, perPerson + " records a person");
    }

    @Test
    void arrears_all_areOfScenesThatTakeThemByTheirSource() {
        Set<String> references = new HashSet<>();
        Set<String> scenes = new HashSet<>();
        for (Map<String, String> row : Rows.of(delivery, "arrears.csv")) {
            SceneDefinition scene = VOCABULARY.scene(at(row, "scene"));
            assertNotNull(scene, row::toString);
            assertTrue(scene.arrearsSources().contains(at(row, "source")), row::toString);
            assertTrue(references.add(at(row, "source") + at(row, "reference")));
            assertTrue(Long.parseLong(at(row, "amount_cents")) > 0);
            notFuture(at(row, "since"));
            scenes.add(scene.id());
        }
        assertEquals(5, scenes.size());
        assertEquals(PERSONS * 8 / 1_000, references.size(), 0.2 * PERSONS * 8 / 1_000);
    }

    @Test
    void consents_all_areOfScenesOfPersonsInEveryState() {
        Map<String, Integer> states = new HashMap<>();
        Set<String> scenes = new HashSet<>();
        List<Map<String, String>> rows = Rows.of(delivery, "consents.csv");
        for (Map<String, String> row : rows) {
            SceneDefinition scene = VOCABULARY.scene(at(row, "scene"));
            assertNotNull(scene, row::toString);
            assertEquals(SubjectType.PERSON, scene.subject());
            scenes.add(scene.id());
            LocalDate granted = LocalDate.parse(at(row, "granted_on"));
            LocalDate end = granted.plusYears(2);
            if (!at(row, "expires_on").isEmpty()
                    && LocalDate.parse(at(row, "expires_on")).isBefore(end)) {
                end = LocalDate.parse(at(row, "expires_on"));
            }
            String state = granted.isAfter(AS_OF)
                    ? "future"
                    : !end.isAfter(AS_OF) ? "over" : end.isAfter(AS_OF.plusDays(31)) ? "holds" : "ends soon";
            states.merge(state, 1, Integer::sum);
        }
        assertEquals(8, scenes.size());
        assertEquals(2.3, rows.size() / (double) PERSONS, 0.15);
        for (String state : List.of("future", "over", "holds", "ends soon")) {
            assertTrue(states.getOrDefault(state, 0) > rows.size() / 50, states::toString);
        }
        assertTrue(states.getOrDefault("holds", 0) > rows.size() * 3 / 4, states::toString);
    }

    @Test
    void persons_districts_areInProportionToTheCensus() {
        Map<String, Integer> counts = new HashMap<>();
        for (Map<String, String> row : Rows.of(delivery, "persons.csv")) {
            Vocabulary.District district = VOCABULARY.district(Integer.parseInt(at(row, "district")));
            assertNotNull(district);
            assertEquals(district.code(), Integer.parseInt(at(row, "district")));
            notFuture(at(row, "enrolled_on"));
            counts.merge(at(row, "district"), 1, Integer::sum);
        }
        assertEquals(10, counts.size());
        assertEquals(2_092_496.0 / 12_748_262, counts.getOrDefault("320583", 0) / (double) PERSONS, 0.01);
        assertEquals(832_499.0 / 12_748_262, counts.getOrDefault("320505", 0) / (double) PERSONS, 0.01);
    }

    @Test
    void organisations_all_resolveAndOneInAHundredIsOnAList() {
        Set<String> codes = new HashSet<>();
        for (Map<String, String> row : Rows.of(delivery, "organisations.csv")) {
            assertTrue(codes.add(at(row, "uscc")));
            assertNotNull(VOCABULARY.district(Integer.parseInt(at(row, "district"))));
            assertFalse(at(row, "name").isBlank());
            notFuture(at(row, "registered_on"));
        }
        Set<String> listed = new HashSet<>();
        Set<String> entries = new HashSet<>();
        for (Map<String, String> row : Rows.of(delivery, "list_entries.csv")) {
            assertNotNull(VOCABULARY.list(at(row, "list")), row::toString);
            assertEquals("organisation", row.get("subject_type"));
            assertTrue(codes.contains(at(row, "subject_id")), row::toString);
            assertFalse(at(row, "legal_basis").isEmpty());
            assertTrue(entries.add(at(row, "source") + at(row, "entry_id")));
            LocalDate.parse(at(row, "entered_on"));
            listed.add(at(row, "subject_id"));
        }
        assertEquals(ORGANISATIONS / 100, listed.size(), 0.3 * ORGANISATIONS / 100);
        for (Map<String, String> row : Rows.of(delivery, "records.csv")) {
            assertTrue(at(row, "subject_type").equals("person") || codes.contains(at(row, "subject_id")));
        }
    }

    @Test
    void disclosures_all_areOfRegisteredOrganisationsAndMostlyInTime() {
        Set<String> codes = new HashSet<>();
        Rows.of(delivery, "organisations.csv").forEach(row -> codes.add(at(row, "uscc")));
        List<Map<String, String>> permits = Rows.of(delivery, "permits.csv");
        assertEquals(ORGANISATIONS * 0.36, permits.size(), ORGANISATIONS * 0.03);
        int late = 0;
        for (Map<String, String> row : permits) {
            assertTrue(codes.contains(at(row, "XK_XDR_SHXYM")), row::toString);
            assertTrue(Usccs.checked(at(row, "XK_XKJGDM")), row::toString);
            notFuture(at(row, "XK_JDRQ"));
            LocalDate decided = LocalDate.parse(at(row, "XK_JDRQ"));
            late += LocalDate.parse(at(row, "SBRQ")).isAfter(decided.plusDays(12)) ? 1 : 0;
        }
        assertEquals(0.036, late / (double) permits.size(), 0.01);
        Set<String> documents = new HashSet<>();
        Rows.of(delivery, "records.csv").stream()
                .filter(row -> at(row, "subject_type").equals("organisation"))
                .forEach(row -> documents.add(at(row, "document_no") + at(row, "subject_id")));
        List<Map<String, String>> penalties = Rows.of(delivery, "penalties.csv");
        assertEquals(documents.size(), penalties.size());
        penalties.forEach(
                row -> assertTrue(documents.contains(at(row, "CF_WSH") + at(row, "CF_XDR_SHXYM")), row::toString));
        Set<String> states = new HashSet<>();
        Rows.of(delivery, "commitments.csv").forEach(row -> states.add(at(row, "state")));
        assertEquals(Set.of("made", "kept", "broken"), states);
        assertFalse(Rows.of(delivery, "administrative_acts.csv").isEmpty());
    }

    @Test
    void records_scored_haveThePublishedShape() {
        assertPublishedShape(delivery, PERSONS, AS_OF);
    }

    @Test
    void records_scoredAroundALeapDay_haveThePublishedShape(@TempDir Path directory) throws IOException {
        for (String day : List.of("2024-02-29", "2026-03-01", "2028-02-28", "2028-02-29", "2028-03-01")) {
            LocalDate asOf = LocalDate.parse(day);
            Path out = directory.resolve(day);
            new City(8_000, 0, 17, asOf).generate(out, Progress.SILENT);
            assertPublishedShape(out, 8_000, asOf);
        }
    }

    private static void assertPublishedShape(Path out, int persons, LocalDate asOf) {
        Map<String, List<Map<String, String>>> byPerson = new HashMap<>();
        for (Map<String, String> row : Rows.of(out, "records.csv")) {
            if (at(row, "subject_type").equals("person")) {
                byPerson.computeIfAbsent(at(row, "subject_id"), id -> new ArrayList<>())
                        .add(row);
            }
        }
        int above = 0;
        int below = 0;
        for (List<Map<String, String>> records : byPerson.values()) {
            int balance = balance(records, asOf);
            above += balance > 0 ? 1 : 0;
            below += balance < 0 ? 1 : 0;
        }
        assertEquals(persons / 8, above, asOf.toString());
        assertEquals(Math.round(persons * 4_731.0 / 13_000_000), below, asOf.toString());
    }

    @Test
    void shape_smallestCity_hasOneBelow() {
        assertEquals(1, Shape.below(1));
        assertEquals(0, Shape.above(1));
        assertEquals(4_731, Shape.below(13_000_000));
        assertEquals(1_625_000, Shape.above(13_000_000));
    }

    /** Which way the records move a score, by the demonstration rules' plain cases: more than 0 above the base, less below it. */
    private static int balance(List<Map<String, String>> records, LocalDate asOf) {
        BigDecimal hours = BigDecimal.ZERO;
        Map<Integer, BigDecimal> donations = new HashMap<>();
        Map<String, Integer> adverseByAct = new HashMap<>();
        int plus = 0;
        boolean frozen = false;
        for (Map<String, String> row : records) {
            LocalDate occurred = LocalDate.parse(at(row, "occurred_on"));
            boolean ended = !at(row, "ended_on").isEmpty();
            LocalDate start = ended ? LocalDate.parse(at(row, "ended_on")) : occurred;
            String act = at(row, "act_id").isEmpty() ? at(row, "record_id") : at(row, "act_id");
            switch (at(row, "item")) {
                case "volunteer-hours" -> hours = holds(start, 2, asOf) ? hours.add(quantity(row)) : hours;
                case "blood-donation" -> plus += holds(start, 2, asOf) ? 10 : 0;
                case "marrow-donation" -> plus += holds(start, 5, asOf) ? 50 : 0;
                case "charity-donation" -> {
                    if (holds(start, 1, asOf)) {
                        donations.merge(start.getYear(), quantity(row), BigDecimal::add);
                    }
                }
                case "honour-district" -> plus += holds(start, 1, asOf) ? 5 : 0;
                case "honour-city" -> plus += holds(start, 2, asOf) ? 20 : 0;
                case "honour-province" -> plus += holds(start, 3, asOf) ? 25 : 0;
                case "honour-nation" -> plus += holds(start, 5, asOf) ? 100 : 0;
                case "court-default" -> {
                    frozen |= !ended;
                    if (!ended || holds(start, 2, asOf)) {
                        adverseByAct.merge(act, ended ? 20 : 50, Math::max);
                    }
                }
                case "broken-commitment" -> {
                    if (holds(start, 1, asOf)) {
                        adverseByAct.merge(act, 10, Math::max);
                    }
                }
                default -> throw new AssertionError(row);
            }
        }
        plus += hours.compareTo(BigDecimal.TEN) >= 0 ? 2 : 0;
        for (BigDecimal sum : donations.values()) {
            plus += Math.min(40, sum.intValue() / 100);
        }
        int minus = adverseByAct.values().stream().mapToInt(Integer::intValue).sum();
        return (frozen ? 0 : plus) - minus;
    }

    private static boolean holds(LocalDate start, int years, LocalDate asOf) {
        LocalDate end = start.plusYears(years);
        // 29 February becomes 1 March.
        end = start.getDayOfMonth() == 29 && end.getDayOfMonth() == 28 ? end.plusDays(1) : end;
        return !start.isAfter(asOf) && asOf.isBefore(end);
    }

    private static BigDecimal quantity(Map<String, String> row) {
        return new BigDecimal(at(row, "quantity"));
    }

    private static LocalDate notFuture(String date) {
        LocalDate day = LocalDate.parse(date);
        assertFalse(day.isAfter(AS_OF), date);
        return day;
    }

    private static String at(Map<String, String> row, String column) {
        String value = row.get(column);
        assertNotNull(value, column);
        return value;
    }
}
