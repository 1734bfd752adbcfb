package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.QualityFigure;
import io.osmanthus.snapshots.QualityFigure.Late;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of a delivery against what can be counted by hand. */
final class QualityTest {
    private static final String PARK = DeliveryBuilder.organisation("11320594X0000002");
    private static final String CITY = DeliveryBuilder.organisation("11320500X0000002");

    @TempDir
    Path directory = Path.of("");

    @Test
    void run_disclosures_areCountedByMonthAndDistrict() throws IOException {
        IntakeResult result = build(DeliveryBuilder.basic()
                .row(DeliveryFile.DELIVERY, "行政审批局,permits.csv,8,2026-10-14")
                // Late by none, by five days only, by five working days too, by all three.
                .row(DeliveryFile.PERMITS, permit(1, "2020-01-20", "2020-01-25", DisclosureRows.AUTHORITY))
                .row(DeliveryFile.PERMITS, permit(2, "2020-01-20", "2020-02-04", DisclosureRows.AUTHORITY))
                .row(DeliveryFile.PERMITS, permit(3, "2020-01-20", "2020-02-06", DisclosureRows.AUTHORITY))
                .row(DeliveryFile.PERMITS, permit(4, "2026-09-25", "2026-10-13", PARK))
                .row(DeliveryFile.PERMITS, permit(5, "2026-09-25", "2026-10-12", CITY))
                // Quarantined, but read: it counts as collected, in its month.
                .row(DeliveryFile.PERMITS, permit(5, "2026-09-25", "2026-09-26", CITY))
                // No day of decision: in the total only.
                .row(DeliveryFile.PERMITS, permit(6, "2026-09-31", "2026-10-12", CITY)));
        assertEquals(
                List.of(
                        figure(null, null, 8L, 7, 5, 112, 112, new Late(3, 4, 1)),
                        figure("320508", "2020-01", null, 3, 3, 48, 48, new Late(1, 2, 0)),
                        figure(null, "2026-09", null, 2, 1, 32, 32, new Late(1, 1, 0)),
                        figure("320576", "2026-09", null, 1, 1, 16, 16, new Late(1, 1, 1))),
                result.quality().subList(1, 5));
    }

    @Test
    void run_incompleteRows_standAndCountAsIncomplete() throws IOException {
        IntakeResult result = build(DeliveryBuilder.basic()
                .row(DeliveryFile.DELIVERY, "行政审批局,penalties.csv,,2026-10-14")
                .row(
                        DeliveryFile.PENALTIES,
                        DisclosureRows.of(DeliveryFile.PENALTIES, "CF_SY", "", "CF_SJLY", "", "CF_NR_FK", "")));
        QualityFigure total = result.quality().get(1);
        assertNull(total.provided());
        assertEquals(1L, total.stored());
        assertEquals(15L, total.fieldsRequired());
        assertEquals(13L, total.fieldsGiven());
    }

    @Test
    void run_actNotPublished_isLateOnceItsDayHasPassed() throws IOException {
        DeliveryFile acts = DeliveryFile.ADMINISTRATIVE_ACTS;
        IntakeResult result = build(DeliveryBuilder.basic()
                .row(DeliveryFile.DELIVERY, "行政审批局,administrative_acts.csv,2,2026-10-14")
                .row(acts, DisclosureRows.of(acts, "act_no", "1", "published_on", ""))
                .row(acts, DisclosureRows.of(acts, "act_no", "2", "published_on", "", "decided_on", "2026-10-14")));
        assertEquals(new Late(1, 1, 1), result.quality().get(1).late());
        IntakeResult commitments = build(DeliveryBuilder.basic()
                .row(DeliveryFile.DELIVERY, "行政审批局,commitments.csv,1,2026-10-14")
                .row(DeliveryFile.COMMITMENTS, DisclosureRows.of(DeliveryFile.COMMITMENTS)));
        assertNull(commitments.quality().get(1).late(), "nothing says when it was reported");
    }

