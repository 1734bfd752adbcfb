package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.SnapshotBuild;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What intake made of a delivery. Immutable.
 *
 * @param files per file that was delivered or carried over ({@code records.csv} stands for all formats), in the order of reading
 * @param quality one row for each of {@code delivery.csv}
 * @param warnings what an operator should hear, a line each
 * @param content what the manifest is to say
 */
public record IntakeResult(
        LocalDate asOf,
        Map<String, FileCounts> files,
        List<Quality> quality,
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

    /**
     * The figures of one row of {@code delivery.csv}, as counts; rates are computed from them.
     *
     * @param provided rows that the source says it hands over, or null
     * @param collected rows read, or null where the file does not tell its sources apart
     * @param stored rows accepted
     */
    public record Quality(
            String source,
            String file,
            @Nullable Long provided,
            @Nullable Long collected,
            @Nullable Long stored,
            @Nullable Long fieldsRequired,
            @Nullable Long fieldsGiven) {}

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
        root.put("quality", quality.stream().map(IntakeResult::toJson).toList());
        return root;
    }

    private static Map<String, @Nullable Object> toJson(Quality quality) {
        Map<String, @Nullable Object> late = new LinkedHashMap<>();
        late.put("working_days_5", null);
        late.put("calendar_days_5", null);
        late.put("working_days_7", null);
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("source", quality.source());
        row.put("district", null);
        row.put("file", quality.file());
        row.put("month", null);
        row.put("provided", quality.provided());
        row.put("collected", quality.collected());
        row.put("stored", quality.stored());
        row.put("fields_required", quality.fieldsRequired());
        row.put("fields_given", quality.fieldsGiven());
        row.put("late", late);
        return row;
    }
}
