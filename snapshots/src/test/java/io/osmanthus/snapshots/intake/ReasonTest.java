package io.osmanthus.snapshots.intake;

import static io.osmanthus.snapshots.intake.DeliveryBuilder.ORGANISATION;
import static io.osmanthus.snapshots.intake.DeliveryBuilder.PERSON;
import static io.osmanthus.snapshots.intake.DeliveryBuilder.STRANGER;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Each rule at its limit and beyond it: one delivery with a row for each case, and what became of the row. */
final class ReasonTest {
    private static final String ACCEPTED = "accepted";
    private static final String NOT_ENROLLED = "not enrolled";

    private final DeliveryBuilder delivery = DeliveryBuilder.basic();
    private final Map<String, String> expected = new LinkedHashMap<>();

    @TempDir
    Path directory = Path.of("");

    private void expect(DeliveryFile file, String row, Object verdict) {
        delivery.row(file, row);
        expected.put(file.csv() + ":" + delivery.size(file), verdict + " ← " + row);
    }

    @Test
    void judge_everyCase_becomesWhatTheRuleSays() throws IOException, SQLException {
        persons();
        tokens();
        consents();
        organisations();
        records();
        recordIdsAndSources();
        arrears();
        listEntries();
        severalFaults();
        Fixtures.Built built =
                Fixtures.build(delivery.write(directory.resolve("delivery")), directory.resolve("store"));
        Map<String, String> quarantined = new LinkedHashMap<>();
        for (List<String> row : Fixtures.query("SELECT file, line, reason, \"column\" FROM '"
                + built.snapshot().resolve("quarantine.parquet") + "'")) {
            quarantined.put(row.get(0) + ":" + row.get(1), row.get(2));
        }
        List<Executable> checks = new ArrayList<>();
        Map<String, long[]> counts = new LinkedHashMap<>();
        expected.forEach((where, verdict) -> {
            String wanted = verdict.substring(0, verdict.indexOf(" ← "));
            String found = quarantined.getOrDefault(where, ACCEPTED);
            long[] count = counts.computeIfAbsent(where.substring(0, where.indexOf(':')), file -> new long[1]);
            if (wanted.equals(NOT_ENROLLED)) {
                count[0]++;
            }
            String plain = wanted.equals(NOT_ENROLLED) ? ACCEPTED : wanted;
            checks.add(() -> assertEquals(plain, found, where + " " + verdict));
        });
        counts.forEach((file, count) -> checks.add(() -> assertEquals(
                count[0],
                java.util.Objects.requireNonNull(built.result().files().get(file))
                        .notEnrolled(),
                file + " not enrolled")));
        Set<Reason> met = EnumSet.noneOf(Reason.class);
        quarantined.values().forEach(reason -> met.add(Reason.valueOf(reason)));
        Set<Reason> missing = EnumSet.complementOf(EnumSet.copyOf(met));
        checks.add(
                () -> assertEquals(EnumSet.of(Reason.ENCODING, Reason.EVIDENCE_INVALID), missing, "reasons not met"));
        assertAll(checks);
        assertTrue(built.result().quarantined() > 0);
    }

