package io.osmanthus.engine.store;

import java.util.Objects;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Ordinal → the person's own pseudonym, 16 bytes each in native memory: what the access trail knows a person by, whichever
 * card was shown. Written by the loader and the single writer before the person can be found; read by every event loop.
 */
public final class PersonPseudonyms implements AutoCloseable {
    private static final int BYTES = 16;

    private final BytesStore<?, Void> words;
    private final int capacity;

    private PersonPseudonyms(BytesStore<?, Void> words, int capacity) {
        this.words = words;
        this.capacity = capacity;
    }

    /** All are 0: nobody's. */
    public static PersonPseudonyms create(int capacity) {
        return new PersonPseudonyms(
                BytesStore.nativeStoreWithFixedCapacity((long) BYTES * Math.max(1, capacity)), capacity);
    }

    public long high(int ordinal) {
        return words.readVolatileLong((long) BYTES * Objects.checkIndex(ordinal, capacity));
    }

    public long low(int ordinal) {
        return words.readVolatileLong((long) BYTES * Objects.checkIndex(ordinal, capacity) + Long.BYTES);
    }

    public void set(int ordinal, long high, long low) {
        long at = (long) BYTES * Objects.checkIndex(ordinal, capacity);
        words.writeOrderedLong(at, high);
        words.writeOrderedLong(at + Long.BYTES, low);
    }

    public long offHeapBytes() {
        return (long) BYTES * Math.max(1, capacity);
    }

    @Override
    public void close() {
        words.releaseLast();
    }
}
