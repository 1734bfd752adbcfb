package io.osmanthus.engine;

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

    /** A reader for one thread. It sees nothing until its first {@link Reader#advance}. */
    public Reader reader() {
        return new Reader(this);
    }

    /** The generation published last, or null; for its description only, since nothing holds it for the caller. */
    public @Nullable Generation current() {
        return current;
    }

    /** Publishes a generation and lets go of the one before. The engine holds it from now on. */
    public synchronized void publish(Generation generation) {
        Generation before = current;
        current = generation;
        listeners.forEach(Runnable::run);
        if (before != null) {
            before.release();
        }
    }

    /** Called after each publication, on the publishing thread: idle readers are told to advance. */
    public void onPublish(Runnable listener) {
        listeners.add(listener);
    }

    /** Takes the current generation out of service: readers find none until the next {@link #publish}. */
    public synchronized void withdraw() {
        Generation before = current;
        current = null;
        listeners.forEach(Runnable::run);
        if (before != null) {
            before.release();
        }
    }

    /** Withdraws; the memory is freed once its readers have closed. */
    @Override
    public void close() {
        withdraw();
    }
}