    @Test
    void run_severalSources_haveTheirOwnCells() throws IOException {
        IntakeResult result = build(DeliveryBuilder.basic()
                .row(DeliveryFile.DELIVERY, "行政审批局,permits.csv,1,2026-10-14")
                .row(DeliveryFile.DELIVERY, "市监局,permits.csv,2,2026-10-14")
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS))
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_WSH", "2", "XK_LYDW", "市监局"))
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_WSH", "3", "XK_LYDW", "不在册")));
        List<QualityFigure> figures = result.quality();
        assertEquals(5, figures.size());
        for (int i : new int[] {1, 3}) {
            assertEquals(1L, figures.get(i).collected());
            assertEquals(1L, figures.get(i + 1).collected());
            assertEquals("2026-09", figures.get(i + 1).month());
            assertEquals(figures.get(i).source(), figures.get(i + 1).source());
        }
    }

    @Test
    void run_reference_saysWhatWasNotDisclosed() throws IOException {
        DeliveryBuilder delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_WSH", "许1号"))
                .row(DeliveryFile.PENALTIES, DisclosureRows.of(DeliveryFile.PENALTIES, "CF_WSH", "罚1号"))
                .row(
                        DeliveryFile.PENALTIES,
                        DisclosureRows.of(DeliveryFile.PENALTIES, "CF_WSH", "罚2号", "SEVERITY", "x"));
        assertNull(build(delivery).concealment());
        IntakeResult result = build(delivery.row(DeliveryFile.REFERENCE, "姑苏区行政审批局,许1号")
                .row(DeliveryFile.REFERENCE, DisclosureRows.AUTHORITY + ",罚1号")
                .row(DeliveryFile.REFERENCE, DisclosureRows.AUTHORITY + ",罚2号")
                .row(DeliveryFile.REFERENCE, DisclosureRows.AUTHORITY + ",罚2号")
                .row(DeliveryFile.REFERENCE, "另一机关,许1号")
                .row(DeliveryFile.REFERENCE, "另一机关,"));
        List<QualityFigure> concealment = Objects.requireNonNull(result.concealment());
        assertEquals(3, concealment.size());
        String json = String.valueOf(result.toJson("x").get("concealment"));
        assertTrue(json.startsWith("{listed=4, missing=2, "), json);
        IntakeResult.FileCounts counts = Objects.requireNonNull(result.files().get("reference.csv"));
        assertEquals(6, counts.read());
        assertEquals(1, counts.quarantined());
    }

    @Test
    void read_snapshot_givesTheFiguresOfItsDelivery() throws IOException {
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.DELIVERY, "行政审批局,permits.csv,1,2026-10-14")
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS))
                .row(DeliveryFile.REFERENCE, "姑苏区行政审批局,许1号")
                .write(directory.resolve("kept"));
        Fixtures.Built built = Fixtures.build(delivery, directory.resolve("kept-store"));
        List<QualityFigure> read =
                QualityFigure.read(Snapshot.open(built.snapshot(), Trust.of(Fixtures.KEY, null, true)));
        assertEquals(built.result().quality(), read.subList(0, 3));
        assertEquals(built.result().concealment(), read.subList(3, 4));
    }

    @Test
    void percent_bulletin_isAsPublished() {
        // 2024-02 bulletin of another province: 128,854 rows, late 0.34 %; permits 9,220 late 3.6 %; penalties 119,634
        // late 0.08 %.
        long permitsLate = 332;
        long penaltiesLate = 96;
        assertEquals("3.60", QualityFigure.percent(permitsLate, 9_220L));
        assertEquals("0.08", QualityFigure.percent(penaltiesLate, 119_634L));
        assertEquals("0.33", QualityFigure.percent(permitsLate + penaltiesLate, 9_220L + 119_634L));
        assertNull(QualityFigure.percent(0L, 0L));
        assertNull(QualityFigure.percent(1L, null));
    }

    private IntakeResult build(DeliveryBuilder builder) throws IOException {
        return Fixtures.build(builder.write(directory.resolve("delivery")), directory.resolve("store"))
                .result();
    }

    private static String permit(int number, String decided, String reported, String authority) {
        return DisclosureRows.of(
                DeliveryFile.PERMITS,
                "XK_WSH",
                "许" + number + "号",
                "XK_JDRQ",
                decided,
                "SBRQ",
                reported,
                "XK_XKJGDM",
                authority);
    }

    private static QualityFigure figure(
            @Nullable String district,
            @Nullable String month,
            @Nullable Long provided,
            long collected,
            long stored,
            long required,
            long given,
            Late late) {
        return new QualityFigure(
                "行政审批局", "permits.csv", district, month, provided, collected, stored, required, given, late);
    }
}
