package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.QualityFigure;
import io.osmanthus.snapshots.SnapshotBuild;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What intake made of a delivery. Immutable.
 *
 * @param files per file that was delivered or carried over ({@code records.csv} stands for all formats), in the order of reading
 * @param quality one row for each of {@code delivery.csv}, and behind it those of its districts and months
 * @param concealment per authority of {@code reference.csv}, what it lists and what of it is disclosed; null without one
 * @param warnings what an operator should hear, a line each
 * @param content what the manifest is to say
 */
public record IntakeResult(
        LocalDate asOf,
        Map<String, FileCounts> files,
        List<QualityFigure> quality,
        @Nullable List<QualityFigure> concealment,
        List<String> warnings,
        SnapshotBuild.Content content) {

    /**
     * What became of the rows of one file.
     *
     * @param flagged accepted rows whose organisation code has a wrong check character
     * @param masked ids and telephone numbers masked in free texts
     * @param carriedOver rows of the last snapshot that stand because the file was not delivered; then nothing was read
     */
    public record FileCounts(
            long read,
            long accepted,
            long quarantined,
            long notEnrolled,
            long flagged,
            long masked,
            long carriedOver,
            Map<Reason, Long> reasons) {
        /** The same for the manifest. */
        Manifest.Counts counts() {
            return new Manifest.Counts(read, accepted, quarantined, notEnrolled, flagged, carriedOver);
        }
    }

    /** Rows in quarantine, over all files. */
    public long quarantined() {
        return files.values().stream().mapToLong(FileCounts::quarantined).sum();
    }

    /** The object that {@code build --json} prints, as maps, lists, numbers and texts. */
    public Map<String, @Nullable Object> toJson(String snapshot) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("snapshot", snapshot);
        root.put("as_of", asOf.toString());
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        files.forEach((file, counts) -> {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("read", counts.read());
            one.put("accepted", counts.accepted());
            one.put("quarantined", counts.quarantined());
            one.put("not_enrolled", counts.notEnrolled());
            one.put("flagged", counts.flagged());
            one.put("carried_over", counts.carriedOver());
            one.put("reasons", new TreeMap<>(counts.reasons()));
            all.put(file, one);
        });
        root.put("files", all);
        root.putAll(figuresToJson(quality, concealment));
        return root;
    }

    /** The quality figures as {@code build --json} and {@code quality --json} print them. */
    public static Map<String, @Nullable Object> figuresToJson(
            List<QualityFigure> quality, @Nullable List<QualityFigure> concealment) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("quality", quality.stream().map(IntakeResult::toJson).toList());
        root.put("concealment", concealment == null ? null : concealed(concealment));
        return root;
    }

    /** Decisions that an independent list knows and nobody disclosed (瞒报). */
    private static Map<String, @Nullable Object> concealed(List<QualityFigure> authorities) {
        long listed = 0;
        long missing = 0;
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (QualityFigure authority : authorities) {
            long known = Objects.requireNonNull(authority.provided());
            long concealed = known - Objects.requireNonNull(authority.stored());
            listed += known;
            missing += concealed;
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("authority", authority.source());
            row.put("listed", known);
            row.put("missing", concealed);
            rows.add(row);
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("listed", listed);
        all.put("missing", missing);
        all.put("authorities", rows);
        return all;
    }

    private static Map<String, @Nullable Object> toJson(QualityFigure figure) {
        QualityFigure.Late counts = figure.late();
        Map<String, @Nullable Object> late = new LinkedHashMap<>();
        late.put("working_days_5", counts == null ? null : counts.workingDays5());
        late.put("calendar_days_5", counts == null ? null : counts.calendarDays5());
        late.put("working_days_7", counts == null ? null : counts.workingDays7());
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("source", figure.source());
        row.put("district", figure.district());
        row.put("file", figure.file());
        row.put("month", figure.month());
        row.put("provided", figure.provided());
        row.put("collected", figure.collected());
        row.put("stored", figure.stored());
        row.put("fields_required", figure.fieldsRequired());
        row.put("fields_given", figure.fieldsGiven());
        row.put("late", late);
        return row;
    }
}
