package io.osmanthus.engine;

import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Subject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who has left, as a loader asks: what a delivery still says of them does not come back. Immutable. */
public final class Departures {
    /** Nobody has. */
    public static final Departures NONE = new Departures(Map.of(), 0);

    /** The person stays out. */
    static final int GONE = Integer.MAX_VALUE;

    private final Map<Change.Subject, Departure> departures;
    private final long position;

    private record Departure(int on, long position, boolean gone) {}

    private Departures(Map<Change.Subject, Departure> departures, long position) {
        this.departures = departures;
        this.position = position;
    }

    /** Reads them, and with them a position up to which no departure is missing. */
    public static Departures of(Ledger ledger) {
        long position = ledger.head().position();
        Map<Change.Subject, Departure> departures = new HashMap<>();
        ledger.departures(row -> {
            int on = (int) LocalDate.ofInstant(row.at(), Keeper.ZONE).toEpochDay();
            departures.put(
                    new Change.Subject(row.subject().high(), row.subject().low()),
                    new Departure(on, row.position(), row.gone()));
        });
        return new Departures(departures, position);
    }

    /**
     * Who left, has not enrolled again by an act, and is in a generation all the same: a delivery that is newer has enrolled
     * them. The ledger holds no key of theirs, and what is written about them means nothing until it does.
     */
    public List<Subject> returned(Generation generation) {
        Identifiers.Lookup identifiers = generation.stores().identifiers().lookup();
        long position = generation.position();
        return departures.entrySet().stream()
                .filter(one -> one.getValue().gone() && one.getValue().position() <= position)
                .map(Map.Entry::getKey)
                .filter(person -> identifiers.find(person.high(), person.low()) != Identifiers.ABSENT)
                .map(person -> new Subject(person.high(), person.low()))
                .toList();
    }

    /** Up to here departures are in what was loaded, and are not to be replayed. */
    long position() {
        return position;
    }

    /** Whether a departure up to {@link #position} is known, of somebody who was then left out. */
    boolean knows(long high, long low) {
        return departures.containsKey(new Change.Subject(high, low));
    }

    /**
     * After which day a delivered consent counts: any day for one who never left, {@link #GONE} where the person stays out.
     * A delivered enrolment newer than the departure is a new one. Who enrolled anew by an act comes back by its replay, and
     * with nothing of before.
     *
     * @param contained the ledger position that the snapshot contains: with earlier departures it was built
     */
    int consentsAfter(long high, long low, int enrolledOn, long contained) {
        if (departures.isEmpty()) {
            return Integer.MIN_VALUE;
        }
        Departure departure = departures.get(new Change.Subject(high, low));
        if (departure == null || departure.position() <= contained) {
            return Integer.MIN_VALUE;
        }
        return enrolledOn <= departure.on() ? GONE : departure.on();
    }
}