    private void persons() {
        DeliveryFile file = DeliveryFile.PERSONS;
        String x = idThatEndsInX();
        expect(file, x.replace('X', 'x') + ",320508,2026-10-15", ACCEPTED);
        expect(file, x + ",320508,2026-10-15", Reason.DUPLICATE_KEY);
        expect(file, PERSON + ",320508,2026-01-01", Reason.DUPLICATE_KEY);
        expect(file, DeliveryBuilder.person(1850, 1, 1, 1) + ",320508,2026-01-01", ACCEPTED);
        expect(file, DeliveryBuilder.person(1849, 12, 31, 1) + ",320508,2026-01-01", Reason.ID_MALFORMED);
        expect(file, DeliveryBuilder.person(1896, 2, 29, 1) + ",320508,2026-01-01", ACCEPTED);
        expect(file, DeliveryBuilder.person(1900, 2, 29, 1) + ",320508,2026-01-01", Reason.ID_MALFORMED);
        expect(file, DeliveryBuilder.person(1890, 13, 1, 1) + ",320508,2026-01-01", Reason.ID_MALFORMED);
        expect(file, DeliveryBuilder.person(2008, 10, 15, 1) + ",320508,2026-01-01", ACCEPTED);
        expect(file, DeliveryBuilder.person(2008, 10, 16, 1) + ",320508,2026-01-01", Reason.MINOR);
        expect(file, DeliveryBuilder.person(2027, 1, 1, 1) + ",320508,2026-01-01", Reason.MINOR);
        String good = DeliveryBuilder.person(1881, 5, 5, 5);
        String wrong = good.substring(0, 17) + (good.charAt(17) == '1' ? '2' : '1');
        expect(file, wrong + ",320508,2026-01-01", Reason.ID_CHECK);
        expect(file, good.substring(0, 17) + ",320508,2026-01-01", Reason.ID_MALFORMED);
        expect(file, good + "0,320508,2026-01-01", Reason.ID_MALFORMED);
        expect(file, " " + good + ",320508,2026-01-01", Reason.ID_MALFORMED);
        expect(file, good.replace('1', '１') + ",320508,2026-01-01", Reason.ID_MALFORMED);
        expect(file, ",320508,2026-01-01", Reason.REQUIRED_MISSING);
        expect(file, "00000000000000000X,320508,2026-01-01", Reason.REQUIRED_MISSING);
        expect(file, good + ",,2026-01-01", Reason.REQUIRED_MISSING);
        expect(file, good + ",320594,", Reason.REQUIRED_MISSING);
        expect(file, good + ",999999,2026-01-01", Reason.DISTRICT_UNKNOWN);
        expect(file, good + ",苏州,2026-01-01", Reason.DISTRICT_UNKNOWN);
        expect(file, good + ",320508,2026-10-16", Reason.DATE_FUTURE);
        expect(file, good + ",320508,2026-02-29", Reason.DATE_MALFORMED);
        expect(file, good + ",320508,2026-2-28", Reason.DATE_MALFORMED);
        expect(file, good + ",320508,20260228", Reason.DATE_MALFORMED);
        expect(file, good + ",320508,2026/02/28", Reason.DATE_MALFORMED);
        expect(file, good + ",320508", Reason.COLUMN_COUNT);
        expect(file, good + ",320508,2026-01-01,", Reason.COLUMN_COUNT);
        expect(file, good + ",320508,\"2026-01-01", Reason.COLUMN_COUNT);
        // None of the faulty rows holds the key.
        expect(file, good + ",320594,2026-01-01", ACCEPTED);
        expect(file, DeliveryBuilder.person(1882, 5, 5, 5) + ",320502,2026-01-01", ACCEPTED);
        expect(file, DeliveryBuilder.person(1882, 5, 5, 6) + ",\"320502\",\"2026-01-01\"", ACCEPTED);
    }

    private static String idThatEndsInX() {
        for (int sequence = 1; ; sequence++) {
            String id = DeliveryBuilder.person(1860, 6, 1, sequence);
            if (id.endsWith("X")) {
                return id;
            }
        }
    }

    private void tokens() {
        DeliveryFile file = DeliveryFile.TOKENS;
        expect(file, "card,3105 0000-0001," + PERSON, ACCEPTED);
        expect(file, "card,310500000001," + PERSON, Reason.DUPLICATE_KEY);
        expect(file, "card,３１０５００００００02," + PERSON, ACCEPTED);
        expect(file, "card,310500000002," + PERSON, Reason.DUPLICATE_KEY);
        expect(file, "plate,310500000001," + PERSON, ACCEPTED);
        expect(file, "plate,苏e·12345," + PERSON, ACCEPTED);
        expect(file, "plate,苏Ｅ·１２３４５," + PERSON, Reason.DUPLICATE_KEY);
        expect(file, "app," + "a".repeat(256) + "," + PERSON, ACCEPTED);
        expect(file, "app," + "b".repeat(257) + "," + PERSON, Reason.VALUE_MALFORMED);
        expect(file, "app," + "苏".repeat(85) + "1," + PERSON, ACCEPTED);
        expect(file, "app," + "苏".repeat(85) + "12," + PERSON, Reason.VALUE_MALFORMED);
        expect(file, "app," + "x".repeat(5000) + "," + PERSON, Reason.VALUE_MALFORMED);
        expect(file, "person," + STRANGER + "," + PERSON, Reason.VALUE_MALFORMED);
        expect(file, "uscc," + ORGANISATION + "," + PERSON, Reason.VALUE_MALFORMED);
        expect(file, "Card,1," + PERSON, Reason.VALUE_MALFORMED);
        expect(file, ",1," + PERSON, Reason.REQUIRED_MISSING);
        expect(file, "card,," + PERSON, Reason.REQUIRED_MISSING);
        expect(file, "card, - ," + PERSON, Reason.REQUIRED_MISSING);
        expect(file, "card,\u0000," + PERSON, Reason.VALUE_MALFORMED);
        expect(file, "card,3,", Reason.REQUIRED_MISSING);
        expect(file, "card,4," + STRANGER, NOT_ENROLLED);
        expect(file, "tattoo,," + STRANGER, NOT_ENROLLED);
        expect(file, "card,4,nobody", NOT_ENROLLED);
        expect(file, "card,4," + PERSON, ACCEPTED);
        expect(file, "card,4\"5," + PERSON, Reason.COLUMN_COUNT);
    }

