package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot under another key holds what a build with that key would, and nothing of the old key. */
final class RekeyTest {
    private static final PseudonymKey NEXT = PseudonymKey.ofHex("a7".repeat(PseudonymKey.KEY_BYTES));

    /** Columns of sealed texts, by file; every sealing differs. */
    private static final Map<String, String> SEALED =
            Map.of("consents", "evidence", "records", "document_no", "arrears", "reference");

    @TempDir
    Path directory = Path.of("");

    @Test
    void run_city_equalsABuildWithTheNewKeyAndLeavesNothingOfTheOld() throws IOException, SQLException {
        Path delivery = directory.resolve("delivery");
        new City(5_000, 4_000, 2020, Fixtures.AS_OF).generate(delivery, Progress.SILENT);
        Path store = directory.resolve("store");
        Fixtures.Built old = Fixtures.build(delivery, store);
        Fixtures.Built expected = Fixtures.build(delivery, directory.resolve("expected"), NEXT, Fixtures.OPTIONS);
        Rekey.Result result = rekey(delivery, store);
        assertEquals(0, result.personsDropped());
        assertEquals(0, result.tokensDropped());
        Path rekeyed = SnapshotStore.open(store).path(SnapshotStore.open(store).current());
        Snapshot snapshot = Snapshot.open(rekeyed, Trust.of(NEXT, null, true));
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> Snapshot.open(rekeyed, Trust.of(Fixtures.KEY, null, true)));
        assertEquals(SnapshotException.Code.WRONG_KEY, refused.code());
        assertTrue(snapshot.manifest().synthetic());
        for (String file : snapshot.manifest().files().keySet()) {
            if (file.endsWith(".parquet")) {
                String columns = columns(file.replace(".parquet", ""));
                assertEquals(
                        rows(expected.snapshot(), file, columns), rows(rekeyed, file, columns), file + " is another");
            }
        }
        assertNothingOld(old.snapshot(), rekeyed);
        assertSealedUnderTheNewKeyOnly(expected.snapshot(), rekeyed);
    }

    /** Numbers of acts follow the order of their keyed hashes: which is which within a person says nothing. */
    private static String columns(String table) {
        String sealed = SEALED.get(table);
        String act = table.equals("records") ? ", act > 0 AS act" : "";
        return sealed == null ? "*" : "* REPLACE (" + sealed + " IS NULL AS " + sealed + act + ")";
    }

    private static void assertNothingOld(Path old, Path rekeyed) throws SQLException {
        for (String[] column : new String[][] {
            {"persons", "person_high"},
            {"persons", "person_low"},
            {"tokens", "token_high"},
            {"tokens", "token_low"},
            {"organisations", "uscc_high"},
            {"organisations", "uscc_low"},
            {"arrears", "reference_high"},
            {"arrears", "reference_low"}
        }) {
            Set<List<String>> before = new HashSet<>(rows(old, column[0] + ".parquet", column[1]));
            assertFalse(before.isEmpty());
            for (List<String> value : rows(rekeyed, column[0] + ".parquet", column[1])) {
                assertFalse(before.contains(value), column[0] + "." + column[1] + " holds an old value");
            }
        }
        for (Map.Entry<String, String> column : SEALED.entrySet()) {
            String hex = "hex(" + column.getValue() + ")";
            Set<List<String>> before = new HashSet<>(rows(old, column.getKey() + ".parquet", hex));
            before.remove(List.of(""));
            for (List<String> value : rows(rekeyed, column.getKey() + ".parquet", hex)) {
                assertFalse(before.contains(value), column + " holds an old sealed text");
            }
        }
    }

    private static void assertSealedUnderTheNewKeyOnly(Path expected, Path rekeyed) throws SQLException {
        for (Map.Entry<String, String> column : SEALED.entrySet()) {
            String kind = column.getKey() + "." + column.getValue();
            String file = column.getKey() + ".parquet";
            String hex = "hex(" + column.getValue() + ")";
            List<List<String>> wanted = rows(expected, file, hex);
            List<List<String>> found = rows(rekeyed, file, hex);
            int opened = 0;
            for (int i = 0; i < found.size(); i++) {
                if (found.get(i).get(0).isEmpty()) {
                    continue;
                }
                byte[] sealed = HexFormat.of().parseHex(found.get(i).get(0));
                assertThrows(IllegalArgumentException.class, () -> Seal.of(Fixtures.KEY, kind)
                        .open(sealed));
                // Rows that are alike in all but the sealed text may stand in any order.
                String text = Seal.of(NEXT, kind).open(sealed);
                assertFalse(text.isEmpty());
                if (column.getKey().equals("arrears")) {
                    byte[] other = HexFormat.of().parseHex(wanted.get(i).get(0));
                    assertEquals(Seal.of(NEXT, kind).open(other), text);
                }
                if (++opened == 200) {
                    break;
                }
            }
            assertTrue(opened > 0, kind);
        }
    }

    @Test
    void run_personsNoLongerDelivered_areLeftBehindAndCounted() throws IOException, SQLException {
        Path store = directory.resolve("store");
        String second = DeliveryBuilder.person(1883, 5, 5, 5);
        Fixtures.build(
                facts().row(DeliveryFile.PERSONS, second + ",320508,2026-01-01")
                        .row(DeliveryFile.TOKENS, "plate,苏E54321," + second)
                        .write(directory.resolve("two")),
                store);
        Path one = facts().write(directory.resolve("one"));
        Rekey.Result result = rekey(one, store);
        assertEquals(
                List.of(2L, 1L, 2L, 1L),
                List.of(result.persons(), result.personsDropped(), result.tokens(), result.tokensDropped()));
        assertTrue(result.tooManyDropped());
        Path rekeyed = SnapshotStore.open(store).path(SnapshotStore.open(store).current());
        assertEquals(List.of(List.of("1")), rows(rekeyed, "tokens.parquet", "count(*)"));
        IntakeException missing = assertThrows(
                IntakeException.class,
                () -> rekey(DeliveryBuilder.empty().write(directory.resolve("none")), directory.resolve("store")));
        assertTrue(String.valueOf(missing.getMessage()).contains("persons.csv"), missing.getMessage());
    }

    private static DeliveryBuilder facts() {
        return DeliveryBuilder.basic()
                .row(DeliveryFile.TOKENS, "plate,苏e-1 2345," + DeliveryBuilder.PERSON.toLowerCase(Locale.ROOT));
    }

    /** Re-keys the current snapshot, from whichever of the two keys it has to the other. */
    private static Rekey.Result rekey(Path delivery, Path store) {
        SnapshotStore opened = SnapshotStore.open(store);
        boolean forth = opened.manifest(opened.current()).keyFingerprint().equals(Fixtures.KEY.fingerprint());
        PseudonymKey from = forth ? Fixtures.KEY : NEXT;
        PseudonymKey to = forth ? NEXT : Fixtures.KEY;
        try (SnapshotBuild build = opened.begin()) {
            Snapshot former = Snapshot.open(opened.path(opened.current()), Trust.of(from, null, true));
            Rekey.Result result = Rekey.run(
                    Delivery.open(delivery), former, from, to, build.directory(), Fixtures.OPTIONS, Progress.SILENT);
            build.publish(result.content(), null);
            return result;
        }
    }

    private static List<List<String>> rows(Path snapshot, String file, String columns) throws SQLException {
        assertTrue(Files.exists(snapshot.resolve(file)), file);
        return Fixtures.query("SELECT " + columns + " FROM '" + snapshot.resolve(file) + "'");
    }
}
