package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerTail;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A node of the tests: an engine, what it follows a ledger with, and its generation, in which nobody is enrolled yet. */
record Node(Ledger ledger, Engine engine, Follower follower, LedgerTail tail, Reader reader) implements AutoCloseable {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));

    static Node on(Ledger.Place place, int persons, int organisations) {
        Ledger ledger = Ledger.open(place, KEY, InstantSource.system());
        Engine engine = new Engine();
        Follower[] holder = new Follower[1];
        LedgerTail tail = new LedgerTail(ledger, null, new LedgerTail.Listener() {
            @Override
            public void changed(List<Entry> entries) {
                holder[0].changed(entries);
            }

            @Override
            public void heard(long position, long askedNanos) {
                holder[0].heard(position, askedNanos);
            }

            @Override
            public long vouchedUntilNanos() {
                return holder[0].vouchedUntilNanos();
            }
        });
        Follower follower =
                new Follower(ledger, engine, tail.position(), 60, (version, ordinal) -> List.of(), () -> {});
        holder[0] = follower;
        tail.start();
        Generation generation = Fixtures.empty(persons, organisations);
        SubjectFacts none = new SubjectFacts();
        none.clear(SubjectType.ORGANISATION);
        long word = Fixtures.RULES.judge().answerWord(none, Fixtures.TODAY);
        for (int i = 0; i < organisations; i++) {
            generation.stores().organisations().set(i, word);
        }
        engine.publish(follower.catchUp(generation, Departures.of(ledger)));
        Reader reader = engine.reader();
        reader.advance();
        return new Node(ledger, engine, follower, tail, reader);
    }

    Generation generation() {
        return Objects.requireNonNull(engine.current());
    }

    void at(long position) {
        follower.reached(position).orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        reader.close();
        tail.close();
        follower.close();
        ledger.close();
        engine.close();
    }
}
