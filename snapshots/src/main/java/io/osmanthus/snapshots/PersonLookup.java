package io.osmanthus.snapshots;

import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Single persons of a verified snapshot, by ordinal: what a check never needs and memory therefore does not hold. Each
 * question reads a few row groups (milliseconds). Belongs to one thread.
 */
public final class PersonLookup implements AutoCloseable {
    private final Path directory;
    private final Connection connection;

    /** A token that the delivery bound to a person. */
    public record Token(Scheme scheme, long high, long low) {}

    /** Delivered arrears. */
    public record Arrears(long personHigh, long personLow, String scene, int since) {}

    private PersonLookup(Path directory, Connection connection) {
        this.directory = directory;
        this.connection = connection;
    }

    public static PersonLookup open(Path directory) {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", "256MB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "1");
        try {
            return new PersonLookup(directory, DriverManager.getConnection("jdbc:duckdb:", properties));
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    /** The tokens of a person. */
    public List<Token> tokens(int ordinal) {
        try (PreparedStatement select = select("scheme, token_high, token_low", "tokens", "person = ?")) {
            select.setInt(1, ordinal);
            List<Token> tokens = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Scheme scheme = Scheme.of(rows.getString(1));
                    if (scheme != null) {
                        tokens.add(new Token(scheme, rows.getLong(2), rows.getLong(3)));
                    }
                }
            }
            return List.copyOf(tokens);
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    /** The pseudonyms of persons, {@code {high, low}} by ordinal. Takes the same way whatever is asked. */
    public Map<Integer, long[]> persons(List<Integer> ordinals) {
        String in = String.join(",", ordinals.stream().map(String::valueOf).toList());
        try (PreparedStatement select = select(
                        "ordinal, person_high, person_low",
                        "persons",
                        "ordinal IN (" + (in.isEmpty() ? "-1" : in) + ")");
                ResultSet rows = select.executeQuery()) {
            Map<Integer, long[]> persons = new HashMap<>();
            while (rows.next()) {
                persons.put(rows.getInt(1), new long[] {rows.getLong(2), rows.getLong(3)});
            }
            return persons;
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    /** The arrears of a reference ({@code reference/1}), or null. */
    public @Nullable Arrears arrears(long referenceHigh, long referenceLow) {
        String from = "arrears.parquet') a JOIN read_parquet('"
                + directory.resolve("persons.parquet").toString().replace("'", "''")
                + "') p ON p.ordinal = a.person WHERE a.reference_high = ? AND a.reference_low = ?";
        String sql = "SELECT p.person_high, p.person_low, a.scene,"
                + " CAST(date_diff('day', DATE '1970-01-01', a.since) AS INTEGER) FROM read_parquet('"
                + directory.toString().replace("'", "''") + "/" + from;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, referenceHigh);
            select.setLong(2, referenceLow);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Arrears(row.getLong(1), row.getLong(2), row.getString(3), row.getInt(4)) : null;
            }
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    /**
     * What a delivered record says beyond what memory holds.
     *
     * @param decidedOn epoch day or {@link Days#NONE}
     * @param document the document's number; of organisations only, null where there is none
     */
    public record Delivered(int decidedOn, @Nullable String document) {}

    /** A delivered record of a person (by ordinal) or an organisation, or null. */
    public @Nullable Delivered record(SubjectType type, int ordinal, String recordId, String source) {
        try (PreparedStatement select = select(
                "CAST(date_diff('day', DATE '1970-01-01', decided_on) AS INTEGER), document",
                "records",
                "subject_type = ? AND subject = ? AND record_id = ? AND source = ?")) {
            select.setString(1, type.name().toLowerCase(Locale.ROOT));
            select.setInt(2, ordinal);
            select.setString(3, recordId);
            select.setString(4, source);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                int decided = row.getInt(1);
                return new Delivered(row.wasNull() ? Days.NONE : decided, row.getString(2));
            }
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    /** Who delivered a list entry of an organisation, or null. */
    public @Nullable String entrySource(int ordinal, String list, String entryId) {
        try (PreparedStatement select =
                select("source", "list_entries", "organisation = ? AND list = ? AND entry_id = ?")) {
            select.setInt(1, ordinal);
            select.setString(2, list);
            select.setString(3, entryId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    /** A list entry, by what names it in memory; {@code organisation} is an ordinal. */
    public record EntryName(int organisation, String list, String entryId) {}

    /** Who delivered the entries of organisations: a source each, or several where they use one id on one list. */
    public Map<EntryName, Set<String>> entrySources(List<Integer> organisations) {
        String in = String.join(",", organisations.stream().map(String::valueOf).toList());
        try (PreparedStatement select = select(
                        "organisation, list, entry_id, source",
                        "list_entries",
                        "organisation IN (" + (in.isEmpty() ? "-1" : in) + ")");
                ResultSet rows = select.executeQuery()) {
            Map<EntryName, Set<String>> sources = new HashMap<>();
            while (rows.next()) {
                EntryName name = new EntryName(rows.getInt(1), rows.getString(2), rows.getString(3));
                sources.computeIfAbsent(name, ignored -> new HashSet<>()).add(rows.getString(4));
            }
            return sources;
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(directory, e);
        }
    }

    private PreparedStatement select(String columns, String file, String condition) throws SQLException {
        String path = directory.resolve(file + ".parquet").toString().replace("'", "''");
        return connection.prepareStatement(
                "SELECT " + columns + " FROM read_parquet('" + path + "') WHERE " + condition);
    }

    private static IllegalStateException failed(Path directory, SQLException e) {
        return new IllegalStateException("snapshot " + directory + " cannot be read: " + e.getMessage(), e);
    }
}
