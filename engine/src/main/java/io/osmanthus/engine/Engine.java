package io.osmanthus.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The engine's face: holds the current generation and hands out readers.
 *
 * <p>Thread-safe. Publishing is one volatile write; readers move over at their next {@link Reader#advance}, and the
 * generation before is freed when the last of them has.
 */
public final class Engine implements AutoCloseable {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Generation current;
    private volatile @Nullable DayEnd dayEnd;

    private record DayEnd(InstantSource clock, long ms, Runnable turn) {}

    /** Guarded by this. */
    private boolean closed;

    /** A reader for one thread. It sees nothing until its first {@link Reader#advance}. */
    public Reader reader() {
        return new Reader(this);
    }

    /** The generation published last, or null; for its description only, since nothing holds it for the caller. */
    public @Nullable Generation current() {
        return current;
    }

    /**
     * Until when what has just been published holds: the first reader after that moment calls {@code turn}, and then reads what
     * that has left behind. So the first answer of a day is of that day, whichever thread is late.
     */
    void endsAt(InstantSource clock, Instant end, Runnable turn) {
        dayEnd = new DayEnd(clock, end.toEpochMilli(), turn);
    }

    /** The generation that holds at this moment, or null. */
    @Nullable
    Generation newest() {
        DayEnd end = dayEnd;
        if (end != null && end.clock().millis() >= end.ms()) {
            end.turn().run();
        }
        return current;
    }

    /** How much of the current generation is taken; null while there is none. */
    public Generation.@Nullable HeadRoom headRoom() {
        Generation generation = current;
        if (generation == null || !generation.retain()) {
            return null;
        }
        try {
            return generation.headRoom();
        } finally {
            generation.release();
        }
    }

    /** Publishes a generation and lets go of the one before. The engine holds it from now on; a closed one frees it. */
    public synchronized void publish(Generation generation) {
        if (closed) {
            generation.release();
            return;
        }
        replace(generation);
    }

    /** Called after each publication, on the publishing thread: idle readers are told to advance. */
    public void onPublish(Runnable listener) {
        listeners.add(listener);
    }

    /** Takes the current generation out of service: readers find none until the next {@link #publish}. */
    public synchronized void withdraw() {
        dayEnd = null;
        replace(null);
    }

    /** Withdraws, for good; the memory is freed once its readers have closed. */
    @Override
    public synchronized void close() {
        closed = true;
        dayEnd = null;
        replace(null);
    }

    /** The one before is let go whatever a listener does. */
    private void replace(@Nullable Generation next) {
        Generation before = current;
        current = next;
        try {
            listeners.forEach(Runnable::run);
        } finally {
            if (before != null) {
                before.release();
            }
        }
    }
}
