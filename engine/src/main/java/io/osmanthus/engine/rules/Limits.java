package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Regimes;
import java.time.LocalDate;
import java.util.List;

/** The dated limits that an answer reads, by epoch day and without objects. The limit in force on the day asked about holds. */
final class Limits {
    private final int[] from;
    private final int[] consentMonthsMax;
    private final int[] arrearsMonthsMax;

    Limits(Regimes regimes) {
        List<LocalDate> days = regimes.changes();
        from = days.stream().mapToInt(day -> (int) day.toEpochDay()).toArray();
        consentMonthsMax =
                days.stream().mapToInt(day -> 12 * regimes.consentYearsMax(day)).toArray();
        arrearsMonthsMax = days.stream().mapToInt(regimes::arrearsMonthsMax).toArray();
    }

    int consentMonthsMax(int day) {
        return consentMonthsMax[at(day)];
    }

    int arrearsMonthsMax(int day) {
        return arrearsMonthsMax[at(day)];
    }

    /** The first change after a day, or Integer.MAX_VALUE. */
    int nextChange(int day) {
        for (int one : from) {
            if (one > day) {
                return one;
            }
        }
        return Integer.MAX_VALUE;
    }

    private int at(int day) {
        int at = 0;
        while (at + 1 < from.length && from[at + 1] <= day) {
            at++;
        }
        return at;
    }
}
