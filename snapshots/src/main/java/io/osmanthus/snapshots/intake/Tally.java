package io.osmanthus.snapshots.intake;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts of one file, as it is read. For one thread. */
final class Tally {
    long read;
    long accepted;
    long notEnrolled;
    long quarantined;
    long flagged;
    long fieldsRequired;
    long fieldsGiven;
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private final @Nullable Map<String, Tally> bySource;

    /**
     * A tally.
     *
     * @param bySource whether to count each source of the file's rows on its own as well
     */
    Tally(boolean bySource) {
        this.bySource = bySource ? new HashMap<>() : null;
    }

    boolean countsSources() {
        return bySource != null;
    }

    /** The tally of one source, or null where sources are not told apart. */
    @Nullable
    Tally source(String source) {
        return bySource == null ? null : bySource.computeIfAbsent(source, name -> new Tally(false));
    }

    void reject(Reason reason) {
        quarantined++;
        reasons.merge(reason, 1L, Long::sum);
    }

    IntakeResult.FileCounts counts(long masked) {
        return new IntakeResult.FileCounts(
                read, accepted, quarantined, notEnrolled, flagged, masked, 0, Map.copyOf(reasons));
    }
}