    private void consents() {
        DeliveryFile file = DeliveryFile.CONSENTS;
        expect(file, PERSON + ",transit,2026-01-01,,e1", ACCEPTED);
        expect(file, PERSON + ",transit,2026-01-01,,e1", ACCEPTED);
        expect(file, PERSON + ",transit,2036-01-01,2030-01-01,", ACCEPTED);
        expect(file, PERSON + ",teleport,2026-01-01,,e", Reason.VALUE_MALFORMED);
        expect(file, PERSON + ",approvals,2026-01-01,,e", Reason.VALUE_MALFORMED);
        expect(file, PERSON + ",transit,2026-02-30,,e", Reason.DATE_MALFORMED);
        expect(file, PERSON + ",transit,2026-01-01,soon,e", Reason.DATE_MALFORMED);
        expect(file, PERSON + ",transit,,,e", Reason.REQUIRED_MISSING);
        expect(file, PERSON + ",,2026-01-01,,e", Reason.REQUIRED_MISSING);
        expect(file, STRANGER + ",teleport,,,e", NOT_ENROLLED);
    }

    private void organisations() {
        DeliveryFile file = DeliveryFile.ORGANISATIONS;
        String rest = ",名,enterprise,320508,C,2020-01-01,active";
        expect(file, ORGANISATION + rest, Reason.DUPLICATE_KEY);
        expect(file, ORGANISATION.toLowerCase(java.util.Locale.ROOT) + rest, Reason.DUPLICATE_KEY);
        String other = DeliveryBuilder.organisation("91320508X0000002");
        expect(file, other.substring(0, 17) + (other.charAt(17) == '0' ? '1' : '0') + rest, ACCEPTED);
        expect(file, "91320508I00000021A" + rest, Reason.ID_MALFORMED);
        expect(file, other.substring(1) + rest, Reason.ID_MALFORMED);
        expect(file, "B" + other.substring(1) + rest, Reason.ID_MALFORMED);
        expect(file, "00000000000000000X" + rest, Reason.REQUIRED_MISSING);
        expect(file, rest, Reason.REQUIRED_MISSING);
        expect(file, other + ",,enterprise,320508,C,2020-01-01,active", Reason.REQUIRED_MISSING);
        expect(file, other + ",名,enterprise,999999,C,2020-01-01,active", Reason.DISTRICT_UNKNOWN);
        expect(file, other + ",名,enterprise,320508,C,2026-10-16,active", Reason.DATE_FUTURE);
        expect(file, other + ",名,enterprise,320508,C,2026-1-1,active", Reason.DATE_MALFORMED);
        expect(file, STRANGER + rest, Reason.NATURAL_PERSON);
        expect(file, other + ",名 13812345678 " + STRANGER + ",,,,,", ACCEPTED);
        expect(file, DeliveryBuilder.organisation("92320508X0000003") + ",\"两行\n的名\",,,,2026-10-15,", ACCEPTED);
    }

    private static String record(String id, String rest) {
        return id + ",person," + PERSON + "," + rest;
    }

