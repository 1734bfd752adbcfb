package io.osmanthus.snapshots.city;

/**
 * A keyed permutation of 0 … size - 1: neighbours land far apart, and no two indexes share a number. An alternating
 * Feistel network over Z_left × Z_right with left · right ≥ size; the few numbers beyond the size walk on (cycle walking,
 * Black and Rogaway 2002), fewer than one in √size. It hides the order, it does not keep a secret. Immutable and
 * thread-safe.
 */
final class Permutation {
    static final long SIZE_MAX = 1L << 60;

    private static final int ROUNDS = 6;

    private final long size;
    private final long left;
    private final long right;
    private final long[] keys = new long[ROUNDS];

    Permutation(long size, long key) {
        if (size < 1 || size > SIZE_MAX) {
            throw new IllegalArgumentException("a permutation has 1 to " + SIZE_MAX + " places, found " + size);
        }
        this.size = size;
        this.left = ceilingOfRoot(size);
        this.right = (size + left - 1) / left;
        for (int i = 0; i < ROUNDS; i++) {
            keys[i] = Draw.mix(key + i);
        }
    }

    long size() {
        return size;
    }

    /** The place of an index. */
    long at(long index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " is not in 0 to " + (size - 1));
        }
        long value = index;
        do {
            value = once(value);
        } while (value >= size);
        return value;
    }

    private long once(long value) {
        long l = value / right;
        long r = value - l * right;
        for (int round = 0; round < ROUNDS; round += 2) {
            l += reduce(Draw.mix(keys[round] ^ r), left);
            l = l >= left ? l - left : l;
            r += reduce(Draw.mix(keys[round + 1] ^ l), right);
            r = r >= right ? r - right : r;
        }
        return l * right + r;
    }

    private static long reduce(long hash, long bound) {
        return ((hash >>> 32) * bound) >>> 32;
    }

    private static long ceilingOfRoot(long size) {
        long root = (long) Math.sqrt((double) size);
        while (root * root < size) {
            root++;
        }
        return root;
    }
}
