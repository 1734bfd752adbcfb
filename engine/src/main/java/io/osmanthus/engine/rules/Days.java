package io.osmanthus.engine.rules;

/**
 * Calendar arithmetic on whole days since 1970-01-01, proleptic Gregorian, without objects. Holds for the years 0 … 9999.
 *
 * <p>The civil-from-days and days-from-civil steps are Howard Hinnant's (years begin on 1 March, so that the leap day
 * comes last).
 */
final class Days {
    private static final int DAYS_TO_EPOCH = 719_468;
    private static final int DAYS_PER_ERA = 146_097;

    private Days() {}

    /** The calendar year of a day. */
    static int year(int day) {
        int z = day + DAYS_TO_EPOCH;
        int era = Math.floorDiv(z, DAYS_PER_ERA);
        int dayOfEra = z - era * DAYS_PER_ERA;
        int yearOfEra = yearOfEra(dayOfEra);
        int year = yearOfEra + era * 400;
        return dayOfYear(dayOfEra, yearOfEra) >= 306 ? year + 1 : year;
    }

    /**
     * The same day of the month some months later (or earlier); a day that the month lacks becomes the first of the next.
     * So 29 February some years later is 1 March in a common year.
     */
    static int plusMonths(int day, int months) {
        int z = day + DAYS_TO_EPOCH;
        int era = Math.floorDiv(z, DAYS_PER_ERA);
        int dayOfEra = z - era * DAYS_PER_ERA;
        int yearOfEra = yearOfEra(dayOfEra);
        int dayOfYear = dayOfYear(dayOfEra, yearOfEra);
        int month = (5 * dayOfYear + 2) / 153; // 0 = March
        int dayOfMonth = dayOfYear - (153 * month + 2) / 5;
        int total = (yearOfEra + era * 400) * 12 + month + months;
        // The first of the month after, where the day is lacking, is also the first of the month plus that month's
        // length.
        int first = firstOfMonth(total);
        return first + Math.min(dayOfMonth, firstOfMonth(total + 1) - first);
    }

    /**
     * The first start that still counts on a day: the least {@code start} with {@code plusMonths(start, months) > day}.
     * {@code plusMonths} never falls as its start rises, so a record counts when {@code countsFrom ≤ start ≤ day}.
     */
    static int countsFrom(int day, int months) {
        int start = plusMonths(day, -months);
        while (plusMonths(start, months) > day) {
            start--;
        }
        while (plusMonths(start, months) <= day) {
            start++;
        }
        return start;
    }

    /** The first of a month counted from March of year 0. */
    private static int firstOfMonth(int monthsFromMarch) {
        int year = Math.floorDiv(monthsFromMarch, 12);
        int month = monthsFromMarch - year * 12;
        int era = Math.floorDiv(year, 400);
        int yearOfEra = year - era * 400;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + (153 * month + 2) / 5;
        return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_EPOCH;
    }

    private static int yearOfEra(int dayOfEra) {
        return (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    }

    private static int dayOfYear(int dayOfEra, int yearOfEra) {
        return dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    }
}
