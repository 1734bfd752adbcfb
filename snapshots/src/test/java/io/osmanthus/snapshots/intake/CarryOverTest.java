package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is missing from a delivery has not been delivered: the last snapshot's facts of its kind stand. */
final class CarryOverTest {
    private static final int PERSONS = 5_000;
    private static final int ORGANISATIONS = 4_000;

    /** Every column but the sealed ones, which differ in each sealing. */
    private static final Map<String, String> COLUMNS = Map.ofEntries(
            Map.entry("persons", "*"),
            Map.entry("tokens", "*"),
            Map.entry("consents", "* REPLACE (evidence IS NULL AS evidence)"),
            Map.entry("organisations", "*"),
            Map.entry("records", "* REPLACE (document_no IS NULL AS document_no)"),
            Map.entry("arrears", "* REPLACE (reference IS NULL AS reference)"),
            Map.entry("list_entries", "*"),
            Map.entry("permits", "*"),
            Map.entry("penalties", "*"),
            Map.entry("administrative_acts", "*"),
            Map.entry("commitments", "*"));

    @TempDir
    Path directory = Path.of("");

    @Test
    void run_eachKindMissing_equalsADeliveryThatHoldsTheOldFile() throws IOException, SQLException {
        Random random = Seed.random("CarryOverTest");
        Path old = directory.resolve("old");
        new City(PERSONS, ORGANISATIONS, random.nextInt(1 << 20), Fixtures.AS_OF).generate(old, Progress.SILENT);
        Path today = thinned(old, directory.resolve("today"), random);
        date(old, "2026-09-30");
        date(today, "2026-10-14");
        for (DeliveryFile missing : DeliveryFile.values()) {
            if (!missing.facts()) {
                continue;
            }
            Path store = directory.resolve("store-" + missing);
            Snapshot former = open(Fixtures.build(old, store));
            Path partial = copy(today, directory.resolve("partial-" + missing));
            Files.delete(partial.resolve(missing.csv()));
            Fixtures.Built built = Fixtures.build(partial, store);
            Path whole = copy(today, directory.resolve("whole-" + missing));
            Files.copy(
                    old.resolve(missing.csv()),
                    whole.resolve(missing.csv()),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Fixtures.Built expected = Fixtures.build(whole, directory.resolve("reference-" + missing));
            for (Map.Entry<String, String> table : COLUMNS.entrySet()) {
                List<List<String>> rows = rows(expected, table);
                assertFalse(rows.isEmpty(), table.getKey());
                assertSame(rows, rows(built, table), table.getKey() + " without " + missing);
            }
            assertSaid(missing, former.manifest(), open(built).manifest(), built.result());
        }
    }

    /** Names the first row that differs, not thousands. */
    private static void assertSame(List<List<String>> expected, List<List<String>> found, String message) {
        for (int i = 0; i < Math.min(expected.size(), found.size()); i++) {
            assertEquals(expected.get(i), found.get(i), message + ", row " + i);
        }
        assertEquals(expected.size(), found.size(), message);
    }

    private static void assertSaid(DeliveryFile missing, Manifest former, Manifest manifest, IntakeResult result) {
        String file = missing.csv();
        long rows = manifest.rows(missing.word() + ".parquet");
        assertTrue(rows > 0);
        assertEquals(new Manifest.Counts(0, 0, 0, 0, 0, rows), manifest.counts().get(file));
        assertEquals(rows, Objects.requireNonNull(result.files().get(file)).carriedOver());
        assertEquals(LocalDate.of(2026, 9, 30), manifest.factsAsOf(file));
        manifest.counts().forEach((other, count) -> {
            if (!other.equals(file)) {
                assertEquals(0, count.carriedOver(), other);
                assertEquals(LocalDate.of(2026, 10, 14), manifest.factsAsOf(other), other);
            }
        });
        assertEquals(11, manifest.counts().size());
        assertTrue(manifest.synthetic());
        List<String> warnings = result.warnings().stream()
                .filter(warning ->
                        warning.startsWith(file + " is not in the delivery: " + rows + " rows of 2026-09-30"))
                .toList();
        assertEquals(1, warnings.size(), result.warnings().toString());
        assertTrue(warnings.get(0).contains(former.version()), warnings.toString());
    }

    @Test
    void run_personsLeaveAndReturn_theirCarriedFactsDoNot() throws IOException, SQLException {
        String leaver = DeliveryBuilder.person(1870, 1, 1, 1);
        DeliveryBuilder full = facts(DeliveryBuilder.PERSON, leaver);
        Path store = directory.resolve("store");
        assertEquals(List.of("2", "2", "2", "2"), counts(Fixtures.build(full.write(directory.resolve("1")), store)));
        Fixtures.Built left = Fixtures.build(DeliveryBuilder.basic().write(directory.resolve("2")), store);
        assertEquals(List.of("1", "1", "1", "1"), counts(left));
        assertTrue(
                left.result().warnings().stream().anyMatch(warning -> warning.contains("1 others are about subjects")),
                left.result().warnings().toString());
        Path back = DeliveryBuilder.basic()
                .row(DeliveryFile.PERSONS, leaver + ",320508,2026-10-15")
                .write(directory.resolve("3"));
        Fixtures.Built returned = Fixtures.build(back, store);
        assertEquals(2, open(returned).manifest().rows("persons.parquet"));
        assertEquals(List.of("1", "1", "1", "1"), counts(returned), "erased is erased");
        Fixtures.Built again = Fixtures.build(full.write(directory.resolve("4")), store);
        assertEquals(List.of("2", "2", "2", "2"), counts(again), "until they are delivered anew");
    }

    @Test
    void run_sealedTexts_areCarriedAsTheyAre() throws IOException, SQLException {
        Path store = directory.resolve("store");
        Fixtures.build(facts(DeliveryBuilder.PERSON).write(directory.resolve("1")), store);
        Fixtures.Built built = Fixtures.build(DeliveryBuilder.basic().write(directory.resolve("2")), store);
        assertEquals("e-" + DeliveryBuilder.PERSON.length(), opened(built, "consents", "evidence"));
        assertEquals("苏执1号", opened(built, "records", "document_no"));
        assertEquals("REF-0", opened(built, "arrears", "reference"));
    }

    @Test
    void run_personsMissing_judgesTheOtherFilesAgainstTheFormerOnes() throws IOException, SQLException {
        Path store = directory.resolve("store");
        Fixtures.build(facts(DeliveryBuilder.PERSON).write(directory.resolve("1")), store);
        Path delivery = DeliveryBuilder.empty()
                .row(DeliveryFile.TOKENS, "card,A1," + DeliveryBuilder.PERSON)
                .row(DeliveryFile.TOKENS, "card,A2," + DeliveryBuilder.PERSON)
                .row(DeliveryFile.TOKENS, "card,A3," + DeliveryBuilder.STRANGER)
                .row(
                        DeliveryFile.LIST_ENTRIES,
                        "L1,tax-a,organisation," + DeliveryBuilder.ORGANISATION + ",2026-01-01,,r,b,s")
                .write(directory.resolve("2"));
        Fixtures.Built built = Fixtures.build(delivery, store);
        assertEquals(List.of("2", "1", "1", "1"), counts(built));
        IntakeResult.FileCounts tokens =
                Objects.requireNonNull(built.result().files().get("tokens.csv"));
        assertEquals(2, tokens.accepted());
        assertEquals(1, tokens.notEnrolled());
        Manifest manifest = open(built).manifest();
        assertEquals(1, manifest.rows("list_entries.parquet"), "the organisations stand too");
        assertEquals(Map.of("tax-a", 1L), manifest.lists());
    }

    @Test
    void run_kindNeverDelivered_isEmptyAndUndated() throws IOException {
        Path store = directory.resolve("store");
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("1"));
        Fixtures.build(delivery, store);
        Fixtures.Built second = Fixtures.build(delivery, store);
        Manifest manifest = open(second).manifest();
        assertEquals(
                List.of("organisations.csv", "persons.csv"),
                List.copyOf(manifest.factsAsOf().keySet()));
        assertEquals(
                List.of(),
                second.result().warnings().stream()
                        .filter(warning -> warning.contains("stand"))
                        .toList());
    }

