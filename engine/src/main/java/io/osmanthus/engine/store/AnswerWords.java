package io.osmanthus.engine.store;

import java.util.Objects;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * One packed answer word per ordinal, four bits a scene, in native memory: written with release by the single writer, read
 * with acquire by every event loop. Bounds are checked here, since the memory's own methods read and write beyond them; {@link
 * #close} once.
 */
public final class AnswerWords implements AutoCloseable {
    private final BytesStore<?, Void> words;
    private final int capacity;

    private AnswerWords(BytesStore<?, Void> words, int capacity) {
        this.words = words;
        this.capacity = capacity;
    }

    /** All words are 0, no benefit anywhere. */
    public static AnswerWords create(int capacity) {
        return new AnswerWords(
                BytesStore.nativeStoreWithFixedCapacity(8L * Math.max(1, capacity)), Math.max(1, capacity));
    }

    public long get(int ordinal) {
        return words.readVolatileLong(8L * Objects.checkIndex(ordinal, capacity));
    }

    public void set(int ordinal, long word) {
        words.writeOrderedLong(8L * Objects.checkIndex(ordinal, capacity), word);
    }

    /** Words there is room for. */
    public int capacity() {
        return capacity;
    }

    public long offHeapBytes() {
        return 8L * capacity;
    }

    @Override
    public void close() {
        words.releaseLast();
    }
}
