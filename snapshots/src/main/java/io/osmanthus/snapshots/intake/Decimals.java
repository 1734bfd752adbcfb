package io.osmanthus.snapshots.intake;

/** Reads non-negative numbers strictly: digits, and so many decimals behind a point. Stateless. */
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
        return scaled(text, digitsMax, 2);
    }

    /** A decimal in millionths: of 万元, these are cents. With at most so many digits before the point, or {@link #MALFORMED}. */
    static long millionths(CharSequence text, int digitsMax) {
        return scaled(text, digitsMax, 6);
    }

    private static long scaled(CharSequence text, int digitsMax, int placesMax) {
        int point = 0;
        while (point < text.length() && text.charAt(point) != '.') {
            point++;
        }
        long number = point > digitsMax ? MALFORMED : digits(text, 0, point);
        int places = point == text.length() ? 0 : text.length() - point - 1;
        long decimals =
                point == text.length() ? 0 : places > placesMax ? MALFORMED : digits(text, point + 1, text.length());
        if (number < 0 || decimals < 0) {
            return MALFORMED;
        }
        for (int i = 0; i < placesMax; i++) {
            number *= 10;
            decimals *= i < places ? 1 : 10;
        }
        return number + decimals;
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