    @Test
    void run_factsOfRealPersonsCarried_isNotSynthetic() throws IOException {
        Path store = directory.resolve("store");
        String real = DeliveryBuilder.person(1990, 1, 1, 1);
        Fixtures.Built first =
                Fixtures.build(facts(DeliveryBuilder.PERSON, real).write(directory.resolve("1")), store);
        assertFalse(open(first).manifest().synthetic());
        Fixtures.Built persons = Fixtures.build(DeliveryBuilder.empty().write(directory.resolve("2")), store);
        assertFalse(open(persons).manifest().synthetic(), "the real person stands");
        Fixtures.Built facts = Fixtures.build(DeliveryBuilder.basic().write(directory.resolve("3")), store);
        assertFalse(open(facts).manifest().synthetic(), "facts of the former snapshot stand");
        Path everything = whole(facts(DeliveryBuilder.PERSON)).write(directory.resolve("4"));
        assertTrue(open(Fixtures.build(everything, store)).manifest().synthetic(), "nothing stands");
    }

    @Test
    void run_formerSnapshotUnusable_saysWhatToDoAndAFullDeliveryGoesOn() throws IOException {
        Path store = directory.resolve("store");
        Path full = whole(facts(DeliveryBuilder.PERSON)).write(directory.resolve("1"));
        Path partial = DeliveryBuilder.basic().write(directory.resolve("2"));
        Fixtures.Built first = Fixtures.build(full, store);
        PseudonymKey other = PseudonymKey.ofHex("77".repeat(32));
        SnapshotException wrongKey =
                assertThrows(SnapshotException.class, () -> Fixtures.build(partial, store, other, Fixtures.OPTIONS));
        assertEquals(SnapshotException.Code.WRONG_KEY, wrongKey.code());
        Path tokens = first.snapshot().resolve("tokens.parquet");
        byte[] bytes = Files.readAllBytes(tokens);
        bytes[bytes.length / 2] ^= 1;
        Files.write(tokens, bytes);
        SnapshotException damaged = assertThrows(SnapshotException.class, () -> Fixtures.build(partial, store));
        assertEquals(SnapshotException.Code.CORRUPT, damaged.code());
        for (SnapshotException refused : List.of(wrongKey, damaged)) {
            assertTrue(
                    String.valueOf(refused.getMessage())
                            .endsWith("Deliver every file, activate a good snapshot, or build into another store"),
                    refused.getMessage());
        }
        assertEquals(
                String.valueOf(first.snapshot().getFileName()),
                SnapshotStore.open(store).current());
        assertNotEquals(
                first.snapshot(),
                Fixtures.build(full, store, other, Fixtures.OPTIONS).snapshot());
    }

