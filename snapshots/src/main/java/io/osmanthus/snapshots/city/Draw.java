package io.osmanthus.snapshots.city;

/**
 * Random numbers that depend on nothing but (seed, purpose, index): SplitMix64 (Steele, Lea, Flood 2014) started anew for
 * each index. What one purpose draws never moves what another does. For one thread; allocates nothing.
 */
final class Draw {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long key;
    private long state;

    Draw(long seed, String purpose) {
        key = key(seed, purpose);
    }

    /** The key of a purpose: FNV-1a over its name, mixed with the seed. */
    static long key(long seed, String purpose) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * 0x100000001B3L;
        }
        return mix(mix(seed + GOLDEN) ^ hash);
    }

    /** The finaliser of SplitMix64: a bijection of 64 bits. */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Starts the sequence of an index. */
    Draw at(long index) {
        state = mix(key + index * GOLDEN);
        return this;
    }

    long next() {
        state += GOLDEN;
        return mix(state);
    }

    /** A number from 0 to {@code bound} - 1; the bias is below bound / 2^32. */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    /** A number from {@code least} to {@code most}, both included. */
    int between(int least, int most) {
        return least + below(most - least + 1);
    }

    /** True in {@code share} of 10,000 cases. */
    boolean chance(int share) {
        return below(10_000) < share;
    }

    /** A number in [0, 1). */
    double unit() {
        return (next() >>> 11) * 0x1.0p-53;
    }
}
