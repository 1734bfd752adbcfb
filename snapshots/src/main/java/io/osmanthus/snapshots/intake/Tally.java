package io.osmanthus.snapshots.intake;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts of one file, of one of its sources, or of one district and month, as it is read. For one thread. */
final class Tally {
    long read;
    long accepted;
    long notEnrolled;
    long quarantined;
    long flagged;
    long fieldsRequired;
    long fieldsGiven;
    long lateByFiveWorkingDays;
    long lateByFiveDays;
    long lateBySevenWorkingDays;
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private final Map<String, Tally> bySource = new LinkedHashMap<>();
    private final Map<Cell, Tally> cells = new TreeMap<>();

    /**
     * A district and a month; in the order of months.
     *
     * @param month months since the year 0
     * @param district index of the district, or {@link Measured#NONE}
     */
    record Cell(int month, int district) implements Comparable<Cell> {
        @Override
        public int compareTo(Cell other) {
            return month == other.month
                    ? Integer.compare(district, other.district)
                    : Integer.compare(month, other.month);
        }
    }

    Tally() {}

    /**
     * A tally of a file.
     *
     * @param sources which sources of the file's rows are counted on their own as well; empty for none
     */
    Tally(Set<String> sources) {
        sources.forEach(source -> bySource.put(source, new Tally()));
    }

    boolean countsSources() {
        return !bySource.isEmpty();
    }

    /** The tally of one source, or null where it is not counted on its own. */
    @Nullable
    Tally source(String source) {
        return bySource.get(source);
    }

    Tally cell(Cell cell) {
        return cells.computeIfAbsent(cell, key -> new Tally());
    }

    Map<Cell, Tally> cells() {
        return cells;
    }

    /** Counts what became of a row that has been read. */
    void count(RowJudge.Verdict verdict, Reason reason, Measured measured) {
        switch (verdict) {
            case ACCEPTED -> accepted++;
            case NOT_ENROLLED -> notEnrolled++;
            case QUARANTINED -> {
                quarantined++;
                reasons.merge(reason, 1L, Long::sum);
            }
        }
        lateByFiveWorkingDays += measured.lateByFiveWorkingDays ? 1 : 0;
        lateByFiveDays += measured.lateByFiveDays ? 1 : 0;
        lateBySevenWorkingDays += measured.lateBySevenWorkingDays ? 1 : 0;
    }

    IntakeResult.FileCounts counts(long masked) {
        return new IntakeResult.FileCounts(
                read, accepted, quarantined, notEnrolled, flagged, masked, 0, Map.copyOf(reasons));
    }
}