    private void records() {
        DeliveryFile file = DeliveryFile.RECORDS;
        expect(file, record("1", "blood-donation,,2026-10-15,2026-10-15,2026-10-15,,,红十字会,"), ACCEPTED);
        expect(file, record("1", "marrow-donation,,2026-10-15,,,,,红十字会,"), Reason.DUPLICATE_KEY);
        expect(file, record("2", "blood-donation,,2026-10-16,,,,,红十字会,"), Reason.DATE_FUTURE);
        expect(file, record("2", "blood-donation,,2026-10-15,2026-10-16,,,,红十字会,"), Reason.DATE_FUTURE);
        expect(file, record("2", "blood-donation,,2026-10-15,,2026-10-16,,,红十字会,"), Reason.DATE_FUTURE);
        expect(file, record("2", "blood-donation,,2026-10-15,2026-10-14,,,,红十字会,"), Reason.DATE_MALFORMED);
        expect(file, record("2", "blood-donation,,,,,,,红十字会,"), Reason.REQUIRED_MISSING);
        expect(file, record("2", "petition,,2026-10-15,,,,,红十字会,"), Reason.ITEM_UNKNOWN);
        expect(file, record("2", "penalty-minor,,2026-10-15,,,,,市监局,"), Reason.VALUE_MALFORMED);
        expect(file, record("2", "volunteer-hours,,2026-10-15,,,12.5,,文明办,"), ACCEPTED);
        for (String quantity : List.of("0", "00.5", "7.25", "999999999999.99")) {
            expect(file, record("q" + quantity, "volunteer-hours,,2026-10-15,,," + quantity + ",,文明办,"), ACCEPTED);
        }
        for (String quantity :
                List.of("-1", "-0", "+1", "1.", ".5", "1.234", "1e3", "１", "many", "1 ", "1234567890123")) {
            expect(file, record("3", "volunteer-hours,,2026-10-15,,," + quantity + ",,文明办,"), Reason.VALUE_MALFORMED);
        }
        expect(file, record("3", "volunteer-hours,,2026-10-15,,,,,文明办,"), Reason.REQUIRED_MISSING);
        expect(file, record("3", "court-default,,2026-10-15,,,,serious,法院,"), Reason.REQUIRED_MISSING);
        expect(file, record("3", "court-default,,2026-10-15,,,,,法院,文1"), Reason.REQUIRED_MISSING);
        expect(file, record("3", "court-default,,2026-10-15,,,,grave,法院,文1"), Reason.VALUE_MALFORMED);
        expect(file, record("3", "court-default,,2026-10-15,,,,minor,法院,文1"), ACCEPTED);
        expect(file, "4,person," + STRANGER + ",petition,,,,,,,,", NOT_ENROLLED);
        expect(file, "4,person,,blood-donation,,2026-10-15,,,,,红十字会,", Reason.REQUIRED_MISSING);
        expect(file, "4,cat," + PERSON + ",blood-donation,,2026-10-15,,,,,红十字会,", Reason.VALUE_MALFORMED);
        expect(file, "4,," + PERSON + ",blood-donation,,2026-10-15,,,,,红十字会,", Reason.REQUIRED_MISSING);
    }

    private void recordIdsAndSources() {
        DeliveryFile file = DeliveryFile.RECORDS;
        String rest = ",penalty-minor,,2026-10-15,,,,,市监局,";
        expect(file, "4,organisation," + ORGANISATION + rest, ACCEPTED);
        expect(
                file,
                "5,organisation," + DeliveryBuilder.organisation("91320508X0000009") + rest,
                Reason.REFERENCE_UNKNOWN);
        expect(file, "5,organisation,nobody" + rest, Reason.REFERENCE_UNKNOWN);
        expect(file, "5,organisation,00000000000000000X" + rest, Reason.REQUIRED_MISSING);
        expect(
                file,
                "5,organisation," + ORGANISATION + ",commitment-broken,,2026-10-15,,,,,市监局,",
                Reason.SOURCE_NOT_ALLOWED);
        expect(
                file,
                "5,organisation," + ORGANISATION + ",blood-donation,,2026-10-15,,,,,红十字会,",
                Reason.VALUE_MALFORMED);
        expect(file, record("1", "volunteer-hours,,2026-10-15,,,1,,团市委,"), ACCEPTED);
        expect(file, record("5", "blood-donation,,2026-10-15,,,,,法院,"), Reason.SOURCE_NOT_ALLOWED);
        expect(file, record("5", "blood-donation,,2026-10-15,,,,,,"), Reason.REQUIRED_MISSING);
        expect(file, record("R" + STRANGER + "7", "blood-donation,,2026-10-15,,,,,红十字会,"), Reason.VALUE_MALFORMED);
        expect(file, record("r".repeat(128), "blood-donation,,2026-10-15,,,,,红十字会,"), ACCEPTED);
        expect(file, record("r".repeat(129), "blood-donation,,2026-10-15,,,,,红十字会,"), Reason.VALUE_MALFORMED);
        expect(file, record("\"r\n1\"", "blood-donation,,2026-10-15,,,,,红十字会,"), Reason.VALUE_MALFORMED);
        expect(file, record("", "blood-donation,,2026-10-15,,,,,红十字会,"), Reason.REQUIRED_MISSING);
        expect(file, record("7", "broken-commitment,\"a\nb\",2026-10-15,,,,,行政审批局,\"文\n一\""), ACCEPTED);
        expect(file, record("6", "honour-city," + STRANGER + ",2026-10-15,,,,,文明办,"), ACCEPTED);
    }

