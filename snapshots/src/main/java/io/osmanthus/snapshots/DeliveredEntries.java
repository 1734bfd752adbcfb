package io.osmanthus.snapshots;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The list entries that deliveries brought (名单), of verified snapshots: which came and went between two of them, and whose first
 * or last day has come. What only the ledger says is left out: it is told from there. Blocks for tens of milliseconds; for one
 * thread.
 */
public final class DeliveredEntries implements AutoCloseable {
    /** Repaired or retracted, of {@code marks}. */
    private static final int OVER = 2 | 4;

    private final Connection connection;

    /** An organisation as the register names it. */
    public record Organisation(long high, long low, String uscc, String name) {
        /** An individual trader (92…): the rights of natural persons apply. */
        public boolean trader() {
            return uscc.startsWith("92");
        }
    }

    /**
     * An entry.
     *
     * @param enteredOn epoch day, as {@code leavesOn}, which may be {@link Rows#NONE}
     */
    public record Listed(Organisation organisation, String list, String entryId, int enteredOn, int leavesOn) {}

    /**
     * What differs between two snapshots.
     *
     * @param whole false where there was more than was asked for
     */
    public record Between(List<Listed> came, List<Listed> went, boolean whole) {}

    private DeliveredEntries(Connection connection) {
        this.connection = connection;
    }

    /** A reader; the caller closes. */
    public static DeliveredEntries open() {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", "512MB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "1");
        try {
            return new DeliveredEntries(DriverManager.getConnection("jdbc:duckdb:", properties));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The delivered entries that the later of two snapshots has and the earlier has not, and the other way; the first {@code max} of each. */
    public Between between(Path earlier, Path later, int max) {
        List<Listed> came = missing(later, earlier, max);
        List<Listed> went = missing(earlier, later, max);
        boolean whole = came.size() <= max && went.size() <= max;
        return new Between(first(came, max), first(went, max), whole);
    }

    /** Delivered entries of a snapshot that end in a span of days, both included; the first {@code max}. */
    public List<Listed> ending(Path snapshot, LocalDate from, LocalDate until, int max) {
        return listed(
                "SELECT o.uscc_high, o.uscc_low, o.uscc, o.name, e.list, e.entry_id, " + day("e.entered_on") + ", "
                        + day("e.leaves_on") + " FROM " + entries(snapshot) + " e JOIN " + organisations(snapshot)
                        + " o ON o.ordinal = e.organisation WHERE e.leaves_on BETWEEN DATE '" + from + "' AND DATE '"
                        + until + "' ORDER BY e.leaves_on DESC, o.uscc, e.list, e.entry_id",
                max);
    }

    /** Organisations by pseudonym, {@code {high, low}}; those that are not in the snapshot are left out. */
    public Map<List<Long>, Organisation> named(Path snapshot, List<long[]> pseudonyms) {
        Map<List<Long>, Organisation> named = new HashMap<>();
        if (pseudonyms.isEmpty()) {
            return named;
        }
        String wanted = String.join(
                ",",
                pseudonyms.stream()
                        .map(one -> "(" + one[0] + "," + one[1] + ")")
                        .toList());
        String sql = "SELECT o.uscc_high, o.uscc_low, o.uscc, o.name FROM (VALUES " + wanted + ") w(high, low) JOIN "
                + organisations(snapshot) + " o ON o.uscc_high = w.high AND o.uscc_low = w.low";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                named.put(List.of(rows.getLong(1), rows.getLong(2)), organisation(rows));
            }
            return named;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** One more than asked for, so that it can be told. */
    private List<Listed> missing(Path here, Path there, int max) {
        String both = " e JOIN %s o ON o.ordinal = e.organisation";
        return listed(
                "SELECT h.uscc_high, h.uscc_low, h.uscc, h.name, h.list, h.entry_id, " + day("h.entered_on") + ", "
                        + day("h.leaves_on")
                        + " FROM (SELECT o.uscc_high, o.uscc_low, o.uscc, o.name, e.* FROM " + entries(here)
                        + String.format(both, organisations(here))
                        + ") h ANTI JOIN (SELECT o.uscc_high, o.uscc_low, e.list, e.entry_id FROM " + entries(there)
                        + String.format(both, organisations(there))
                        + ") t ON t.uscc_high = h.uscc_high AND t.uscc_low = h.uscc_low AND t.list = h.list"
                        + " AND t.entry_id = h.entry_id ORDER BY h.list, h.uscc, h.entry_id",
                max + 1);
    }

    private List<Listed> listed(String sql, int max) {
        try (PreparedStatement select = connection.prepareStatement(sql + " LIMIT " + max);
                ResultSet rows = select.executeQuery()) {
            List<Listed> listed = new ArrayList<>();
            while (rows.next()) {
                listed.add(new Listed(
                        organisation(rows), rows.getString(5), rows.getString(6), rows.getInt(7), rows.getInt(8)));
            }
            return List.copyOf(listed);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static Organisation organisation(ResultSet rows) throws SQLException {
        @Nullable String name = rows.getString(4);
        return new Organisation(rows.getLong(1), rows.getLong(2), rows.getString(3), name == null ? "" : name);
    }

    /** Delivered, and neither repaired nor retracted; a snapshot without a ledger lacks the columns. */
    private static String entries(Path snapshot) {
        return "(SELECT * FROM (SELECT * FROM (SELECT NULL::BIGINT AS position, NULL::INTEGER AS marks WHERE false)"
                + " UNION ALL BY NAME SELECT * FROM " + parquet(snapshot, "list_entries")
                + ") WHERE position IS NULL AND (coalesce(marks, 0) & " + OVER + ") = 0)";
    }

    private static String organisations(Path snapshot) {
        return parquet(snapshot, "organisations");
    }

    private static String parquet(Path snapshot, String file) {
        return "read_parquet('" + snapshot.resolve(file + ".parquet").toString().replace("'", "''") + "')";
    }

    private static String day(String column) {
        return "coalesce(CAST(date_diff('day', DATE '1970-01-01', " + column + ") AS INTEGER), " + Rows.NONE + ")";
    }

    private static List<Listed> first(List<Listed> listed, int max) {
        return listed.size() <= max ? listed : listed.subList(0, max);
    }

    private static SnapshotException failed(SQLException e) {
        return new SnapshotException(
                SnapshotException.Code.IO, "list entries of snapshots cannot be read: " + e.getMessage(), e);
    }
}
