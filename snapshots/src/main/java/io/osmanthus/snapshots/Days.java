package io.osmanthus.snapshots;

/** Calendar days as days since 1970-01-01, without objects: what a row loop of ten million dates needs. Stateless. */
public final class Days {
    /** A date that is not given. */
    public static final int NONE = Integer.MIN_VALUE;

    /** A text that is no date. */
    public static final int MALFORMED = Integer.MIN_VALUE + 1;

    /** Length of {@code YYYY-MM-DD}. */
    public static final int LENGTH = 10;

    private static final int[] MONTH_DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    private Days() {}

    /** A real day of the Gregorian calendar of the years 1 to 9999, or {@link #MALFORMED}. */
    public static int of(int year, int month, int day) {
        if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > length(year, month)) {
            return MALFORMED;
        }
        // Days from civil: years begin in March, so that the leap day is the last of its year.
        int marchYear = month <= 2 ? year - 1 : year;
        int era = marchYear / 400;
        int yearOfEra = marchYear - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }

    /** The day written strictly as {@code YYYY-MM-DD}; {@link #NONE} if empty, else {@link #MALFORMED}. */
    public static int parse(CharSequence text) {
        if (text.length() == 0) {
            return NONE;
        }
        if (text.length() != LENGTH || text.charAt(4) != '-' || text.charAt(7) != '-') {
            return MALFORMED;
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        return year < 0 || month < 0 || day < 0 ? MALFORMED : of(year, month, day);
    }

    private static int number(CharSequence text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }

    private static int length(int year, int month) {
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 2 && leap ? 29 : MONTH_DAYS[month - 1];
    }
}
