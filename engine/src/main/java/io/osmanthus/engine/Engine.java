package io.osmanthus.engine;

/** The engine's face: holds the current generation and hands out readers. Thread-safe. */
public final class Engine implements AutoCloseable {
    /** A reader for one thread. It sees nothing until its first {@link Reader#advance}. */
    public Reader reader() {
        throw new UnsupportedOperationException();
    }

    /**
     * Publishes a generation by one write. The one before is closed when its last reader has advanced or closed; {@code
     * listener} is called after each publication so that idle readers can be told to advance.
     */
    public void publish(Generation generation) {
        throw new UnsupportedOperationException();
    }

    /** Called after each publication, on the publishing thread. */
    public void onPublish(Runnable listener) {
        throw new UnsupportedOperationException();
    }

    /** Closes the current generation once its readers have let go. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
