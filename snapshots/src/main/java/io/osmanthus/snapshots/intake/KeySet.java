package io.osmanthus.snapshots.intake;

import java.util.Arrays;

/**
 * A set of 128-bit keys, each numbered in the order of arrival. 16 bytes a key in pages, which are never copied, and 8 to 16
 * bytes a key in an open-addressing table (load at most one half): 13 million take 340 MB. The keys are hashes under a secret
 * key, so their own bits are the hash. For one thread.
 */
final class KeySet {
    /** What Java's arrays hold of pairs; a city a hundred times Suzhou. */
    static final int KEYS_MAX = 1 << 29;

    /** Keys of a page: half a MiB, which no collector treats as a huge object. */
    private static final int PAGE_BITS = 15;

    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    private long[][] pages = new long[1 << 4][];
    private int[] table = new int[1 << 11];
    private int size;

    int size() {
        return size;
    }

    long high(int number) {
        return pages[number >>> PAGE_BITS][(number & PAGE_MASK) << 1];
    }

    long low(int number) {
        return pages[number >>> PAGE_BITS][((number & PAGE_MASK) << 1) + 1];
    }

    /** Adds a key; its number, or -1 if it was there. */
    int add(long high, long low) {
        int slot = slot(high, low);
        if (table[slot] != 0) {
            return -1;
        }
        if (size == KEYS_MAX) {
            throw new IntakeException(
                    IntakeException.Code.LIMIT, "more than " + KEYS_MAX + " keys in one file: deliver it in parts");
        }
        long[] page = page(size >>> PAGE_BITS);
        page[(size & PAGE_MASK) << 1] = high;
        page[((size & PAGE_MASK) << 1) + 1] = low;
        table[slot] = ++size;
        if (size * 2L > table.length) {
            grow();
        }
        return size - 1;
    }

    /** The number of a key, or -1. */
    int find(long high, long low) {
        return table[slot(high, low)] - 1;
    }

    /**
     * The numbers in the order of their keys, as signed high and then signed low words, which is how SQL compares them.
     */
    int[] sorted() {
        int bits = Math.max(1, Math.min(24, 32 - Integer.numberOfLeadingZeros(Math.max(1, size / 8))));
        int shift = 64 - bits;
        int[] begins = new int[(1 << bits) + 1];
        for (int i = 0; i < size; i++) {
            begins[bucket(i, shift) + 1]++;
        }
        for (int i = 1; i < begins.length; i++) {
            begins[i] += begins[i - 1];
        }
        int[] order = new int[size];
        int[] next = begins.clone();
        for (int i = 0; i < size; i++) {
            order[next[bucket(i, shift)]++] = i;
        }
        // Keyed hashes are spread evenly: a bucket has about eight.
        for (int b = 0; b + 1 < begins.length; b++) {
            insertionSort(order, begins[b], begins[b + 1]);
        }
        return order;
    }

    /** The page of a number, made where it is the next one. */
    private long[] page(int index) {
        if (index == pages.length) {
            pages = Arrays.copyOf(pages, index * 2);
        }
        if (pages[index] == null) {
            pages[index] = new long[2 << PAGE_BITS];
        }
        return pages[index];
    }

    private void insertionSort(int[] order, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int number = order[i];
            int at = i;
            while (at > from && compare(order[at - 1], number) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = number;
        }
    }

    private int compare(int one, int other) {
        int high = Long.compare(high(one), high(other));
        return high != 0 ? high : Long.compare(low(one), low(other));
    }

    private int bucket(int number, int shift) {
        return (int) ((high(number) ^ Long.MIN_VALUE) >>> shift);
    }

    private void grow() {
        if (table.length == 1 << 30) {
            return;
        }
        int length = table.length * 2;
        table = new int[0]; // made anew from the keys: the old one need not be held beside it
        int[] wider = new int[length];
        table = wider;
        for (int i = 0; i < size; i++) {
            int slot = (int) low(i) & (wider.length - 1);
            while (wider[slot] != 0) {
                slot = (slot + 1) & (wider.length - 1);
            }
            wider[slot] = i + 1;
        }
    }

    /** Where the key is, or where it would go. */
    private int slot(long high, long low) {
        int mask = table.length - 1;
        int slot = (int) low & mask;
        for (int number = table[slot]; number != 0; number = table[slot]) {
            if (low(number - 1) == low && high(number - 1) == high) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
