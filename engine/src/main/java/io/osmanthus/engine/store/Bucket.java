package io.osmanthus.engine.store;

/*
 * A slot is two longs; an empty one is two zeros:
 *
 *   high      the upper half of the pseudonym
 *   tagged    bits 63 … 32: bits 63 … 32 of its lower half
 *             bits 31 … 0:  ~place, so that an empty slot reads as ABSENT
 *
 * 96 bits of the pseudonym stand in the slot; the number of the bucket depends on all of them.
 */

/** Identifiers whose pseudonyms fall together, as a reusable value of a look-up; confined to one thread. */
final class Bucket {
    static final int SLOTS = 32;
    static final int LONGS = 2 * SLOTS;
    static final int BYTES = LONGS * Long.BYTES;

    final long[] slots = new long[LONGS];

    /** The place of a pseudonym, or -1. The same steps whatever is in the bucket: no branch, no early end. */
    int find(long high, long low) {
        return find(slots, LONGS, high, low);
    }

    /** {@link #find(long, long)} in the first {@code length} longs of an array of slots. */
    static int find(long[] slots, int length, long high, long low) {
        long found = 0;
        for (int i = 0; i < length; i += 2) {
            long tagged = slots[i + 1];
            long difference = (slots[i] ^ high) | ((tagged ^ low) >>> 32);
            found |= tagged & ~((difference | -difference) >> 63);
        }
        return ~(int) found;
    }

    /** Sets the place of a pseudonym, in its slot or an empty one; false where the bucket is full. */
    boolean put(long high, long low, int place) {
        int slot = slot(high, low);
        slot = slot < 0 ? emptySlot() : slot;
        if (slot < 0) {
            return false;
        }
        slots[slot] = high;
        slots[slot + 1] = tagged(low, place);
        return true;
    }

    /** Empties the slot of a pseudonym; false where it has none. */
    boolean remove(long high, long low) {
        int slot = slot(high, low);
        if (slot < 0) {
            return false;
        }
        slots[slot] = 0;
        slots[slot + 1] = 0;
        return true;
    }

    static long tagged(long low, int place) {
        return (low & ~0xFFFF_FFFFL) | (~place & 0xFFFF_FFFFL);
    }

    private int slot(long high, long low) {
        for (int i = 0; i < LONGS; i += 2) {
            if (slots[i] == high && (slots[i + 1] ^ low) >>> 32 == 0 && (int) slots[i + 1] != 0) {
                return i;
            }
        }
        return -1;
    }

    private int emptySlot() {
        for (int i = 0; i < LONGS; i += 2) {
            if ((int) slots[i + 1] == 0) {
                return i;
            }
        }
        return -1;
    }
}
