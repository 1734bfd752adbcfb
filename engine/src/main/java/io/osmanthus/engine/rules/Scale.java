package io.osmanthus.engine.rules;

/**
 * How the records of an item add up to points: each with its points, by a unit of their quantity, or by a table over the
 * sum of their quantities. Sums and caps are held as magnitudes, the sign apart. Immutable.
 */
final class Scale {
    /** 10,000,000,000 units. A larger quantity counts as this one: every scale by quantity has reached its end by then. */
    static final long QUANTITY_HUNDREDTHS_MAX = 1_000_000_000_000L;

    /** No cap. */
    static final int UNCAPPED = Integer.MAX_VALUE;

    private final int sign;
    private final int points;
    private final long perHundredths;
    private final long[] fromHundredths;
    private final int[] stepPoints;
    private final int cap;

    private Scale(int sign, int points, long perHundredths, long[] fromHundredths, int[] stepPoints, int cap) {
        this.sign = sign;
        this.points = points;
        this.perHundredths = perHundredths;
        this.fromHundredths = fromHundredths;
        this.stepPoints = stepPoints;
        this.cap = cap;
    }

    /** Each record its points, at most {@code cap} together (a magnitude). */
    static Scale each(int points, int cap) {
        return new Scale(points < 0 ? -1 : 1, Math.abs(points), 0, new long[0], new int[0], cap);
    }

    /** Points for each full unit of the sum. */
    static Scale perUnit(int points, long perHundredths, int cap) {
        return new Scale(points < 0 ? -1 : 1, Math.abs(points), perHundredths, new long[0], new int[0], cap);
    }

    /** The points of the highest step that the sum reaches; steps ascend, their points all of one sign. */
    static Scale table(long[] fromHundredths, int[] stepPoints) {
        int[] magnitudes = new int[stepPoints.length];
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] = Math.abs(stepPoints[i]);
        }
        return new Scale(stepPoints[0] < 0 ? -1 : 1, 0, 0, fromHundredths, magnitudes, UNCAPPED);
    }

    /** 1, or -1 where it takes points. */
    int sign() {
        return sign;
    }

    /** Of each record or full unit, as a magnitude. */
    int unitPoints() {
        return points;
    }

    long perHundredths() {
        return perHundredths;
    }

    /** Steps of a table; 0: there is none. */
    int steps() {
        return stepPoints.length;
    }

    long fromHundredths(int step) {
        return fromHundredths[step];
    }

    /** As a magnitude. */
    int stepPoints(int step) {
        return stepPoints[step];
    }

    /** As a magnitude, or {@link #UNCAPPED}. */
    int cap() {
        return cap;
    }

    boolean byQuantity() {
        return perHundredths > 0 || fromHundredths.length > 0;
    }

    /** Whether the sum is more than the sum of each record's points. */
    boolean plain() {
        return !byQuantity() && cap == UNCAPPED;
    }

    /** What one record brings to the sum: its quantity in hundredths, or the magnitude of its points. */
    long amount(long quantityHundredths) {
        return byQuantity() ? Math.min(quantityHundredths, QUANTITY_HUNDREDTHS_MAX) : points;
    }

    /** The points of a sum, with their sign. */
    int points(long sum) {
        if (fromHundredths.length > 0) {
            int reached = 0;
            for (int i = 0; i < fromHundredths.length && fromHundredths[i] <= sum; i++) {
                reached = stepPoints[i];
            }
            return sign * reached;
        }
        return sign * (int) Math.min(cap, uncapped(sum));
    }

    /** The points of a sum before the cap; the last step of a table is no cap, but its end. */
    long pointsBeforeCap(long sum) {
        return fromHundredths.length > 0 ? points(sum) : sign * uncapped(sum);
    }

    /** Whether the cap, or the end of the table, took something from what a record brought. */
    boolean capped(long before, long after) {
        if (fromHundredths.length > 0) {
            return fromHundredths[fromHundredths.length - 1] <= before;
        }
        return cap != UNCAPPED && (uncapped(before) >= cap || uncapped(after) > cap);
    }

    private long uncapped(long sum) {
        if (perHundredths > 0) {
            return sum <= 0 ? 0 : sum / perHundredths * points;
        }
        return sum;
    }
}
