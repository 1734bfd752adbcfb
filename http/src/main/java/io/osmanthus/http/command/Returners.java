package io.osmanthus.http.command;

import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerException;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Leaving destroys a person's key in the ledger. Whom a newer delivery enrols again is answered, but has no key: what a
 * department reports about them would become a change of nothing, though it is acknowledged with the same bytes. So each
 * gets a key when a snapshot is taken into service, and not when somebody reports: then a position more would tell who is
 * enrolled. The row enrols nobody: it is a delivery that has, and a delivery without them ends it.
 */

/** Gives those whom a delivery has enrolled again after they left a key in the ledger, once over all nodes. For one thread. */
final class Returners {
    /** Persons of one act: it holds the counter row meanwhile. */
    private static final int BATCH = 200;

    private static final int TIMEOUT_SECONDS = 20;
    private static final String ACTOR = "delivery";
    private static final Logger LOG = LoggerFactory.getLogger(Returners.class);

    private List<Subject> waiting = List.of();
    private long seenAt;

    /** Takes who came back with a generation at a position, in the place of those of the generation before. */
    void came(List<Subject> returned, long position) {
        waiting = returned;
        seenAt = position;
    }

    /** Writes what waits. Where the ledger is away it waits on. */
    void admit(Ledger ledger) {
        if (waiting.isEmpty()) {
            return;
        }
        long position = seenAt;
        try {
            while (!waiting.isEmpty()) {
                List<Subject> batch = waiting.subList(0, Math.min(BATCH, waiting.size()));
                Act admission = page -> {
                    for (Subject person : batch) {
                        page.here(person, position, Payload.of().with("delivered", 1), ACTOR);
                    }
                    return new Act.Outcome(200, new byte[0]);
                };
                ledger.submit(null, admission)
                        .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .join();
                waiting = waiting.subList(batch.size(), waiting.size());
            }
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof LedgerException || e.getCause() instanceof TimeoutException)) {
                throw e;
            }
            LOG.warn("{} persons who came back have no key in the ledger yet: it is away", waiting.size());
        }
    }
}
