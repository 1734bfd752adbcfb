package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.QuarantineCounts;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a snapshot about single subjects, and what of its quarantine, against the rows that were delivered. */
final class PersonLookupTest {
    private static final String PERSON = DeliveryBuilder.PERSON;

    @TempDir
    Path directory = Path.of("");

    @Test
    void lookUp_eachQuestion_answersWhatWasDelivered() throws IOException, SQLException {
        String other = DeliveryBuilder.person(1870, 1, 1, 1);
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.PERSONS, other + ",320508,2026-10-15")
                .row(DeliveryFile.TOKENS, "plate,苏E12345," + PERSON)
                .row(DeliveryFile.TOKENS, "card,3105554670059900," + PERSON)
                .row(DeliveryFile.TOKENS, "card,3105554670059901," + other)
                .row(
                        DeliveryFile.RECORDS,
                        "e,person," + PERSON + ",court-default,,2026-01-01,,2026-01-05,,serious,法院,苏执1号")
                .row(
                        DeliveryFile.RECORDS,
                        "f,organisation," + DeliveryBuilder.ORGANISATION + ",penalty-minor,,2026-01-01,,,,,市监局,罚1号")
                .row(DeliveryFile.ARREARS, "parking," + PERSON + ",2026-05-01,1250,REF-1,停车公司")
                .row(
                        DeliveryFile.LIST_ENTRIES,
                        "L1,tax-a,organisation," + DeliveryBuilder.ORGANISATION + ",2026-01-01,2026-12-31,r,b,税务局")
                .row(DeliveryFile.LIST_ENTRIES, "L2,tax-a,person," + PERSON + ",2026-01-01,2026-12-31,r,b,税务局")
                .write(directory.resolve("delivery"));
        Path snapshot = Fixtures.build(delivery, directory.resolve("store")).snapshot();
        Pseudonymiser persons = Fixtures.KEY.pseudonymiser(Scheme.PERSON);
        persons.make(PERSON);
        try (PersonLookup lookup = PersonLookup.open(snapshot)) {
            Map<Integer, long[]> found = lookup.persons(List.of(0, 1, 7));
            assertEquals(Set.of(0, 1), found.keySet());
            int person = present(found.get(0))[0] == persons.high() ? 0 : 1;
            assertEquals(persons.low(), present(found.get(person))[1]);
            assertTrue(lookup.persons(List.of()).isEmpty());

            assertEquals(
                    Set.of(token(Scheme.PLATE, "苏E12345"), token(Scheme.CARD, "3105554670059900")),
                    Set.copyOf(lookup.tokens(person)));
            assertEquals(List.of(token(Scheme.CARD, "3105554670059901")), lookup.tokens(1 - person));
            assertEquals(List.of(), lookup.tokens(7));

            List<String> reference = Fixtures.query(
                            "SELECT reference_high, reference_low FROM '" + snapshot.resolve("arrears.parquet") + "'")
                    .get(0);
            long high = Long.parseLong(reference.get(0));
            long low = Long.parseLong(reference.get(1));
            PersonLookup.Arrears arrears = lookup.arrears(high, low);
            assertEquals(
                    new PersonLookup.Arrears(persons.high(), persons.low(), "parking", day("2026-05-01")), arrears);
            assertNull(lookup.arrears(high, low + 1));

            assertEquals(
                    new PersonLookup.Delivered(day("2026-01-05"), null),
                    lookup.record(SubjectType.PERSON, person, "e", "法院"),
                    "a person's document number is sealed");
            assertEquals(
                    new PersonLookup.Delivered(Days.NONE, "罚1号"),
                    lookup.record(SubjectType.ORGANISATION, 0, "f", "市监局"));
            assertNull(lookup.record(SubjectType.PERSON, person, "e", "市监局"), "another source's record");
            assertNull(lookup.record(SubjectType.PERSON, 1 - person, "e", "法院"), "another person's record");

            assertEquals("税务局", lookup.entrySource(0, "tax-a", "L1"));
            assertNull(lookup.entrySource(0, "tax-a", "L2"), "no person is on a list");
            assertNull(lookup.entrySource(0, "work-safety", "L1"));
        }
        assertEquals(
                List.of(new QuarantineCounts.Count("list_entries.csv", "PERSON_ON_LIST", 1)),
                QuarantineCounts.of(snapshot));
    }

    @Test
    void lookUp_snapshotGone_saysWhichAndWhy() {
        Path missing = directory.resolve("missing");
        try (PersonLookup lookup = PersonLookup.open(missing)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> lookup.tokens(0));
            assertTrue(String.valueOf(e.getMessage()).contains("missing cannot be read"), e.getMessage());
        }
        SnapshotException e = assertThrows(SnapshotException.class, () -> QuarantineCounts.of(missing));
        assertEquals(SnapshotException.Code.IO, e.code());
    }

    private static PersonLookup.Token token(Scheme scheme, String token) {
        Pseudonymiser pseudonyms = Fixtures.KEY.pseudonymiser(scheme);
        pseudonyms.make(token);
        return new PersonLookup.Token(scheme, pseudonyms.high(), pseudonyms.low());
    }

    private static long[] present(long @org.jspecify.annotations.Nullable [] pair) {
        assertNotNull(pair);
        return pair;
    }

    private static int day(String date) {
        return (int) LocalDate.parse(date).toEpochDay();
    }
}
