package io.osmanthus.snapshots.ledger;

import io.osmanthus.snapshots.PseudonymKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads changes, and opens what the keys of their persons seal. For one thread at a time. */
final class ChangeReader {
    /** The time as a number of microseconds: it is read far more often than looked at. */
    private static final String FIELDS = "SELECT c.position, c.subject, c.kind, c.key_number, c.payload, c.actor,"
            + " (extract(epoch FROM c.at) * 1000000)::bigint, p.key FROM ";

    private static final String KEYS =
            " LEFT JOIN person p ON p.subject = c.subject AND p.key_number = c.key_number AND c.key_number > 0";
    private static final String COLUMNS = FIELDS + "change c" + KEYS;

    private final Vault vault;

    ChangeReader(PseudonymKey key) {
        this(new Vault(key));
    }

    ChangeReader(Vault vault) {
        this.vault = vault;
    }

    /** The changes after a position, in order, at most {@code max}. */
    List<Entry> after(Connection connection, long position, int max) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(COLUMNS + " WHERE c.position > ? ORDER BY c.position LIMIT ?")) {
            select.setLong(1, position);
            select.setInt(2, max);
            return entries(select, max);
        }
    }

    /** Every change about a subject, in order. */
    List<Entry> about(Connection connection, Subject subject) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(COLUMNS + " WHERE c.subject = ? ORDER BY c.position")) {
            select.setBytes(1, subject.bytes());
            return entries(select, 0);
        }
    }

    /** Changes of some kinds about a subject: after a position in order, or before one newest first; at most {@code max}. */
    List<Entry> about(Connection connection, Subject subject, Set<Kind> kinds, long from, boolean newestFirst, int max)
            throws SQLException {
        String[] words = kinds.stream().map(Kind::word).toArray(String[]::new);
        try (PreparedStatement select = connection.prepareStatement(COLUMNS
                + " WHERE c.subject = ? AND c.kind = ANY (?) AND c.position " + (newestFirst ? "<" : ">")
                + " ? ORDER BY c.position" + (newestFirst ? " DESC" : "") + " LIMIT ?")) {
            select.setBytes(1, subject.bytes());
            select.setArray(2, connection.createArrayOf("text", words));
            select.setLong(3, from);
            select.setInt(4, max);
            return entries(select, 0);
        }
    }

    /** Changes of list entries before a position, newest first; the condition is that of the index {@code change_entries}. */
    List<Entry> entriesBefore(Connection connection, long position, int max) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                COLUMNS
                        + " WHERE c.kind IN ('entry_added', 'entry_amended') AND c.position < ? ORDER BY c.position DESC LIMIT ?")) {
            select.setLong(1, position);
            select.setInt(2, max);
            return entries(select, 0);
        }
    }

    /**
     * The changes of a kind between two positions, in order, at most {@code max}. The kind stands in the text: an index of
     * some kinds only serves a question that names its kind when it is planned.
     */
    List<Entry> of(Connection connection, Kind kind, long after, long until, int max) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIELDS + "(SELECT * FROM change WHERE kind = '"
                + kind.word() + "' AND position > ? AND position <= ? ORDER BY position LIMIT ?) c" + KEYS
                + " ORDER BY c.position")) {
            select.setLong(1, after);
            select.setLong(2, until);
            select.setInt(3, max);
            return entries(select, 0);
        }
    }

    private List<Entry> entries(PreparedStatement select, int expected) throws SQLException {
        List<Entry> entries = new ArrayList<>(expected);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                byte[] subject = rows.getBytes(2);
                Kind kind = Kind.of(rows.getString(3));
                byte[] payload = rows.getBytes(5);
                if (rows.getInt(4) != 0) {
                    payload = kind == null ? null : vault.openPersonal(rows.getBytes(8), payload, subject, kind);
                }
                entries.add(new Entry(
                        rows.getLong(1),
                        Subject.of(subject),
                        kind,
                        payload,
                        rows.getString(6),
                        Instant.EPOCH.plus(rows.getLong(7), ChronoUnit.MICROS)));
            }
        }
        return entries;
    }
}
