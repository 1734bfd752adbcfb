package io.osmanthus.http;

import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who listens for notices and alerts on this node. A change wakes the streams of its subject, one of a list entry also those of
 * departments; a new generation (a snapshot, a day) wakes all. Thread-safe.
 */
final class NoticeStreams {
    /** Streams of a server: each holds a connection and little else. */
    static final int STREAMS_MAX = 1_000;

    /** Streams of one person: a telephone, a computer, and one that has not noticed yet that it is gone. */
    static final int STREAMS_OF_ONE_MAX = 3;

    private final Map<Subject, List<Stream>> bySubject = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean open = true;

    /** One that listens; called on any thread, returns at once. */
    interface Stream {
        /** There may be something to tell. */
        void wake();

        /** Whether entries of lists are told of, whoever they are of. */
        boolean followsEntries();

        /** The server goes down. */
        void end();
    }

    /** Why a stream is not taken, or that it is. */
    enum Taken {
        YES,
        TOO_MANY_OF_ONE,
        TOO_MANY
    }

    Taken add(Subject subject, Stream stream) {
        if (!open || count.incrementAndGet() > STREAMS_MAX) {
            count.decrementAndGet();
            return Taken.TOO_MANY;
        }
        boolean[] taken = {false};
        bySubject.compute(subject, (ignored, known) -> {
            List<Stream> streams = known == null ? new ArrayList<>() : new ArrayList<>(known);
            if (streams.size() < STREAMS_OF_ONE_MAX) {
                streams.add(stream);
                taken[0] = true;
            }
            return streams.isEmpty() ? null : List.copyOf(streams);
        });
        if (!taken[0]) {
            count.decrementAndGet();
            return Taken.TOO_MANY_OF_ONE;
        }
        if (!open) {
            // closed meanwhile: whoever closed may not have seen it
            stream.end();
        }
        return Taken.YES;
    }

    void remove(Subject subject, Stream stream) {
        bySubject.computeIfPresent(subject, (ignored, known) -> {
            List<Stream> streams = new ArrayList<>(known);
            if (streams.remove(stream)) {
                count.decrementAndGet();
            }
            return streams.isEmpty() ? null : List.copyOf(streams);
        });
    }

    /** How many listen. */
    int count() {
        return count.get();
    }

    /** Changes have been applied here. */
    void changed(List<Entry> entries) {
        if (bySubject.isEmpty()) {
            return;
        }
        Set<Subject> woken = new HashSet<>();
        boolean listed = entries.stream()
                .anyMatch(entry -> entry.kind() == Kind.ENTRY_ADDED || entry.kind() == Kind.ENTRY_AMENDED);
        if (listed) {
            bySubject.values().forEach(streams -> streams.stream()
                    .filter(Stream::followsEntries)
                    .forEach(Stream::wake));
        }
        for (Entry entry : entries) {
            if (woken.add(entry.subject())) {
                bySubject.getOrDefault(entry.subject(), List.of()).forEach(Stream::wake);
            }
        }
    }

    /** Another generation is served. */
    void published() {
        bySubject.values().forEach(streams -> streams.forEach(Stream::wake));
    }

    /** Takes no more, and ends those there are: what is under way must not hold up the server's end. */
    void close() {
        open = false;
        bySubject.values().forEach(streams -> streams.forEach(Stream::end));
    }
}
