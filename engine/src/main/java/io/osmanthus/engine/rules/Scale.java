package io.osmanthus.engine.rules;

/**
 * How the records of an item add up to points: each with its points, by a unit of their quantity, or by a table over the
 * sum of their quantities. Immutable.
 */
final class Scale {
    /** 10,000,000,000 units. A larger quantity counts as this one: every scale by quantity has reached its end by then. */
    static final long QUANTITY_HUNDREDTHS_MAX = 1_000_000_000_000L;

    /** No cap. */
    static final int UNCAPPED = Integer.MAX_VALUE;

    private final int points;
    private final long perHundredths;
    private final long[] fromHundredths;
    private final int[] stepPoints;
    private final int cap;

    private Scale(int points, long perHundredths, long[] fromHundredths, int[] stepPoints, int cap) {
        this.points = points;
        this.perHundredths = perHundredths;
        this.fromHundredths = fromHundredths;
        this.stepPoints = stepPoints;
        this.cap = cap;
    }

    static Scale each(int points, int cap) {
        return new Scale(points, 0, new long[0], new int[0], cap);
    }

    /** Points for each full unit of the sum. */
    static Scale perUnit(int points, long perHundredths, int cap) {
        return new Scale(points, perHundredths, new long[0], new int[0], cap);
    }

    /** The points of the highest step that the sum reaches; steps ascend. */
    static Scale table(long[] fromHundredths, int[] stepPoints) {
        return new Scale(0, 0, fromHundredths, stepPoints, UNCAPPED);
    }

    boolean byQuantity() {
        return perHundredths > 0 || fromHundredths.length > 0;
    }

    /** What one record brings to the sum. */
    long amount(long quantityHundredths) {
        return byQuantity() ? Math.min(quantityHundredths, QUANTITY_HUNDREDTHS_MAX) : points;
    }

    /** The points of a sum. */
    int points(long sum) {
        if (fromHundredths.length > 0) {
            int reached = 0;
            for (int i = 0; i < fromHundredths.length && fromHundredths[i] <= sum; i++) {
                reached = stepPoints[i];
            }
            return reached;
        }
        return (int) Math.min(cap, uncapped(sum));
    }

    /** Whether the cap, or the end of the table, took something from what a record brought. */
    boolean capped(long before, long after) {
        if (fromHundredths.length > 0) {
            return fromHundredths[fromHundredths.length - 1] <= before;
        }
        return points(before) == cap || uncapped(after) > cap;
    }

    private long uncapped(long sum) {
        if (perHundredths > 0) {
            return sum <= 0 ? 0 : sum / perHundredths * points;
        }
        return sum;
    }
}
