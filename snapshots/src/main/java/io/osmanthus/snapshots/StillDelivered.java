package io.osmanthus.snapshots;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Who keeps delivering what has been repaired or retracted (仍在报送): delivered records that the ledger had marked so before the
 * day of the delivery, counted by source. They stay marked, and count no more than they did; the source is to be told.
 */
public final class StillDelivered {
    /** Repaired or retracted, of {@code marks}. */
    private static final int MARKS = 2 | 4;

    /** Such records of one source. */
    public record Count(String source, long records) {}

    private StillDelivered() {}

    /**
     * Counts them in a verified snapshot's directory, for each source that delivered records; blocks for milliseconds. None
     * but zeros in a snapshot that contains no ledger.
     *
     * @param deliveredOn the day of the records' delivery
     * @throws SnapshotException IO if it cannot
     */
    public static List<Count> of(Path snapshot, LocalDate deliveredOn) {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", "128MB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "1");
        String file = snapshot.resolve("records.parquet").toString().replace("'", "''");
        // a snapshot without a ledger lacks the columns
        String records =
                "(SELECT * FROM (SELECT NULL::VARCHAR AS source, NULL::BIGINT AS position, NULL::INTEGER AS marks,"
                        + " NULL::DATE AS marked_on WHERE false) UNION ALL BY NAME SELECT * FROM read_parquet('" + file
                        + "'))";
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
                PreparedStatement select = connection.prepareStatement("SELECT source, count(*) FILTER (WHERE (marks & "
                        + MARKS + ") <> 0 AND marked_on < ?) FROM " + records
                        + " WHERE position IS NULL GROUP BY source ORDER BY source")) {
            select.setDate(1, Date.valueOf(deliveredOn));
            List<Count> counts = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    counts.add(new Count(rows.getString(1), rows.getLong(2)));
                }
            }
            return List.copyOf(counts);
        } catch (SQLException e) {
            throw new SnapshotException(
                    SnapshotException.Code.IO, "the records of " + snapshot + " cannot be read: " + e.getMessage(), e);
        }
    }
}
