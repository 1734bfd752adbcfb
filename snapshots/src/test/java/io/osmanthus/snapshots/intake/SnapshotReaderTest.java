package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.OrganisationNames;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.Rows;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotReader;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What intake wrote comes back as the reader says: the way a fact takes from a row to numbers. */
final class SnapshotReaderTest {
    private static final String PERSON = DeliveryBuilder.PERSON;

    @TempDir
    Path directory = Path.of("");

    @Test
    void read_everyKindOfFact_comesBack() throws IOException, SQLException {
        String other = DeliveryBuilder.person(1870, 1, 1, 1);
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.PERSONS, other + ",320502,2026-10-15")
                .row(DeliveryFile.TOKENS, "plate,苏e 12345," + PERSON)
                .row(DeliveryFile.CONSENTS, PERSON + ",parking,2026-03-01,,e1")
                .row(DeliveryFile.CONSENTS, PERSON + ",transit,2026-02-01,2027-02-01,e2")
                .row(DeliveryFile.RECORDS, "b,person," + PERSON + ",honour-city,act 9,2026-01-01,,,,,文明办,")
                .row(DeliveryFile.RECORDS, "a,person," + PERSON + ",honour-nation,act 9,2026-01-01,,,,,文明办,")
                .row(DeliveryFile.RECORDS, "c,person," + PERSON + ",honour-city,act 1,2026-01-01,,,,,文明办,")
                .row(DeliveryFile.RECORDS, "d,person," + PERSON + ",volunteer-hours,,2026-01-01,2026-01-02,,12.5,,团市委,")
                .row(DeliveryFile.RECORDS, "e,person," + PERSON + ",court-default,,2026-01-01,,,,serious,法院,苏执1号")
                .row(
                        DeliveryFile.RECORDS,
                        "f,organisation," + DeliveryBuilder.ORGANISATION + ",penalty-minor,,2026-01-01,,,,,市监局,罚1号")
                .row(DeliveryFile.ARREARS, "parking," + PERSON + ",2026-05-01,1250,REF-1,停车公司")
                .row(
                        DeliveryFile.LIST_ENTRIES,
                        "L1,tax-a,organisation," + DeliveryBuilder.ORGANISATION + ",2026-01-01,2026-12-31,r,b,s")
                .write(directory.resolve("delivery"));
        Path snapshot = Fixtures.build(delivery, directory.resolve("store")).snapshot();
        Pseudonymiser persons = Fixtures.KEY.pseudonymiser(Scheme.PERSON);
        persons.make(PERSON);
        try (SnapshotReader reader = SnapshotReader.open(snapshot, Fixtures.VOCABULARY)) {
            assertEquals(List.of("团市委", "市监局", "文明办", "法院"), sorted(reader.sources()));
            List<String> people = all(reader.persons(0, 2), "inni");
            int person = people.get(0).contains(persons.high() + ":" + persons.low()) ? 0 : 1;
            assertEquals(person + ":" + persons.high() + ":" + persons.low() + ":320508", people.get(person));
            assertTrue(people.get(1 - person).endsWith(":320508"), "320502 is 姑苏 today");
            Pseudonymiser plates = Fixtures.KEY.pseudonymiser(Scheme.PLATE);
            plates.make("苏E12345");
            assertEquals(List.of(person + ":" + plates.high() + ":" + plates.low()), all(reader.tokens(0, 1), "inn"));
            assertEquals(
                    List.of(
                            person + ":" + scene("parking") + ":" + day("2026-03-01") + ":" + Days.NONE,
                            person + ":" + scene("transit") + ":" + day("2026-02-01") + ":" + day("2027-02-01")),
                    all(reader.consents(0, 2), "iiii"));
            List<String> records = all(reader.records(SubjectType.PERSON, 0, 2), "iiiiiniit");
            int january = day("2026-01-01");
            List<String> sources = reader.sources();
            assertEquals(5, records.size());
            String act = records.get(0).split(":", -1)[2];
            assertEquals(act, records.get(1).split(":", -1)[2], "one act, one number");
            assertTrue(
                    !act.equals("0") && !act.equals(records.get(2).split(":", -1)[2]), "another act, another number");
            assertEquals(
                    person + ":" + item("volunteer-hours") + ":0:" + january + ":" + (january + 1) + ":1250:0:"
                            + sources.indexOf("团市委") + ":d",
                    records.get(3));
            assertEquals(
                    person + ":" + item("court-default") + ":0:" + january + ":" + Days.NONE + ":0:3:"
                            + sources.indexOf("法院") + ":e",
                    records.get(4));
            assertEquals(
                    List.of("0:" + item("penalty-minor") + ":0:" + january + ":" + Days.NONE + ":0:0:"
                            + sources.indexOf("市监局") + ":f"),
                    all(reader.records(SubjectType.ORGANISATION, 0, 1), "iiiiiniit"));
            assertEquals(
                    List.of(person + ":" + scene("parking") + ":" + day("2026-05-01")),
                    all(reader.arrears(0, 2), "iii"));
            assertEquals(
                    List.of("0:"
                            + Objects.requireNonNull(Fixtures.VOCABULARY.list("tax-a"))
                                    .index() + ":" + january + ":" + day("2026-12-31") + ":L1"),
                    all(reader.listEntries(), "iiiit"));
            assertEquals(1, all(reader.organisations(), "inn").size());
            assertEquals(0, reader.unknownRows());
        }
        assertSealed(snapshot);
    }

    private static void assertSealed(Path snapshot) throws SQLException {
        String hex = Fixtures.query("SELECT hex(document_no), document FROM '" + snapshot.resolve("records.parquet")
                        + "' WHERE record_id = 'e'")
                .get(0)
                .get(0);
        assertEquals(
                "苏执1号",
                Seal.of(Fixtures.KEY, "records.document_no")
                        .open(java.util.HexFormat.of().parseHex(hex)));
        assertEquals(
                List.of("", "罚1号"),
                Fixtures.query("SELECT hex(document_no), document FROM '" + snapshot.resolve("records.parquet")
                                + "' WHERE record_id = 'f'")
                        .get(0));
    }

    @Test
    void read_emptySnapshot_hasNoRows() throws IOException {
        Path snapshot = Fixtures.build(
                        DeliveryBuilder.empty().write(directory.resolve("delivery")), directory.resolve("store"))
                .snapshot();
        try (SnapshotReader reader = SnapshotReader.open(snapshot, Fixtures.VOCABULARY)) {
            assertEquals(List.of(), reader.sources());
            assertEquals(List.of(), all(reader.persons(0, 1), "i"));
            assertEquals(List.of(), all(reader.records(SubjectType.PERSON, 0, 1), "i"));
            assertEquals(List.of(), all(reader.listEntries(), "i"));
        }
    }

    @Test
    void read_namesThatTheVocabularyNoLongerHas_areLeftOutAndCounted() throws IOException {
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.CONSENTS, PERSON + ",parking,2026-03-01,,e1")
                .row(DeliveryFile.CONSENTS, PERSON + ",transit,2026-02-01,2027-02-01,e2")
                .write(directory.resolve("delivery"));
        Path snapshot = Fixtures.build(delivery, directory.resolve("store")).snapshot();
        Path config = Files.createDirectory(directory.resolve("config"));
        try (Stream<Path> files = Files.list(Fixtures.CONFIG)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(
                        config.resolve(file.getFileName()),
                        Files.readString(file).replace("id: parking", "id: boating"));
            }
        }
        try (SnapshotReader reader = SnapshotReader.open(snapshot, Vocabulary.load(config))) {
            assertEquals(1, all(reader.consents(0, 1), "i").size());
            assertEquals(1, reader.unknownRows());
        }
    }

    @Test
    void find_names_exactElseLikeAndNeverATrader() throws IOException {
        String rest = ",enterprise,320508,C,2020-01-01,active";
        String trader = DeliveryBuilder.organisation("92320508X0000005");
        DeliveryBuilder builder = DeliveryBuilder.basic()
                .row(DeliveryFile.ORGANISATIONS, trader + ",张三小吃店" + rest)
                .row(DeliveryFile.ORGANISATIONS, DeliveryBuilder.organisation("91320508X0000006") + ",（苏州）ＡＢ公司" + rest);
        for (int i = 10; i < 20; i++) {
            builder.row(
                    DeliveryFile.ORGANISATIONS,
                    DeliveryBuilder.organisation("91320508X00000" + i) + ",苏州银桥" + i + "号有限公司" + rest);
        }
        Fixtures.Built built = Fixtures.build(builder.write(directory.resolve("delivery")), directory.resolve("store"));
        Snapshot snapshot = Snapshot.open(built.snapshot(), Trust.of(Fixtures.KEY, null, true));
        try (OrganisationNames names = OrganisationNames.open(snapshot)) {
            List<List<OrganisationNames.Candidate>> found =
                    names.find(List.of("苏州丹桂有限公司", "(苏州) ab公司", "苏州银桥11号有限公司", "苏州银桥有限公司", "张三小吃店", "", "毫不相干"));
            assertEquals(
                    List.of(new OrganisationNames.Candidate(DeliveryBuilder.ORGANISATION, "苏州丹桂有限公司", 1)),
                    found.get(0));
            assertEquals(1.0, found.get(1).get(0).likeness());
            assertEquals(1, found.get(2).size());
            assertEquals(OrganisationNames.CANDIDATES_MAX, found.get(3).size());
            double last = 1;
            for (OrganisationNames.Candidate candidate : found.get(3)) {
                assertTrue(candidate.likeness() <= last && candidate.likeness() >= OrganisationNames.LIKENESS_MIN);
                last = candidate.likeness();
            }
            assertEquals(List.of(), found.get(4));
            assertEquals(List.of(), found.get(5));
            assertEquals(List.of(), found.get(6));
            assertEquals(List.of(), names.find(List.of()));
            assertEquals(
                    100,
                    names.find(Collections.nCopies(OrganisationNames.NAMES_MAX, "x"))
                            .size());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> names.find(Collections.nCopies(OrganisationNames.NAMES_MAX + 1, "x")));
        }
    }

    /** The rows as texts: i an int, n a long, t a text. */
    private static List<String> all(Rows cursor, String kinds) {
        List<String> found = new ArrayList<>();
        try (Rows rows = cursor) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 0; i < kinds.length(); i++) {
                    row.add(
                            switch (kinds.charAt(i)) {
                                case 'i' -> String.valueOf(rows.integer(i));
                                case 'n' -> String.valueOf(rows.number(i));
                                default -> String.valueOf(rows.text(i));
                            });
                }
                found.add(String.join(":", row));
            }
        }
        return found;
    }

    private static List<String> sorted(List<String> words) {
        return words.stream().sorted().toList();
    }

    private static int scene(String id) {
        return Objects.requireNonNull(Fixtures.VOCABULARY.scene(id)).index();
    }

    private static int item(String id) {
        return Objects.requireNonNull(Fixtures.VOCABULARY.item(id)).index();
    }

    private static int day(String text) {
        return Days.parse(text);
    }
}
