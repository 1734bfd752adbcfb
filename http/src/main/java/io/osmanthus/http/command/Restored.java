package io.osmanthus.http.command;

import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.ArrearsReferences;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerLeft;
import io.osmanthus.snapshots.ledger.LedgerLeft.Departed;
import io.osmanthus.snapshots.ledger.LedgerSeen;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.trail.AccessTrail;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/*
 * What a restored ledger has lost cannot be had back, but for one thing: who has left stays erased. Their departures stand in
 * the store, and are made once more before anything is answered. Who enrolled again afterwards is out too: that act is lost
 * with the others, and nobody is enrolled but by an act that we hold.
 */

/** Takes a ledger that was restored from a backup for the one to go on with. */
final class Restored {
    private static final int BATCH = 100;
    private static final String ACTOR = "restore";

    private final Ledger ledger;
    private final Path store;
    private final Path rolled;
    private final Duration kept;
    private final InstantSource clock;

    /**
     * A restored ledger and what this store has seen of it before.
     *
     * @param rolled the access trail's place
     * @param kept how long departures are known beside the ledger
     */
    Restored(Ledger ledger, Path store, Path rolled, Duration kept, InstantSource clock) {
        this.ledger = ledger;
        this.store = store;
        this.rolled = rolled;
        this.kept = kept;
        this.clock = clock;
    }

    /**
     * What the ledger has lost.
     *
     * @param contradiction why it is not the ledger that was seen; null where it is
     * @param position where it ends
     * @param seen how far it had got, 0 where nobody knows
     * @param from the time of its last change: what was written after it is lost; null where it has none
     * @param until when the position seen was written down; null where nobody knows
     * @param departures those that it lacks
     * @param unknownSince where some may be missing among them: departures before this are not known any more
     */
    record Loss(
            @Nullable String contradiction,
            long position,
            long seen,
            @Nullable Instant from,
            @Nullable Instant until,
            List<Departed> departures,
            @Nullable Instant unknownSince) {
        boolean any() {
            return contradiction != null || !departures.isEmpty();
        }
    }

    /** Looks, and changes nothing. */
    Loss loss() throws IOException {
        LedgerSeen seen = LedgerSeen.read(store.resolve(LedgerSeen.FILE));
        if (seen != null && !seen.id().equals(ledger.id())) {
            throw new CommandException("the database holds another ledger than the one that was served from this store:"
                    + " give it a store of its own");
        }
        String contradiction = seen == null ? null : seen.contradiction(ledger);
        Ledger.Head head = ledger.head();
        List<Departed> lacking = new LedgerLeft(store).lacking(ledger);
        Instant from = head.position() == 0
                ? null
                : ledger.after(head.position() - 1, 1).get(0).at();
        Instant known = clock.instant().minus(kept);
        boolean older = from != null && from.isBefore(known);
        return new Loss(
                contradiction,
                head.position(),
                seen == null ? 0 : seen.position(),
                from,
                seen == null ? null : seen.at(),
                lacking,
                older ? known : null);
    }

    /** Makes the departures once more, and has servers take the ledger as it is now for the one they have seen. */
    void accept(Loss loss) throws IOException {
        List<Departed> departures = loss.departures();
        for (int from = 0; from < departures.size(); from += BATCH) {
            List<Departed> batch = departures.subList(from, Math.min(departures.size(), from + BATCH));
            ledger.submit(null, page -> {
                        for (Departed one : batch) {
                            page.appendPersonal(one.subject(), Kind.LEFT, Payload.of(), ACTOR);
                            ArrearsReferences.forget(page, one.subject());
                            Cases.forget(page, one.subject());
                        }
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .join();
        }
        // What the trail has erased was counted by positions that others will have now: they are gone through again.
        AccessTrail.restored(rolled, ledger.id().toString(), 0);
        Ledger.Head head = ledger.head();
        new LedgerSeen(ledger.id(), head.position(), head.hash(), clock.instant())
                .write(store.resolve(LedgerSeen.FILE));
        new LedgerLeft(store).renew(redone(departures, head), clock.instant().minus(kept));
    }

    /** Under the positions they have now. */
    private List<Departed> redone(List<Departed> departures, Ledger.Head head) {
        long first = head.position() - departures.size() + 1;
        Instant now = clock.instant();
        return IntStream.range(0, departures.size())
                .mapToObj(i -> new Departed(first + i, departures.get(i).subject(), now))
                .toList();
    }
}
