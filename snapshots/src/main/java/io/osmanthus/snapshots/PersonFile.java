package io.osmanthus.snapshots;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One person's rows of a verified snapshot, with what memory does not hold: documents, amounts, evidence, which only the
 * person is shown. Every file lies in the order of its persons, so that a question reads a few row groups (milliseconds).
 * Sealed texts are opened here; what was sealed under another key is null. Belongs to one thread.
 */
public final class PersonFile implements AutoCloseable {
    /** Rows of one kind that are read of one person; a delivery with more of them is no person's. */
    public static final int ROWS_MAX = 100_000;

    private static final String EPOCH = "DATE '1970-01-01'";

    private final Path directory;
    private final Connection connection;
    private final PseudonymKey key;

    /** When and where somebody enrolled, as delivered; district 0 where none was given. */
    public record Enrolment(int district, int enrolledOn) {}

    /** A delivered record. Days are epoch days or {@link Rows#NONE}; {@code item} may be one that the catalogue no longer has. */
    public record Delivered(
            String id,
            String source,
            String item,
            int occurredOn,
            int endedOn,
            int decidedOn,
            @Nullable String documentNo) {}

    /** Delivered arrears. */
    public record Debt(
            String scene,
            int since,
            long amountCents,
            String source,
            @Nullable String reference) {}

    /** A delivered consent, whether it counts or not. */
    public record Given(
            String scene,
            int grantedOn,
            int expiresOn,
            @Nullable String evidence) {}

    /** A record's name among those of its person. */
    public record Name(String source, String id) {}

    private PersonFile(Path directory, Connection connection, PseudonymKey key) {
        this.directory = directory;
        this.connection = connection;
        this.key = key;
    }

    public static PersonFile open(Path directory, PseudonymKey key) {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", "256MB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "1");
        try {
            return new PersonFile(directory, DriverManager.getConnection("jdbc:duckdb:", properties), key);
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    /** The ordinal of a person, or -1. */
    public int ordinal(long high, long low) {
        List<Integer> found = rows(
                "SELECT ordinal FROM " + file("persons") + " WHERE person_high = ? AND person_low = ?",
                row -> row.getInt(1),
                high,
                low);
        return found.isEmpty() ? -1 : found.get(0);
    }

    /** The enrolment of an ordinal. */
    public Enrolment enrolment(int ordinal) {
        List<Enrolment> found = rows(
                "SELECT coalesce(district, 0), " + day("enrolled_on") + " FROM " + file("persons")
                        + " WHERE ordinal = ?",
                row -> new Enrolment(row.getInt(1), row.getInt(2)),
                ordinal);
        return found.isEmpty() ? new Enrolment(0, Rows.NONE) : found.get(0);
    }

    /** The records of an ordinal, in the order of id and source. */
    public List<Delivered> records(int ordinal) {
        Seal seal = Seal.of(key, "records.document_no");
        return rows(
                "SELECT record_id, source, item, " + day("occurred_on") + ", " + day("ended_on") + ", "
                        + day("decided_on")
                        + ", document_no FROM " + delivered("records")
                        + " WHERE subject_type = 'person' AND subject = ?"
                        + " ORDER BY record_id, source",
                row -> new Delivered(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getInt(4),
                        row.getInt(5),
                        row.getInt(6),
                        opened(seal, row.getBytes(7))),
                ordinal);
    }

    /** Of the given items, which records an ordinal has. */
    public Set<Name> recordNames(int ordinal, Set<String> items) {
        return new HashSet<>(rows(
                "SELECT source, record_id FROM " + delivered("records")
                        + " WHERE subject_type = 'person' AND subject = ?"
                        + " AND list_contains(string_split(?, ','), item)",
                row -> new Name(row.getString(1), row.getString(2)),
                ordinal,
                String.join(",", items)));
    }

    /** The arrears of an ordinal. */
    public List<Debt> arrears(int ordinal) {
        Seal seal = Seal.of(key, "arrears.reference");
        return rows(
                "SELECT scene, " + day("since") + ", coalesce(amount_cents, 0), source, reference FROM "
                        + delivered("arrears") + " WHERE person = ? ORDER BY scene, since",
                row -> new Debt(
                        row.getString(1),
                        row.getInt(2),
                        row.getLong(3),
                        row.getString(4),
                        opened(seal, row.getBytes(5))),
                ordinal);
    }

    /** The consents of an ordinal. */
    public List<Given> consents(int ordinal) {
        Seal seal = Seal.of(key, "consents.evidence");
        return rows(
                "SELECT scene, " + day("granted_on") + ", " + day("expires_on") + ", evidence FROM "
                        + delivered("consents") + " WHERE person = ? ORDER BY scene, granted_on",
                row -> new Given(row.getString(1), row.getInt(2), row.getInt(3), opened(seal, row.getBytes(4))),
                ordinal);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> rows(String sql, Reading<T> reading, Object... parameters) {
        try (PreparedStatement select = connection.prepareStatement(sql + " LIMIT " + ROWS_MAX)) {
            for (int i = 0; i < parameters.length; i++) {
                select.setObject(i + 1, parameters[i]);
            }
            List<T> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(reading.of(rows));
                }
            }
            return List.copyOf(found);
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    private static @Nullable String opened(Seal seal, byte @Nullable [] sealed) {
        if (sealed == null) {
            return null;
        }
        try {
            return seal.open(sealed);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private String file(String name) {
        return "read_parquet('"
                + directory.resolve(name + ".parquet").toString().replace("'", "''") + "')";
    }

    /** What the ledger says stands in its own entries: here are the rows that were delivered. */
    private String delivered(String name) {
        return "(SELECT * FROM (SELECT * FROM (SELECT NULL::BIGINT AS position WHERE false) UNION ALL BY NAME SELECT * FROM "
                + file(name) + ") WHERE position IS NULL)";
    }

    private static String day(String column) {
        return "CAST(coalesce(date_diff('day', " + EPOCH + ", " + column + "), " + Rows.NONE + ") AS INTEGER)";
    }

    private static IllegalStateException failed(Path directory, SQLException e) {
        return new IllegalStateException("snapshot " + directory + " cannot be read: " + e.getMessage(), e);
    }
}
