package io.osmanthus.snapshots.ledger;

import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Whose arrears a reference names, in the transaction of an act. References are keyed hashes; where nobody is enrolled, a
 * row with a random subject stands, so that reporting and settling answer alike. Stateless.
 */
public final class ArrearsReferences {
    private ArrearsReferences() {}

    /** What a reference names. {@code since} is an epoch day. */
    public record Named(Subject subject, String scene, int since, boolean settled) {}

    /** Notes a reference; false where it has been noted before. {@code subject} null: nobody is enrolled. */
    public static boolean note(Page page, byte[] reference, @Nullable Subject subject, String scene, int since)
            throws SQLException {
        try (PreparedStatement insert = page.connection()
                .prepareStatement("INSERT INTO arrears_reference (reference, subject, scene, since) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (reference) DO NOTHING")) {
            insert.setBytes(1, reference);
            insert.setBytes(2, (subject == null ? Subject.nobody() : subject).bytes());
            insert.setString(3, scene);
            insert.setDate(4, Date.valueOf(LocalDate.ofEpochDay(since)));
            return insert.executeUpdate() == 1;
        }
    }

    /** What a reference names, or null where it has not been noted. */
    public static @Nullable Named find(Page page, byte[] reference) throws SQLException {
        try (PreparedStatement select = page.connection()
                .prepareStatement("SELECT subject, scene, since, settled FROM arrears_reference WHERE reference = ?")) {
            select.setBytes(1, reference);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new Named(
                                Subject.of(row.getBytes(1)),
                                row.getString(2),
                                (int) row.getDate(3).toLocalDate().toEpochDay(),
                                row.getBoolean(4))
                        : null;
            }
        }
    }

    /** Marks a reference as settled. */
    public static void settle(Page page, byte[] reference) throws SQLException {
        try (PreparedStatement update =
                page.connection().prepareStatement("UPDATE arrears_reference SET settled = true WHERE reference = ?")) {
            update.setBytes(1, reference);
            update.executeUpdate();
        }
    }

    /** One who leaves is no longer behind any reference. */
    public static void forget(Page page, Subject subject) throws SQLException {
        try (PreparedStatement update =
                page.connection().prepareStatement("UPDATE arrears_reference SET subject = ? WHERE subject = ?")) {
            update.setBytes(1, Subject.nobody().bytes());
            update.setBytes(2, subject.bytes());
            update.executeUpdate();
        }
    }
}
