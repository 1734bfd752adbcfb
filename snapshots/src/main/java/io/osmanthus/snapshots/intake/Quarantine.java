package io.osmanthus.snapshots.intake;

import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The rows that were not accepted (隔离): file, record number, column, reason; never a value. For one thread. */
final class Quarantine implements AutoCloseable {
    private static final String TABLE = "quarantine";

    private final Staging staging;
    private final Staging.Filling filling;

    private Quarantine(Staging staging, Staging.Filling filling) {
        this.staging = staging;
        this.filling = filling;
    }

    static Quarantine open(Staging staging) throws SQLException {
        staging.create(TABLE, "file VARCHAR, line BIGINT, column_name VARCHAR, reason VARCHAR");
        return new Quarantine(staging, staging.fill(TABLE));
    }

    /**
     * Adds a row.
     *
     * @param line the record's number, 1 after the header
     * @param column the column at fault, or null where the row could not be split
     */
    void add(DeliveryFile file, long line, @Nullable String column, Reason reason) throws SQLException {
        filling.appender().beginRow().append(file.csv()).append(line);
        RowJudge.append(filling.appender(), column == null ? "" : column);
        filling.appender().append(reason.name()).endRow();
    }

    /** Writes the file; nothing can be added after. */
    long write(Path file) throws SQLException {
        filling.close();
        return staging.write(
                TABLE,
                "SELECT file, line, column_name AS \"column\", reason FROM quarantine ORDER BY file, line",
                file);
    }

    @Override
    public void close() throws SQLException {
        if (!filling.appender().isClosed()) {
            filling.close();
        }
    }
}