    private void arrears() {
        DeliveryFile file = DeliveryFile.ARREARS;
        expect(file, "transit," + PERSON + ",2026-10-15,0,A1,轨道交通", ACCEPTED);
        expect(file, "transit," + PERSON + ",2026-10-15,1,A1,轨道交通", Reason.DUPLICATE_KEY);
        expect(file, "transit," + PERSON + ",2026-10-16,1,A2,轨道交通", Reason.DATE_FUTURE);
        expect(file, "transit," + PERSON + ",yesterday,1,A2,轨道交通", Reason.DATE_MALFORMED);
        expect(file, "transit," + PERSON + ",2026-10-15,12.50,A2,轨道交通", Reason.VALUE_MALFORMED);
        expect(file, "transit," + PERSON + ",2026-10-15,-1,A2,轨道交通", Reason.VALUE_MALFORMED);
        expect(file, "transit," + PERSON + ",2026-10-15,1234567890123,A2,轨道交通", Reason.VALUE_MALFORMED);
        expect(file, "transit," + PERSON + ",2026-10-15,999999999999,A2,轨道交通", ACCEPTED);
        expect(file, "transit," + PERSON + ",2026-10-15,1,,轨道交通", Reason.REQUIRED_MISSING);
        expect(file, "transit," + PERSON + ",2026-10-15,1,A3,停车公司", Reason.SOURCE_NOT_ALLOWED);
        expect(file, "parking," + PERSON + ",2026-10-15,1,A1,停车公司", ACCEPTED);
        expect(file, "parking," + PERSON + ",2026-10-15,1,\"A\n2\",停车公司", ACCEPTED);
        expect(file, "tourism," + PERSON + ",2026-10-15,1,A3,旅游公司", Reason.SOURCE_NOT_ALLOWED);
        expect(file, "approvals," + PERSON + ",2026-10-15,1,A3,行政审批局", Reason.SOURCE_NOT_ALLOWED);
        expect(file, "teleport," + PERSON + ",2026-10-15,1,A3,轨道交通", Reason.VALUE_MALFORMED);
        expect(file, "teleport," + STRANGER + ",,,,", NOT_ENROLLED);
    }

    private void listEntries() {
        DeliveryFile file = DeliveryFile.LIST_ENTRIES;
        String organisation = ",organisation," + ORGANISATION;
        expect(file, "L1,tax-a" + organisation + ",2027-01-01,2026-01-01,r,b,s", ACCEPTED);
        expect(file, "L1,tax-a" + organisation + ",2026-01-01,,r,b,s", Reason.DUPLICATE_KEY);
        expect(file, "L1,tax-a" + organisation + ",2026-01-01,,,b,s2", ACCEPTED);
        expect(file, "L2,tax-a,person," + PERSON + ",2026-01-01,,r,b,s", Reason.PERSON_ON_LIST);
        expect(file, "L2,,person," + STRANGER + ",,,,,", Reason.PERSON_ON_LIST);
        expect(file, "L2,tax-a,cat,1,2026-01-01,,r,b,s", Reason.VALUE_MALFORMED);
        expect(file, "L2,grumblers" + organisation + ",2026-01-01,,r,b,s", Reason.VALUE_MALFORMED);
        expect(file, "L2,tax-a" + organisation + ",2026-01-01,,r,,s", Reason.REQUIRED_MISSING);
        expect(file, "L2,tax-a" + organisation + ",,,r,b,s", Reason.REQUIRED_MISSING);
        expect(file, "L2,tax-a" + organisation + ",2026-01-32,,r,b,s", Reason.DATE_MALFORMED);
        expect(file, "L2,tax-a" + organisation + ",2026-01-01,never,r,b,s", Reason.DATE_MALFORMED);
        expect(
                file,
                "L2,tax-a,organisation," + DeliveryBuilder.organisation("91320508X0000009") + ",2026-01-01,,r,b,s",
                Reason.REFERENCE_UNKNOWN);
        expect(file, STRANGER + ",tax-a" + organisation + ",2026-01-01,,r,b,s", Reason.VALUE_MALFORMED);
    }

