package io.osmanthus.snapshots;

/**
 * Citizen ids (公民身份号码, GB 11643): 17 digits and a check character by ISO 7064 MOD 11-2, with the day of birth in
 * characters 7–14. Stateless.
 */
public final class CitizenIds {
    /** Length of an id in characters. */
    public static final int LENGTH = 18;

    /** The first year of birth that intake accepts. */
    public static final int BIRTH_YEAR_MIN = 1850;

    private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String CHECKS = "10X98765432";
    private static final int BIRTH = 6;

    private CitizenIds() {}

    /** Whether the characters from {@code at} on are 17 digits and a digit or {@code X}; a lower-case x counts as X. */
    public static boolean shaped(CharSequence text, int at) {
        if (at < 0 || text.length() - at < LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH - 1; i++) {
            if (!digit(text.charAt(at + i))) {
                return false;
            }
        }
        char last = text.charAt(at + LENGTH - 1);
        return digit(last) || last == 'X' || last == 'x';
    }

    /** Whether the check character of a {@linkplain #shaped shaped} id is right. */
    public static boolean checked(CharSequence text, int at) {
        int sum = 0;
        for (int i = 0; i < WEIGHTS.length; i++) {
            sum += WEIGHTS[i] * (text.charAt(at + i) - '0');
        }
        char last = text.charAt(at + LENGTH - 1);
        return CHECKS.charAt(sum % CHECKS.length()) == (last == 'x' ? 'X' : last);
    }

    /** The day of birth of a {@linkplain #shaped shaped} id in days since 1970, or {@link Days#MALFORMED}. */
    public static int birthday(CharSequence text, int at) {
        int year = 0;
        for (int i = 0; i < 4; i++) {
            year = year * 10 + text.charAt(at + BIRTH + i) - '0';
        }
        int month = two(text, at + BIRTH + 4);
        int day = two(text, at + BIRTH + 6);
        return year < BIRTH_YEAR_MIN ? Days.MALFORMED : Days.of(year, month, day);
    }

    /** Whether a valid id stands at {@code at}: shape, real date, check character. */
    public static boolean valid(CharSequence text, int at) {
        return shaped(text, at) && birthday(text, at) != Days.MALFORMED && checked(text, at);
    }

    /** Where a valid id begins in the text, looking from {@code from} on, or -1. */
    public static int find(CharSequence text, int from) {
        for (int at = from; at + LENGTH <= text.length(); at++) {
            if (valid(text, at)) {
                return at;
            }
        }
        return -1;
    }

    private static int two(CharSequence text, int at) {
        return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }
}