    @Test
    void run_formerOfAnotherKeyHandedIn_isRefused() throws IOException {
        Fixtures.Built first =
                Fixtures.build(DeliveryBuilder.basic().write(directory.resolve("1")), directory.resolve("store"));
        IntakeOptions over = Fixtures.OPTIONS.over(open(first));
        IntakeException refused = assertThrows(
                IntakeException.class,
                () -> Intake.run(
                        Delivery.open(directory.resolve("1")),
                        Fixtures.VOCABULARY,
                        PseudonymKey.ofHex("77".repeat(32)),
                        Fixtures.AS_OF,
                        Files.createDirectory(directory.resolve("out")),
                        over,
                        Progress.SILENT));
        assertEquals(IntakeException.Code.FORMER_UNUSABLE, refused.code());
    }

    @Test
    void run_unsignedPersonsOfADemonstration_doNotStandOutsideOne() throws IOException {
        Fixtures.Built first =
                Fixtures.build(DeliveryBuilder.basic().write(directory.resolve("1")), directory.resolve("store"));
        IntakeOptions real = new IntakeOptions(false, Channels.NONE, 128L << 20, 1, open(first));
        Path delivery = DeliveryBuilder.empty().write(directory.resolve("2"));
        IntakeException refused = assertThrows(
                IntakeException.class,
                () -> Intake.run(
                        Delivery.open(delivery),
                        Fixtures.VOCABULARY,
                        Fixtures.KEY,
                        Fixtures.AS_OF,
                        Files.createDirectory(directory.resolve("out")),
                        real,
                        Progress.SILENT));
        assertEquals(IntakeException.Code.EVIDENCE_INVALID, refused.code());
    }

