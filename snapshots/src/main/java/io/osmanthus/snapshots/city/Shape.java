package io.osmanthus.snapshots.city;

/**
 * Where a person's score stands, as Suzhou published it in August 2018: of 13 million scored, 1 in 8 above the base of
 * 100, 4,731 below it (court-listed defaulters), all others exactly on it. Counts are exact for every size of city, and
 * at least one person is below.
 */
enum Shape {
    BELOW,
    ABOVE,
    BASE;

    private static final long PUBLISHED_SCORED = 13_000_000;
    private static final long PUBLISHED_BELOW = 4_731;

    static long below(long persons) {
        return Math.max(1, (persons * PUBLISHED_BELOW + PUBLISHED_SCORED / 2) / PUBLISHED_SCORED);
    }

    static long above(long persons) {
        return Math.min(persons - below(persons), (persons + 4) / 8);
    }

    /** The shape of the person who has a rank among {@code persons}. */
    static Shape of(long rank, long persons) {
        if (rank < below(persons)) {
            return BELOW;
        }
        return rank < below(persons) + above(persons) ? ABOVE : BASE;
    }
}
