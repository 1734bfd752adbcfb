package io.osmanthus.snapshots.intake;

/** Reads non-negative numbers strictly: digits, and at most two decimals behind a point. Stateless. */
final class Decimals {
    /** No number. */
    static final long MALFORMED = -1;

    private Decimals() {}

    /** A whole number of at most so many digits, or {@link #MALFORMED}. */
    static long whole(CharSequence text, int digitsMax) {
        return text.length() > digitsMax ? MALFORMED : digits(text, 0, text.length());
    }

    /** A decimal in hundredths, with at most so many digits before the point, or {@link #MALFORMED}. */
    static long hundredths(CharSequence text, int digitsMax) {
        int point = 0;
        while (point < text.length() && text.charAt(point) != '.') {
            point++;
        }
        long whole = point > digitsMax ? MALFORMED : digits(text, 0, point);
        if (whole < 0 || point == text.length()) {
            return whole < 0 ? MALFORMED : whole * 100;
        }
        int places = text.length() - point - 1;
        long decimals = places > 2 ? MALFORMED : digits(text, point + 1, text.length());
        return decimals < 0 ? MALFORMED : whole * 100 + (places == 1 ? decimals * 10 : decimals);
    }

    private static long digits(CharSequence text, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return MALFORMED;
            }
            number = number * 10 + c - '0';
        }
        return from == to ? MALFORMED : number;
    }
}