    /** One fact of each kind about each person. */
    private static DeliveryBuilder facts(String... persons) {
        DeliveryBuilder builder = DeliveryBuilder.basic();
        int number = 0;
        for (String person : persons) {
            if (!person.equals(DeliveryBuilder.PERSON)) {
                builder.row(DeliveryFile.PERSONS, person + ",320508,2026-01-01");
            }
            builder.row(DeliveryFile.TOKENS, "plate,苏E1234" + number + "," + person)
                    .row(DeliveryFile.CONSENTS, person + ",parking,2026-03-01,,e-" + person.length())
                    .row(
                            DeliveryFile.RECORDS,
                            "r" + number + ",person," + person + ",court-default,,2026-01-01,,,,serious,法院,苏执1号")
                    .row(DeliveryFile.ARREARS, "parking," + person + ",2026-05-01,1250,REF-" + number + ",停车公司");
            number++;
        }
        return builder;
    }

    private static DeliveryBuilder whole(DeliveryBuilder builder) {
        return builder.row(
                DeliveryFile.LIST_ENTRIES,
                "L1,tax-a,organisation," + DeliveryBuilder.ORGANISATION + ",2026-01-01,,r,b,s");
    }

    /** Rows of tokens, consents, records, arrears. */
    private static List<String> counts(Fixtures.Built built) throws SQLException {
        List<String> counts = new ArrayList<>();
        for (String table : List.of("tokens", "consents", "records", "arrears")) {
            counts.add(
                    Fixtures.query("SELECT count(*) FROM '" + built.snapshot().resolve(table + ".parquet") + "'")
                            .get(0)
                            .get(0));
        }
        return counts;
    }

    private static String opened(Fixtures.Built built, String table, String column) throws SQLException {
        String hex = Fixtures.query(
                        "SELECT hex(" + column + ") FROM '" + built.snapshot().resolve(table + ".parquet") + "'")
                .get(0)
                .get(0);
        return Seal.of(Fixtures.KEY, table + "." + column).open(HexFormat.of().parseHex(hex));
    }

    private static List<List<String>> rows(Fixtures.Built built, Map.Entry<String, String> table) throws SQLException {
        return Fixtures.query(
                "SELECT " + table.getValue() + " FROM '" + built.snapshot().resolve(table.getKey() + ".parquet") + "'");
    }

    private static Snapshot open(Fixtures.Built built) {
        return Snapshot.open(built.snapshot(), Trust.of(Fixtures.KEY, null, true));
    }

    private static Path copy(Path from, Path to) throws IOException {
        return thinned(from, to, new Random(0), 0);
    }

    private static Path thinned(Path from, Path to, Random random) throws IOException {
        return thinned(from, to, random, 0.2);
    }

    /** A delivery that has lost a share of its rows. */
    private static Path thinned(Path from, Path to, Random random, double lost) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
                List<String> lines = Files.readAllLines(file);
                List<String> kept = new ArrayList<>(lines.subList(0, 1));
                boolean all = file.endsWith("delivery.csv");
                lines.stream()
                        .skip(1)
                        .filter(line -> all || random.nextDouble() >= lost)
                        .forEach(kept::add);
                Files.write(to.resolve(file.getFileName()), kept);
            }
        }
        return to;
    }

    private static void date(Path delivery, String day) throws IOException {
        Path file = delivery.resolve("delivery.csv");
        Files.writeString(file, Files.readString(file).replaceAll("\\d{4}-\\d{2}-\\d{2}", day));
    }
}
