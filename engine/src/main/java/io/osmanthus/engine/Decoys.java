package io.osmanthus.engine;

/**
 * A sample of known identifiers. Each check makes one look-up that hits and one that misses, so that an unknown token costs
 * as much as a known one: a hit is followed by a look-up of the token's complement, which is nobody's, and a miss by one of
 * a decoy. Without it an unknown token answers in about half the time, which tells who is enrolled.
 *
 * <p>Filled by the loader's threads, read-only afterwards. On the heap, 16 bytes a decoy. The sample must be large: with
 * 65,536 decoys their map entries stayed in the caches, and an unknown token took 490 ns against 705 ns.
 */
final class Decoys {
    /** 16 MiB; their entries in the map take over 100 MiB, which no cache of today keeps. */
    static final int COUNT_MAX = 1 << 20;

    private final long[] pseudonyms;
    private int count;

    /** Room for a sample of {@code identifiers}. */
    Decoys(long identifiers) {
        pseudonyms = new long[2 * (int) Math.max(1, Math.min(COUNT_MAX, identifiers))];
    }

    /** One of how many of so many identifiers is to be offered, so that the sample is drawn from all of them. */
    long stride(long identifiers) {
        int room = pseudonyms.length / 2;
        return Math.max(1, (identifiers + room - 1) / room);
    }

    /** Offers an identifier that stays for the generation's life; taken while there is room. */
    synchronized void offer(long high, long low) {
        if (2 * count < pseudonyms.length) {
            pseudonyms[2 * count] = high;
            pseudonyms[2 * count++ + 1] = low;
        }
    }

    /** The slot that stands in for an unknown identifier: any, but always the same for the same identifier. */
    int slot(long high) {
        // Multiply and shift: a division would cost a quarter of a look-up.
        return (int) Math.multiplyHigh(high >>> 1, (long) count << 1);
    }

    long high(int slot) {
        return pseudonyms[2 * slot];
    }

    long low(int slot) {
        return pseudonyms[2 * slot + 1];
    }
}
