package io.osmanthus.engine.store;

import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.UnsafeMemory;

/*
 * A bucket is 56 keys, then 56 places, each a long:
 *
 *   key      the lower half of the pseudonym
 *   place    bits 63 … 32: bits 31 … 0 of the upper half
 *            bits 31 … 0:  ~place, so that an empty slot, all zeros, reads as ABSENT
 *
 * Bits 63 … 32 of the upper half choose the bucket. A lower half of zeros would be found in every empty slot: it is never
 * stored here, but in the overflow.
 */

/**
 * What a look-up wants of a bucket, and what it found there: compared where the bucket lies, with the same steps whatever is in
 * it. Reusable; confined to one thread.
 */
final class Bucket {
    static final int SLOTS = 56;
    static final int BYTES = 2 * SLOTS * Long.BYTES;

    private static final Memory MEMORY = UnsafeMemory.MEMORY;
    private static final long PLACES = (long) SLOTS * Long.BYTES;
    private static final long LOWER = 0xFFFF_FFFFL;
    private static final int LINE_BYTES = 64;

    private long high;
    private long low;
    private int place = Identifiers.ABSENT;

    /** Asks for a pseudonym. */
    Bucket of(long highBits, long lowBits) {
        high = highBits;
        low = lowBits;
        return this;
    }

    /** Where the pseudonym points, {@link Identifiers#ABSENT} included. */
    int place() {
        return place;
    }

    /** Reads a word of each cache line that {@link #search} will read of the keys, and makes nothing of it. */
    static long touch(long address) {
        long words = 0;
        for (long at = 0; at < PLACES; at += LINE_BYTES) {
            words ^= MEMORY.readLong(address + at);
        }
        return words ^ MEMORY.readLong(address + PLACES - Long.BYTES);
    }

    /** Looks through the bucket that lies at an address; no branch depends on what is in it. */
    Bucket search(long address) {
        long wanted = low;
        int found = 0;
        int taken = 0;
        for (int i = 0; i < SLOTS; i++) {
            long key = MEMORY.readLong(address + (long) i * Long.BYTES);
            taken += (int) ((key | -key) >>> 63);
            long difference = key ^ wanted;
            // all ones where there is no difference
            int equal = (int) ((difference | -difference) >>> 63) - 1;
            found |= (i + 1) & equal;
        }
        found &= (int) ((wanted | -wanted) >> 63);
        // Whoever is not there reads some place too, always the same, and makes nothing of it: one that is taken, since
        // those
        // lie in front, in lines that the processor has fetched ahead.
        int absent = (found - 1) >> 31;
        int standIn = (int) (((wanted & LOWER) * taken) >>> 32);
        int slot = (standIn & absent) | ((found - 1) & ~absent);
        long tagged = MEMORY.readLong(address + PLACES + (long) slot * Long.BYTES);
        long other = ((tagged >>> 32) ^ (high & LOWER)) | (absent & 1);
        place = ~((int) tagged & ((int) ((other | -other) >>> 63) - 1));
        return this;
    }

    /** Sets the pseudonym's place in its slot or an empty one; false where it cannot stand here. */
    boolean put(long address, int newPlace) {
        if (low == 0) {
            return false;
        }
        int slot = -1;
        for (int i = 0; i < SLOTS; i++) {
            long tagged = taggedAt(address, i);
            boolean same = keyAt(address, i) == low;
            if (tagged == 0) {
                slot = slot < 0 ? i : slot;
            } else if (same && tagged >>> 32 == (high & LOWER)) {
                slot = i;
                break;
            } else if (same) {
                return false; // half a pseudonym in common: one of the two has to stand elsewhere
            }
        }
        if (slot < 0) {
            return false;
        }
        MEMORY.writeLong(address + (long) slot * Long.BYTES, low);
        MEMORY.writeLong(address + PLACES + (long) slot * Long.BYTES, tagged(high, newPlace));
        return true;
    }

    /** Empties the pseudonym's slot; false where it has none. */
    boolean remove(long address) {
        for (int i = 0; i < SLOTS; i++) {
            long tagged = taggedAt(address, i);
            if (tagged != 0 && keyAt(address, i) == low && tagged >>> 32 == (high & LOWER)) {
                MEMORY.writeLong(address + (long) i * Long.BYTES, 0);
                MEMORY.writeLong(address + PLACES + (long) i * Long.BYTES, 0);
                return true;
            }
        }
        return false;
    }

    /** What stands for a pseudonym's upper half and its place. */
    static long tagged(long high, int place) {
        return (high << 32) | (~place & LOWER);
    }

    private static long keyAt(long address, int slot) {
        return MEMORY.readLong(address + (long) slot * Long.BYTES);
    }

    private static long taggedAt(long address, int slot) {
        return MEMORY.readLong(address + PLACES + (long) slot * Long.BYTES);
    }
}
