package io.osmanthus.snapshots.ledger;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/*
 * What the chain proves: nothing was changed, taken out or put in between the first change and a head that somebody has kept
 * elsewhere. Whoever can write the database and knows this code can make a new chain; hence the head that is printed, and
 * may be asked for again.
 */

/**
 * Reads a whole ledger in one transaction that changes nothing, and holds it against its hash chain. One use, one thread.
 */
public final class LedgerAudit {
    private static final int FETCH_ROWS = 5_000;
    private static final String ROWS = "SELECT c.position, c.subject, c.kind, c.key_number, c.payload, c.actor, c.at,"
            + " c.hash, p.key FROM change c LEFT JOIN person p ON p.subject = c.subject"
            + " AND p.key_number = c.key_number AND c.key_number > 0 ORDER BY c.position";

    private final PseudonymKey key;
    private final Vault vault;
    private final @Nullable Head expected;
    private final Listener listener;

    /** Changes that no key opens, of persons who have not left since: the first of each. */
    private final Map<Subject, Long> unread = new LinkedHashMap<>();

    /** Who looks further, at what changes mean. */
    public interface Listener {
        /** A change whose place and hash are right; what is wrong with it, or null. */
        @Nullable
        String change(Entry entry);

        /** The end: what is wrong with the rest of the database, or null. */
        @Nullable
        String end(Connection connection) throws SQLException;
    }

    /** A state of a ledger that somebody has kept: the position, and the hash of its change in hexadecimal digits. */
    public record Head(long position, String hash) {}

    /**
     * What was found.
     *
     * @param broken what is wrong first, or null: everything is as it was written
     */
    public record Report(UUID id, Head head, @Nullable Broken broken) {}

    /** The first position at which something is wrong, 0 for the database as a whole, and what. */
    public record Broken(long position, String words) {}

    /**
     * An audit.
     *
     * @param expected what an earlier audit has printed, or null
     */
    public LedgerAudit(PseudonymKey key, @Nullable Head expected, Listener listener) {
        this.key = key;
        this.vault = new Vault(key);
        this.expected = expected;
        this.listener = listener;
    }

    /**
     * Audits a ledger.
     *
     * @throws LedgerException UNAVAILABLE; REFUSED where it was written under another pseudonym key
     */
    public Report run(Ledger.Place place) {
        return run(place, Progress.SILENT);
    }

    /** The same, and says how many changes have been read. */
    public Report run(Ledger.Place place, Progress progress) {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password())) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            Report report = audit(connection, progress);
            connection.rollback();
            return report;
        } catch (SQLException e) {
            throw new LedgerException(
                    LedgerException.Code.UNAVAILABLE,
                    "the database of the ledger (server.yaml, database) cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private Report audit(Connection connection, Progress progress) throws SQLException {
        UUID id;
        long position;
        byte[] head;
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT id, position, head, key_fingerprint FROM ledger");
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the ledger has lost its counter row");
            }
            id = row.getObject(1, UUID.class);
            position = row.getLong(2);
            head = row.getBytes(3);
            String fingerprint = row.getString(4);
            if (fingerprint != null && !fingerprint.equals(key.fingerprint())) {
                throw new LedgerException(
                        LedgerException.Code.REFUSED,
                        "the ledger was written under another pseudonym key (fingerprint " + fingerprint + ", ours "
                                + key.fingerprint() + ")");
            }
        }
        Head said = new Head(position, HexFormat.of().formatHex(head));
        Broken broken;
        try (Progress.Task task = progress.begin("read the ledger", position, "changes")) {
            broken = changes(connection, position, head, task);
        }
        if (broken == null && !unread.isEmpty()) {
            long first = unread.values().iterator().next();
            broken = new Broken(
                    first,
                    "cannot be opened, and its person has not left: the content or the person's key was changed");
        }
        if (broken == null) {
            String words = listener.end(connection);
            broken = words == null ? null : new Broken(0, words);
        }
        return new Report(id, said, broken);
    }

    private @Nullable Broken changes(Connection connection, long counted, byte[] head, Progress.Task task)
            throws SQLException {
        Chain chain = new Chain();
        byte[] hash = new byte[32];
        long last = 0;
        try (PreparedStatement select = connection.prepareStatement(ROWS)) {
            select.setFetchSize(FETCH_ROWS);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    long position = rows.getLong(1);
                    if (position != last + 1) {
                        return new Broken(last + 1, "is missing: behind " + last + " comes " + position);
                    }
                    Chain.Stored row = stored(rows);
                    hash = chain.next(hash, position, row);
                    if (!Arrays.equals(hash, rows.getBytes(8))) {
                        return new Broken(
                                position,
                                "is not as it was written: its hash does not fit the change and those before");
                    }
                    last = position;
                    task.advance(1);
                    Broken broken = look(position, row, hash, rows.getBytes(9));
                    if (broken != null) {
                        return broken;
                    }
                }
            }
        }
        if (last != counted || !Arrays.equals(hash, head)) {
            return new Broken(
                    Math.min(last, counted) + 1,
                    "is not as it was written: the counter stands at " + counted + ", the last change is " + last
                            + (last == counted ? ", and their hashes differ" : ""));
        }
        if (expected != null && expected.position() > last) {
            return new Broken(last + 1, "is missing: an earlier audit has seen changes up to " + expected.position());
        }
        return null;
    }

    private static Chain.Stored stored(ResultSet rows) throws SQLException {
        Instant at = rows.getTimestamp(7).toInstant();
        return new Chain.Stored(
                rows.getBytes(2), rows.getString(3), rows.getInt(4), rows.getBytes(5), rows.getString(6), at);
    }

    private @Nullable Broken look(long position, Chain.Stored row, byte[] hash, byte @Nullable [] wrapped) {
        if (expected != null
                && expected.position() == position
                && !expected.hash().equalsIgnoreCase(HexFormat.of().formatHex(hash))) {
            return new Broken(position, "has another hash than an earlier audit has seen: the ledger was written anew");
        }
        Subject subject = Subject.of(row.subject());
        byte[] payload = row.payload();
        if (row.keyNumber() != 0) {
            SecretKeySpec personal = wrapped == null ? null : vault.unwrap(wrapped, row.subject());
            payload = personal == null ? null : vault.open(personal, row.payload(), row.subject(), row.kind());
        }
        if (row.keyNumber() > 0 && payload == null) {
            unread.putIfAbsent(subject, position);
        }
        Kind kind = Kind.of(row.kind());
        if (kind == Kind.LEFT) {
            unread.remove(subject);
        }
        String words = listener.change(new Entry(position, subject, kind, payload, row.actor(), row.at()));
        return words == null ? null : new Broken(position, words);
    }
}
