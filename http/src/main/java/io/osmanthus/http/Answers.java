package io.osmanthus.http;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.Supposed;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.MatchReport;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the wire asks of the engine, for one thread: the seam behind which tests put a city of a few tokens. The
 * contracts are those of {@link Reader}.
 */
interface Answers extends AutoCloseable {
    /** Moves to the newest generation; null while there is none. The same object as long as nothing has changed. */
    @Nullable
    State advance();

    int check(int scene, long high, long low);

    /** Has what {@link #find} reads of a token fetched, for a run of tokens that are found right after. */
    void touch(long high);

    int find(long high, long low);

    /** Has what {@link #checkPlace} reads fetched, for a run of tokens that are checked right after. */
    void touchPlace(int place, long low);

    int checkPlace(int scene, int place, long low);

    /** Whether the last check was about an enrolled person. */
    boolean subjectKnown();

    /** The person's own pseudonym. */
    long subjectHigh();

    long subjectLow();

    @Nullable
    Explanation explain(long high, long low);

    /** Whether the person's facts came with a delivery; else they enrolled since. */
    boolean delivered(long high, long low);

    @Nullable
    Explanation simulate(long high, long low, Set<String> without, List<Supposed> with, int day);

    @Nullable
    MatchReport match(int matter, long high, long low);

    @Override
    void close();

    /** Where readers come from. Thread-safe. */
    interface Source {
        Answers open();

        /** Called after each publication, on the publishing thread. */
        void onPublish(Runnable listener);
    }

    /** The engine as a source. */
    static Source of(Engine engine) {
        return new Source() {
            @Override
            public Answers open() {
                return new OfReader(engine.reader());
            }

            @Override
            public void onPublish(Runnable listener) {
                engine.onPublish(listener);
            }
        };
    }

    /** A reader of the engine. Remembers the state of its generation. */
    final class OfReader implements Answers {
        private final Reader reader;
        private @Nullable Generation generation;
        private @Nullable State state;

        OfReader(Reader reader) {
            this.reader = reader;
        }

        @Override
        public @Nullable State advance() {
            Generation next = reader.advance();
            State known = state;
            if (next != generation || (next != null && known != null && next.position() != known.position())) {
                generation = next;
                state = next == null ? null : State.of(next);
            }
            return state;
        }

        @Override
        public int check(int scene, long high, long low) {
            return reader.check(scene, high, low);
        }

        @Override
        public void touch(long high) {
            reader.touch(high);
        }

        @Override
        public int find(long high, long low) {
            return reader.find(high, low);
        }

        @Override
        public void touchPlace(int place, long low) {
            reader.touchPlace(place, low);
        }

        @Override
        public int checkPlace(int scene, int place, long low) {
            return reader.checkPlace(scene, place, low);
        }

        @Override
        public boolean subjectKnown() {
            return reader.subjectKnown();
        }

        @Override
        public long subjectHigh() {
            return reader.subjectHigh();
        }

        @Override
        public long subjectLow() {
            return reader.subjectLow();
        }

        @Override
        public @Nullable Explanation explain(long high, long low) {
            return reader.explain(high, low);
        }

        @Override
        public boolean delivered(long high, long low) {
            return reader.delivered(high, low);
        }

        @Override
        public @Nullable Explanation simulate(long high, long low, Set<String> without, List<Supposed> with, int day) {
            return reader.simulate(high, low, without, with, day);
        }

        @Override
        public @Nullable MatchReport match(int matter, long high, long low) {
            return reader.match(matter, high, low);
        }

        @Override
        public void close() {
            generation = null;
            state = null;
            reader.close();
        }
    }
}
