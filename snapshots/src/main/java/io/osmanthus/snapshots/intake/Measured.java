package io.osmanthus.snapshots.intake;

/** Where a row counts in the quality figures, and whether it came late (迟报). Reused from row to row; for one thread. */
final class Measured {
    /** No district, or no month: the row counts in its file's totals only. */
    static final int NONE = -1;

    /** Index of the district, or {@link #NONE}. */
    int district = NONE;

    /** Months since the year 0, or {@link #NONE}. */
    int month = NONE;

    boolean lateByFiveWorkingDays;
    boolean lateByFiveDays;
    boolean lateBySevenWorkingDays;

    void clear() {
        district = NONE;
        month = NONE;
        lateByFiveWorkingDays = false;
        lateByFiveDays = false;
        lateBySevenWorkingDays = false;
    }
}
