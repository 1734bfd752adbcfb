package io.osmanthus.http.command;

import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Ledger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ledger whose changes a build takes in: that of the servers. An embedded one is read through the server that runs it,
 * or started for the while where none does; where there is none yet, there is nothing to take in.
 */
record ContainedLedger(@Nullable Ledger ledger, @Nullable EmbeddedDatabase started) implements AutoCloseable {
    /** None: its changes are replayed over the snapshot, every time it is loaded. */
    static final ContainedLedger NONE = new ContainedLedger(null, null);

    /** Opens the ledger of a configuration. */
    static ContainedLedger open(ServerConfig.Database database, Secrets secrets, PseudonymKey key) {
        Path embedded = database.embedded();
        if (embedded == null) {
            Ledger.Place place = new Ledger.Place(
                    Objects.requireNonNull(database.jdbcUrl()), secrets.databaseUser(), secrets.databasePassword());
            return new ContainedLedger(Ledger.open(place, key, InstantSource.system()), null);
        }
        if (!EmbeddedDatabase.in(embedded)) {
            return NONE;
        }
        if (EmbeddedDatabase.runs(embedded)) {
            Ledger.Place place = EmbeddedDatabase.running(embedded);
            return new ContainedLedger(Ledger.open(place, key, InstantSource.system()), null);
        }
        EmbeddedDatabase own = EmbeddedDatabase.start(embedded);
        try {
            return new ContainedLedger(Ledger.open(own.place(), key, InstantSource.system()), own);
        } catch (RuntimeException | Error e) {
            own.close();
            throw e;
        }
    }

    /** A snapshot knows what a ledger said up to a position: of another ledger, or of one that has lost it, it is refused. */
    static void check(Manifest manifest, @Nullable Ledger served) {
        String id = manifest.ledgerId();
        if (id == null || served == null) {
            return;
        }
        String contains = "snapshot " + manifest.version() + " contains the ledger " + id + " up to position "
                + manifest.ledgerPosition();
        if (!id.equals(served.id().toString())) {
            throw new SnapshotException(
                    SnapshotException.Code.WRONG_LEDGER,
                    contains + ", and this server's is " + served.id()
                            + ": serve that ledger, or build the snapshot anew");
        }
        long head = served.head().position();
        if (manifest.ledgerPosition() > head) {
            throw new SnapshotException(
                    SnapshotException.Code.WRONG_LEDGER,
                    contains + ", and the ledger ends at " + head
                            + ": an older database was restored (README, 'A restored"
                            + " ledger'); build the snapshot anew, or activate one of before");
        }
        String hash = manifest.ledgerHash();
        if (hash != null && !hash.equals(served.hash(manifest.ledgerPosition()))) {
            throw new SnapshotException(
                    SnapshotException.Code.WRONG_LEDGER,
                    contains + ", and the change there is another one in this server's: an older database was restored,"
                            + " and written since (README, 'A restored ledger'); build the snapshot anew, or activate"
                            + " one of before");
        }
    }

    @Override
    public void close() {
        if (ledger != null) {
            ledger.close();
        }
        if (started != null) {
            started.close();
        }
    }
}
