package io.osmanthus.engine;

/**
 * A sample of known identifiers. Each check makes one look-up that hits and one that misses, so that an unknown token costs
 * as much as a known one: a hit is followed by a look-up of the token's complement, which is nobody's, and a miss by one of
 * a decoy. Without it an unknown token answers in about half the time, which tells who is enrolled.
 *
 * <p>Immutable after loading; on the heap, 1 MiB: the map entries behind the sample, not the sample itself, are what must
 * be as cold as any other's.
 */
final class Decoys {
    /** A power of two; enough that the entries behind them do not stay in a second-level cache. */
    static final int COUNT = 1 << 16;

    private final long[] pseudonyms = new long[2 * COUNT];
    private long seen;

    /** Offers an identifier that stays for the generation's life; keeps a spread of at most {@link #COUNT}. Loader only. */
    synchronized void offer(long high, long low) {
        int slot = (int) (seen < COUNT ? seen : high & (COUNT - 1));
        pseudonyms[2 * slot] = high;
        pseudonyms[2 * slot + 1] = low;
        seen++;
    }

    /** The slot that stands in for an unknown identifier: any, but always the same for the same identifier. */
    int slot(long high) {
        long count = Math.min(seen, COUNT);
        return count == 0 ? 0 : (int) Long.remainderUnsigned(high, count);
    }

    long high(int slot) {
        return pseudonyms[2 * slot];
    }

    long low(int slot) {
        return pseudonyms[2 * slot + 1];
    }
}
