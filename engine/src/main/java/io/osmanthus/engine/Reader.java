package io.osmanthus.engine;

import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.MatchReport;
import org.jspecify.annotations.Nullable;

/**
 * One thread's view of the engine. {@link #advance} moves it to the newest generation; everything asked until the next
 * call comes from that one. Belongs to one thread; {@link #close} lets go.
 */
public final class Reader implements AutoCloseable {
    Reader() {}

    /**
     * Moves to the newest generation and lets go of the one before: once per request or event-loop turn.
     *
     * @return the generation, or null while none has been published
     */
    public @Nullable Generation advance() {
        throw new UnsupportedOperationException();
    }

    /**
     * The benefit code of a token (or organisation) in a scene, 0 for none: unknown, not enrolled, not consented, not
     * eligible are one. Allocates nothing, never blocks.
     *
     * @throws IllegalStateException before the first generation
     */
    public int check(int scene, long high, long low) {
        throw new UnsupportedOperationException();
    }

    /** The explained score of a person by their {@code PERSON} pseudonym, or null where not enrolled. */
    public @Nullable Explanation explain(long high, long low) {
        throw new UnsupportedOperationException();
    }

    /** The match of an organisation by its {@code USCC} pseudonym; null where it is not known. */
    public @Nullable MatchReport match(int matter, long high, long low) {
        throw new UnsupportedOperationException();
    }

    /** Lets go of the generation held. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
