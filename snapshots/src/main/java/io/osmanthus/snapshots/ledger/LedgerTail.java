package io.osmanthus.snapshots.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a ledger on a thread and a connection of its own: woken by each commit (LISTEN), and asking every {@value
 * #POLL_MS} ms in any case. Hands changes on in order, each once. Goes on by itself after an outage.
 *
 * <p>What was seen last is kept in a file. A ledger with another id, one that is behind it, or one whose change at our
 * position is not the one we know, is refused: somebody restored an older database, and what was withdrawn since would hold
 * again. An operator who means it says so ({@code ledger accept}).
 */
public final class LedgerTail implements AutoCloseable {
    static final int POLL_MS = 250;

    /** Changes read at a time by whoever has nothing else to do. */
    public static final int BATCH_MAX = 5_000;

    /** Changes handed on at a time: one or two milliseconds. */
    static final int PAGE_MAX = 256;

    private static final int RETRY_MS = 200;
    private static final long MARK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(LedgerTail.class);

    /** Who is told. Called on the tail's thread. */
    public interface Listener {
        /** Changes in order, without gaps. */
        void changed(List<Entry> entries);

        /** Everything up to a position has been handed on, and the ledger was asked at this {@link System#nanoTime}. */
        void heard(long position, long askedNanos);

        /** On the clock of {@link System#nanoTime}: until then checks are answered beside the work of the tail. */
        long vouchedUntilNanos();
    }

    private final Ledger ledger;
    private final @Nullable Path markFile;
    private final Listener listener;
    private final Thread thread;
    private final ChangeReader reader;
    private volatile boolean open = true;
    private volatile long position;
    private volatile long behind;
    private volatile @Nullable String refused;

    /** Of the change at our position. Belongs to the thread. */
    private @Nullable String hash;

    private final @Nullable LedgerLeft left;

    /** Not yet written down. Belongs to the thread. */
    private final List<LedgerLeft.Departed> departed = new ArrayList<>();

    private long marked = -1;
    private long markedNanos = System.nanoTime() - MARK_INTERVAL_NANOS;

    /**
     * A tail from the ledger's present end.
     *
     * @param markFile where the position seen last is kept; null for nowhere
     * @throws LedgerException REFUSED where the ledger is another than the mark's, or behind it; UNAVAILABLE
     */
    public LedgerTail(Ledger ledger, @Nullable Path markFile, Listener listener) {
        this.ledger = ledger;
        this.markFile = markFile;
        this.listener = listener;
        this.reader = ledger.reader();
        this.left = markFile == null ? null : new LedgerLeft(store(markFile));
        Ledger.Head head = ledger.head();
        check(ledger, markFile, left);
        this.position = head.position();
        this.hash = head.hash();
        this.thread = new Thread(this::run, "osmanthus-tail");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Up to where changes have been handed on. */
    public long position() {
        return position;
    }

    /** How many changes the ledger was ahead when last asked. */
    public long behind() {
        return behind;
    }

    /** Why the ledger is not believed any more, or null. */
    public @Nullable String refused() {
        return refused;
    }

    @Override
    public void close() {
        open = false;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (refused == null) {
            mark();
        }
    }

    private void run() {
        boolean away = false;
        while (open && refused == null) {
            try (Connection connection = ledger.connect()) {
                try (Statement listen = connection.createStatement()) {
                    listen.execute("LISTEN " + Ledger.CHANNEL);
                }
                if (away) {
                    LOG.info("the ledger is followed again, from position {}", position);
                    away = false;
                }
                follow(connection);
            } catch (SQLException e) {
                ledger.lost();
                if (!away) {
                    LOG.warn("the ledger cannot be followed: {} ({})", e.getMessage(), e.getSQLState());
                    away = true;
                }
                pause();
            } catch (RuntimeException | Error e) {
                LOG.error("following the ledger failed; it is tried again", e);
                pause();
            }
        }
    }

    private void follow(Connection connection) throws SQLException {
        PGConnection notifications = connection.unwrap(PGConnection.class);
        while (open) {
            long asked = System.nanoTime();
            ledger.watch().begins(LedgerWatch.TAIL);
            try {
                if (!believed(connection)) {
                    return;
                }
            } finally {
                ledger.watch().ends(LedgerWatch.TAIL);
            }
            handOn(connection);
            behind = 0;
            listener.heard(position, asked);
            if (System.nanoTime() - markedNanos > MARK_INTERVAL_NANOS) {
                markedNanos = System.nanoTime();
                mark();
                note(List.of());
            }
            notifications.getNotifications(POLL_MS);
        }
    }

    /** In small pages, one after the other and at a {@link Pace}: what answers checks has to come to the processor meanwhile. */
    private void handOn(Connection connection) throws SQLException {
        Pace pace = Pace.of(behind, System.nanoTime(), listener.vouchedUntilNanos());
        List<Entry> entries = reader.after(connection, position, PAGE_MAX);
        while (!entries.isEmpty() && open) {
            long last = entries.get(entries.size() - 1).position();
            String lastHash = Ledger.hash(connection, last);
            note(entries);
            listener.changed(entries);
            hash = lastHash;
            position = last;
            ledger.followed(last);
            behind = Math.max(0, behind - entries.size());
            if (entries.size() < PAGE_MAX) {
                return;
            }
            pace.rest(entries.size());
            entries = reader.after(connection, position, PAGE_MAX);
        }
    }

    /** Before anybody is told that they have left. Where the disk refuses they leave all the same, and it is tried again. */
    private void note(List<Entry> entries) {
        LedgerLeft file = left;
        if (file == null) {
            return;
        }
        for (Entry entry : entries) {
            if (entry.kind() == Kind.LEFT) {
                departed.add(new LedgerLeft.Departed(entry.position(), entry.subject(), entry.at()));
            }
        }
        if (departed.isEmpty()) {
            return;
        }
        try {
            file.note(departed);
            departed.clear();
        } catch (IOException e) {
            LOG.error(
                    "departures cannot be written down beside the ledger, in {}: {}", LedgerLeft.FILE, e.getMessage());
        }
    }

    private boolean believed(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, position, (SELECT encode(hash, 'hex') FROM change WHERE position = ?) FROM ledger")) {
            select.setLong(1, position);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return refuse("the ledger has lost its counter row");
                }
                long head = row.getLong(2);
                String found = row.getString(3);
                behind = Math.max(0, head - position);
                if (!ledger.id().equals(row.getObject(1, UUID.class))) {
                    return refuse("the database holds another ledger than before");
                }
                if (head < position || (position > 0 && found == null)) {
                    return refuse("the ledger ends at " + head + ", and we have seen " + position
                            + ": an older database was restored");
                }
                if (position > 0 && !Objects.equals(hash, found)) {
                    return refuse("the change at position " + position + " is not the one that we have seen:"
                            + " an older database was restored, and written since");
                }
                return true;
            }
        }
    }

    /** What was seen since the mark was last written must be known to whoever starts next: it is written now. */
    private boolean refuse(String why) {
        mark();
        refused = why;
        ledger.refuse();
        LOG.error("{}. Checks about persons stop; see 'A restored ledger' in the README", why);
        return false;
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            // the loop's condition says whether it is the end
            Thread.interrupted();
        }
    }

    private void mark() {
        long at = position;
        if (markFile == null || at == marked) {
            return;
        }
        try {
            // nodes may share the file: it only ever grows
            LedgerSeen before = LedgerSeen.read(markFile);
            if (before == null || at > before.position() || (at == before.position() && before.hash() == null)) {
                new LedgerSeen(ledger.id(), at, hash, ledger.now()).write(markFile);
            }
            marked = at;
        } catch (IOException e) {
            LOG.warn("the ledger's mark {} cannot be written: {}", markFile, e.getMessage());
        }
    }

    private static Path store(Path markFile) {
        return Objects.requireNonNull(markFile.toAbsolutePath().getParent(), "no file is the root");
    }

    private static void check(Ledger ledger, @Nullable Path markFile, @Nullable LedgerLeft left) {
        if (markFile == null || left == null) {
            return;
        }
        LedgerSeen seen;
        List<LedgerLeft.Departed> lacking;
        try {
            seen = LedgerSeen.read(markFile);
            lacking = seen != null && !seen.id().equals(ledger.id()) ? List.of() : left.lacking(ledger);
        } catch (IOException e) {
            throw refusal("what was seen of the ledger cannot be read: " + e.getMessage(), markFile);
        }
        String wrong = seen == null ? null : seen.contradiction(ledger);
        if (wrong == null && !lacking.isEmpty()) {
            wrong = "the ledger lacks " + lacking.size()
                    + " departures that this store knows: an older database was restored";
        }
        if (wrong != null) {
            throw refusal(wrong, markFile);
        }
    }

    private static LedgerException refusal(String why, Path markFile) {
        return new LedgerException(
                LedgerException.Code.REFUSED,
                why + ". What was withdrawn since would hold again, and who left would be back (" + markFile
                        + "). If the loss is accepted: ledger accept (README, 'A restored ledger')");
    }
}
