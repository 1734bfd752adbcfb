package io.osmanthus.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/*
 * A source may retract what it has not delivered yet, or never will: without a bound it could fill the heap with marks on
 * nothing. Those of one subject and source lie in one array, each as
 *
 *   bytes   what
 *   4       marks
 *   2       length of the record's id
 *   length  the id, UTF-8
 */

/**
 * Marks of records that are not here yet: what was retracted stays so when it comes. At most {@link #OF_ONE_MAX} of one subject
 * and source; more are not kept here, and take effect with the next snapshot, which is built from all of them. For one
 * thread; {@link #count} may be read by others.
 */
final class EarlyMarks {
    /** More than any source retracts of one subject before it delivers. */
    static final int OF_ONE_MAX = 100;

    /** What {@link #take} answers where there is none. */
    static final int NONE = -1;

    private static final int HEAD_BYTES = Integer.BYTES + Short.BYTES;
    private static final byte[] EMPTY = new byte[0];

    /** By subject, then by source. */
    private final Map<Change.Subject, Map<Integer, byte[]>> waiting = new HashMap<>();

    private volatile int count;

    /** How many wait. */
    int count() {
        return count;
    }

    /** Keeps a mark, in place of one that the record had; not where the subject and source have as many as may wait. */
    void put(Change.Subject subject, int source, String recordId, int marks) {
        byte[] id = recordId.getBytes(StandardCharsets.UTF_8);
        byte[] before = of(subject, source);
        int at = find(before, id);
        if (at >= 0) {
            ByteBuffer.wrap(before).putInt(at, marks);
            return;
        }
        if (size(before) >= OF_ONE_MAX || id.length > Short.MAX_VALUE) {
            return;
        }
        byte[] after = Arrays.copyOf(before, before.length + HEAD_BYTES + id.length);
        ByteBuffer.wrap(after)
                .position(before.length)
                .putInt(marks)
                .putShort((short) id.length)
                .put(id);
        waiting.computeIfAbsent(subject, ignored -> new HashMap<>()).put(source, after);
        changed(1);
    }

    /** Takes the marks that wait for a record, or {@link #NONE}. */
    int take(Change.Subject subject, int source, String recordId) {
        byte[] id = recordId.getBytes(StandardCharsets.UTF_8);
        byte[] before = of(subject, source);
        int at = find(before, id);
        Map<Integer, byte[]> own = waiting.get(subject);
        if (at < 0 || own == null) {
            return NONE;
        }
        int length = HEAD_BYTES + id.length;
        byte[] after = Arrays.copyOf(before, before.length - length);
        System.arraycopy(before, at + length, after, at, after.length - at);
        if (after.length > 0) {
            own.put(source, after);
        } else {
            own.remove(source);
            if (own.isEmpty()) {
                waiting.remove(subject);
            }
        }
        changed(-1);
        return ByteBuffer.wrap(before).getInt(at);
    }

    /** Forgets those of one who has left. */
    void forget(Change.Subject subject) {
        Map<Integer, byte[]> own = waiting.remove(subject);
        if (own != null) {
            changed(-own.values().stream().mapToInt(EarlyMarks::size).sum());
        }
    }

    private byte[] of(Change.Subject subject, int source) {
        return waiting.getOrDefault(subject, Map.of()).getOrDefault(source, EMPTY);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    private void changed(int by) {
        count += by;
    }

    private static int find(byte[] marks, byte[] id) {
        int at = 0;
        while (at < marks.length) {
            int length = length(marks, at);
            int from = at + HEAD_BYTES;
            if (Arrays.equals(marks, from, from + length, id, 0, id.length)) {
                return at;
            }
            at = from + length;
        }
        return -1;
    }

    private static int size(byte[] marks) {
        int size = 0;
        for (int at = 0; at < marks.length; at += HEAD_BYTES + length(marks, at)) {
            size++;
        }
        return size;
    }

    private static int length(byte[] marks, int at) {
        return ByteBuffer.wrap(marks).getShort(at + Integer.BYTES);
    }
}
