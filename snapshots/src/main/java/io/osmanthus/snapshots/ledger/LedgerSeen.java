package io.osmanthus.snapshots.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a ledger has been seen: {@code ledger.seen} in the snapshot store, one line {@code ledger position hash time}.
 * Files of before have ledger and position only. Immutable.
 *
 * @param hash of the change at the position, 64 hexadecimal digits; null where it was not written down
 * @param at when it was written down; null where that was not
 */
public record LedgerSeen(
        UUID id,
        long position,
        @Nullable String hash,
        @Nullable Instant at) {
    /** The file's name in the store. */
    public static final String FILE = "ledger.seen";

    /** What a file says; null where there is none. */
    public static @Nullable LedgerSeen read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        String[] words =
                Files.readString(file, StandardCharsets.US_ASCII).strip().split(" ", -1);
        try {
            if (words.length == 2) {
                return new LedgerSeen(UUID.fromString(words[0]), Long.parseLong(words[1]), null, null);
            }
            if (words.length == 4 && words[2].matches("[0-9a-f]{64}")) {
                return new LedgerSeen(
                        UUID.fromString(words[0]), Long.parseLong(words[1]), words[2], Instant.parse(words[3]));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException("it is not 'ledger position hash time'", e);
        }
        throw new IOException("it is not 'ledger position hash time'");
    }

    /** Writes it in the place of what the file said. */
    public void write(Path file) throws IOException {
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".ledger", ".new");
        String more = hash == null || at == null ? "" : " " + hash + " " + at;
        Files.writeString(fresh, id + " " + position + more + "\n", StandardCharsets.US_ASCII);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The same by its position only, for the while in which the hashes change. */
    public LedgerSeen withoutHash() {
        return new LedgerSeen(id, position, null, null);
    }

    /**
     * What a database holds in place of the ledger that was seen, in words; null where it is that ledger.
     *
     * @throws LedgerException UNAVAILABLE
     */
    public @Nullable String contradiction(Ledger.Place place) {
        return LedgerSeen.<@Nullable String>asked(place, this::contradicted);
    }

    /** See {@link #contradiction(Ledger.Place)}; of a ledger that is open. */
    public @Nullable String contradiction(Ledger ledger) {
        return ledger.<@Nullable String>read(this::contradicted);
    }

    private @Nullable String contradicted(Connection connection) throws SQLException {
        try (PreparedStatement select = question(connection);
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the ledger has lost its counter row");
            }
            if (!id.equals(row.getObject(1, UUID.class))) {
                return "the database holds another ledger than the one that was served here";
            }
            long head = row.getLong(2);
            if (head < position) {
                return "the ledger ends at " + head + ", and " + position
                        + " was served here: an older database was restored";
            }
            if (hash != null && position > 0 && !hash.equals(row.getString(3))) {
                return "the change at position " + position
                        + " is not the one that was served here: an older database was restored, and written since";
            }
            return null;
        }
    }

    /** The same position of a ledger whose hashes have been made anew. */
    public LedgerSeen rehashed(Ledger.Place place, Instant now) {
        return asked(place, connection -> {
            try (PreparedStatement select = question(connection);
                    ResultSet row = select.executeQuery()) {
                row.next();
                return new LedgerSeen(id, position, row.getString(3), now);
            }
        });
    }

    private PreparedStatement question(Connection connection) throws SQLException {
        PreparedStatement select = connection.prepareStatement(
                "SELECT id, position, (SELECT encode(hash, 'hex')" + " FROM change WHERE position = ?) FROM ledger");
        select.setLong(1, position);
        return select;
    }

    static <T extends @Nullable Object> T asked(Ledger.Place place, Ledger.Reading<T> reading) {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password())) {
            return reading.from(connection);
        } catch (SQLException e) {
            throw new LedgerException(
                    LedgerException.Code.UNAVAILABLE,
                    "the database of the ledger (server.yaml, database) cannot be read: " + e.getMessage(),
                    e);
        }
    }
}
