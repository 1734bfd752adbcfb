package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotDiff;
import io.osmanthus.snapshots.SnapshotDiff.District;
import io.osmanthus.snapshots.SnapshotDiff.Kind;
import io.osmanthus.snapshots.SnapshotDiff.ListChange;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changed from one small city to the next, each number known beforehand. */
final class SnapshotDiffTest {
    private static final String LEFT = DeliveryBuilder.organisation("91320508X0000002");
    private static final String CAME = DeliveryBuilder.organisation("91320508X0000003");
    private static final String REST = ",enterprise,320508,C,2020-01-01,active";

    @TempDir
    Path directory = Path.of("");

    @Test
    void between_knownChanges_countsEach() throws IOException {
        // 60 persons, of whom 30 leave and 40 others come; 25 of those who stay move.
        Snapshot a = snapshot(
                "a",
                Fixtures.KEY,
                city(0, 60, 0)
                        .row(DeliveryFile.ORGANISATIONS, LEFT + ",乙" + REST)
                        .row(DeliveryFile.LIST_ENTRIES, entry("L1", "tax-a", DeliveryBuilder.ORGANISATION, "r"))
                        .row(DeliveryFile.LIST_ENTRIES, entry("L2", "tax-a", LEFT, "r"))
                        .row(DeliveryFile.PENALTIES, DisclosureRows.of(DeliveryFile.PENALTIES))
                        .row(DeliveryFile.PENALTIES, DisclosureRows.of(DeliveryFile.PENALTIES, "CF_WSH", "罚2号"))
                        .row(
                                DeliveryFile.RECORDS,
                                "o1,organisation," + DeliveryBuilder.ORGANISATION
                                        + ",penalty-minor,,2026-01-01,,,,,市监局,罚1号"));
        Snapshot b = snapshot(
                "b",
                Fixtures.KEY,
                city(30, 100, 55)
                        .row(DeliveryFile.ORGANISATIONS, CAME + ",丙" + REST)
                        .row(DeliveryFile.LIST_ENTRIES, entry("L1", "tax-a", DeliveryBuilder.ORGANISATION, "another"))
                        .row(DeliveryFile.LIST_ENTRIES, entry("L3", "tax-a", CAME, "r"))
                        .row(DeliveryFile.PENALTIES, DisclosureRows.of(DeliveryFile.PENALTIES, "SEVERITY", "minor"))
                        .row(DeliveryFile.COMMITMENTS, DisclosureRows.of(DeliveryFile.COMMITMENTS))
                        .row(
                                DeliveryFile.RECORDS,
                                "o1,organisation," + DeliveryBuilder.ORGANISATION
                                        + ",penalty-minor,,2026-01-01,,,,,市监局,罚2号"));
        SnapshotDiff diff = SnapshotDiff.between(a, b);
        assertEquals(
                List.of(
                        new Kind("persons", 60L, 70L, 40L, 30L, 30L),
                        new Kind("tokens", 60L, 70L, 40L, 30L, null),
                        new Kind("consents", 60L, 70L, 40L, 30L, null),
                        new Kind("person_records", 60L, 70L, 40L, 30L, 30L),
                        new Kind("arrears", null, null, null, null, null),
                        new Kind("organisations", 2L, 2L, 1L, 1L, 0L),
                        new Kind("organisation_records", 1L, 1L, 0L, 0L, 1L),
                        new Kind("list_entries", 2L, 2L, 1L, 1L, 1L),
                        new Kind("permits", 0L, 0L, 0L, 0L, 0L),
                        new Kind("penalties", 2L, 1L, 0L, 1L, 1L),
                        new Kind("administrative_acts", 0L, 0L, 0L, 0L, 0L),
                        new Kind("commitments", 0L, 1L, 1L, 0L, 0L)),
                diff.kinds());
        assertEquals(
                List.of(
                        // 25 who moved; then the others and the organisations
                        new District(320507, null, 30L, 0, 0), new District(320508, 60L, 50L, 2, 2)),
                diff.districts());
        assertEquals(List.of(new ListChange("tax-a", 2, 2, 1, 1)), diff.lists());
    }

    @Test
    void between_aSnapshotAndItself_hasNoChange() throws IOException {
        Snapshot a = snapshot("a", Fixtures.KEY, city(0, 60, 0));
        for (Kind kind : SnapshotDiff.between(a, a).kinds()) {
            assertEquals(kind.a(), kind.b(), kind.kind());
            for (Long change : new Long[] {kind.added(), kind.removed(), kind.changed()}) {
                assertEquals(0, change == null ? 0 : change, kind.kind());
            }
        }
    }

    @Test
    void between_otherKeys_isRefused() throws IOException {
        Snapshot a = snapshot("a", Fixtures.KEY, city(0, 1, 0));
        Snapshot b = snapshot("b", PseudonymKey.ofHex("77".repeat(32)), city(0, 1, 0));
        SnapshotException refused = assertThrows(SnapshotException.class, () -> SnapshotDiff.between(a, b));
        assertEquals(SnapshotException.Code.WRONG_KEY, refused.code());
    }

    /** Persons {@code from … to - 1}, each with a token, a consent and a record; those below {@code moved} elsewhere. */
    private static DeliveryBuilder city(int from, int to, int moved) {
        DeliveryBuilder builder = DeliveryBuilder.empty();
        builder.row(DeliveryFile.ORGANISATIONS, DeliveryBuilder.ORGANISATION + ",甲" + REST);
        for (int i = from; i < to; i++) {
            String person = DeliveryBuilder.person(1860, 1, 1, i + 1);
            String district = i < moved ? "320507" : "320508";
            builder.row(DeliveryFile.PERSONS, person + "," + district + ",2026-01-01")
                    .row(DeliveryFile.TOKENS, "card,A" + i + "," + person)
                    .row(DeliveryFile.CONSENTS, person + ",parking,2026-03-01,,e1")
                    .row(
                            DeliveryFile.RECORDS,
                            "r" + i + ",person," + person + ",volunteer-hours,,2026-01-01,,," + (i < moved ? 2 : 1)
                                    + ",,团市委,");
        }
        return builder;
    }

    private static String entry(String id, String list, String organisation, String reason) {
        return id + "," + list + ",organisation," + organisation + ",2026-01-01,," + reason + ",b,s";
    }

    private Snapshot snapshot(String name, PseudonymKey key, DeliveryBuilder delivery) throws IOException {
        Fixtures.Built built = Fixtures.build(
                delivery.write(directory.resolve(name)), directory.resolve("store-" + name), key, Fixtures.OPTIONS);
        return Snapshot.open(built.snapshot(), Trust.of(key, null, true));
    }
}
