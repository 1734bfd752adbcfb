package io.osmanthus.snapshots;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** How many rows of a snapshot's delivery were not accepted (隔离), by file and reason: for metrics. */
public final class QuarantineCounts {
    /** Rows of one file with one reason. */
    public record Count(String file, String reason, long rows) {}

    private QuarantineCounts() {}

    /**
     * Reads them from a verified snapshot's directory; blocks for milliseconds.
     *
     * @throws SnapshotException IO if it cannot
     */
    public static List<Count> of(Path snapshot) {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", "128MB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "1");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
                PreparedStatement select = connection.prepareStatement(
                        "SELECT file, reason, count(*) FROM read_parquet(?) GROUP BY file, reason ORDER BY file, reason")) {
            select.setString(1, snapshot.resolve(Snapshot.QUARANTINE).toString());
            List<Count> counts = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    counts.add(new Count(rows.getString(1), rows.getString(2), rows.getLong(3)));
                }
            }
            return List.copyOf(counts);
        } catch (SQLException e) {
            throw new SnapshotException(
                    SnapshotException.Code.IO,
                    "the quarantine of " + snapshot + " cannot be read: " + e.getMessage(),
                    e);
        }
    }
}
