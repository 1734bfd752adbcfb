package io.osmanthus.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Readers for work that takes several turns of one event loop and must see one generation throughout. Idle ones advance
 * with each publication, so that they hold nothing back. Belongs to its event loop.
 */
final class ReaderPool implements AutoCloseable {
    private final Answers.Source source;
    private final int max;
    private final List<Answers> all = new ArrayList<>();
    private final ArrayDeque<Answers> idle = new ArrayDeque<>();
    private boolean closed;

    ReaderPool(Answers.Source source, int max) {
        this.source = source;
        this.max = max;
    }

    /** A reader that nobody else uses, or null where all are in use. */
    @Nullable
    Answers borrow() {
        Answers free = idle.poll();
        if (free == null && !closed && all.size() < max) {
            free = source.open();
            all.add(free);
        }
        return free;
    }

    void giveBack(Answers answers) {
        if (closed) {
            // already let go with the others; to advance would take hold of a generation for good
            return;
        }
        answers.advance();
        idle.push(answers);
    }

    /** Lets idle readers see the newest generation, and the one before go. */
    void advanceIdle() {
        idle.forEach(Answers::advance);
    }

    @Override
    public void close() {
        closed = true;
        all.forEach(Answers::close);
        all.clear();
        idle.clear();
    }
}