    /** Of several faults the one that the list of reasons names first. */
    private void severalFaults() {
        DeliveryFile persons = DeliveryFile.PERSONS;
        String adult = DeliveryBuilder.person(1883, 5, 5, 5);
        String wrong = adult.substring(0, 17) + (adult.charAt(17) == '1' ? '2' : '1');
        String minor = DeliveryBuilder.person(2020, 1, 1, 1);
        expect(persons, wrong + ",999999,2026-02-30", Reason.DATE_MALFORMED);
        expect(persons, wrong + ",999999,2026-10-16", Reason.DATE_FUTURE);
        expect(persons, adult.substring(0, 15) + ",999999,2026-10-16", Reason.DATE_FUTURE);
        expect(persons, wrong + ",999999,2026-01-01", Reason.ID_CHECK);
        expect(persons, minor + ",999999,2026-01-01", Reason.DISTRICT_UNKNOWN);
        expect(persons, minor + ",,2026-10-16", Reason.REQUIRED_MISSING);

        DeliveryFile organisations = DeliveryFile.ORGANISATIONS;
        expect(organisations, "9132,名,enterprise,999999,C,2026-02-30,active", Reason.DATE_MALFORMED);
        expect(organisations, "9132,名,enterprise,999999,C,2026-10-16,active", Reason.DATE_FUTURE);
        expect(organisations, "9132,名,enterprise,999999,C,2026-01-01,active", Reason.ID_MALFORMED);

        DeliveryFile records = DeliveryFile.RECORDS;
        String unknown = DeliveryBuilder.organisation("91320508X0000009");
        expect(records, "s1,organisation," + unknown + ",petition,,2026-10-15,,,x,,法院,", Reason.VALUE_MALFORMED);
        expect(records, "s1,organisation," + unknown + ",petition,,2026-10-16,,x,,,法院,", Reason.DATE_MALFORMED);
        expect(records, "s1,organisation," + unknown + ",petition,,2026-10-16,,,,,法院,", Reason.DATE_FUTURE);
        expect(records, "s1,organisation," + unknown + ",petition,,2026-10-15,,,,,法院,", Reason.ITEM_UNKNOWN);
        expect(records, "s1,organisation," + unknown + ",penalty-minor,,2026-10-15,,,,,法院,", Reason.REFERENCE_UNKNOWN);
        expect(records, record("s1", "court-default,,2026-02-30,,,x,grave,停车公司,"), Reason.REQUIRED_MISSING);
        expect(records, record("s1", "petition,,2026-02-30,,,x,grave,停车公司,"), Reason.VALUE_MALFORMED);
        expect(records, record("s1", "petition,,2026-02-30,,2026-10-16,,,停车公司,"), Reason.DATE_MALFORMED);
        expect(records, record("s1", "petition,,2026-10-16,2026-10-15,,,,停车公司,"), Reason.DATE_MALFORMED);
        expect(records, record("s1", "blood-donation,,2026-10-16,,,,,停车公司,"), Reason.DATE_FUTURE);
        expect(records, "s1,cat," + PERSON + ",,,2026-10-15,,,,,红十字会,", Reason.REQUIRED_MISSING);
        expect(records, "s1,cat," + PERSON + ",petition,,2026-10-16,,,,,红十字会,", Reason.VALUE_MALFORMED);

        DeliveryFile arrears = DeliveryFile.ARREARS;
        expect(arrears, "transit," + PERSON + ",2026-02-30,12.5,A9,停车公司", Reason.VALUE_MALFORMED);
        expect(arrears, "transit," + PERSON + ",2026-02-30,1,A9,停车公司", Reason.DATE_MALFORMED);

        DeliveryFile entries = DeliveryFile.LIST_ENTRIES;
        expect(entries, STRANGER + ",tax-a,organisation," + unknown + ",2026-02-30,,r,b,s", Reason.VALUE_MALFORMED);
        expect(entries, "L8,tax-a,organisation," + unknown + ",2026-02-30,,r,b,s", Reason.DATE_MALFORMED);
        expect(entries, "L8,tax-a,cat,nobody,2026-01-01,,r,,s", Reason.REQUIRED_MISSING);
    }
}
