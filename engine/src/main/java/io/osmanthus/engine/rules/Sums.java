package io.osmanthus.engine.rules;

import java.util.Arrays;

/**
 * Sums by a key and a calendar year (0: all years together), in the order of their first amount. Few keys a subject: found
 * by looking through. Reused from subject to subject; nothing is allocated once it has grown.
 */
final class Sums {
    private int[] keys = new int[8];
    private int[] years = new int[8];
    private long[] sums = new long[8];
    private int count;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    int key(int at) {
        return keys[at];
    }

    int year(int at) {
        return years[at];
    }

    long sum(int at) {
        return sums[at];
    }

    /** The sum so far; 0 where there is none. */
    long sum(int key, int year) {
        int at = find(key, year);
        return at < 0 ? 0 : sums[at];
    }

    void add(int key, int year, long amount) {
        int at = find(key, year);
        if (at >= 0) {
            sums[at] += amount;
            return;
        }
        at = count++;
        if (at == sums.length) {
            keys = Arrays.copyOf(keys, at * 2);
            years = Arrays.copyOf(years, at * 2);
            sums = Arrays.copyOf(sums, at * 2);
        }
        keys[at] = key;
        years[at] = year;
        sums[at] = amount;
    }

    private int find(int key, int year) {
        for (int at = 0; at < count; at++) {
            if (keys[at] == key && years[at] == year) {
                return at;
            }
        }
        return -1;
    }
}
