package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Snapshot;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rows that were not accepted (隔离): file, record number, column, reason, and the value where it identifies nobody
 * ({@link ShownValue}). Kept as Parquet, and as CSV for those who mend the source. For one thread.
 */
final class Quarantine implements AutoCloseable {
    private static final String TABLE = "quarantine";

    private final Staging staging;
    private final Staging.Filling filling;

    private Quarantine(Staging staging, Staging.Filling filling) {
        this.staging = staging;
        this.filling = filling;
    }

    static Quarantine open(Staging staging) throws SQLException {
        staging.create(TABLE, "file VARCHAR, line BIGINT, column_name VARCHAR, reason VARCHAR, shown VARCHAR");
        return new Quarantine(staging, staging.fill(TABLE));
    }

    /**
     * Adds a row.
     *
     * @param line the record's number, 1 after the header
     * @param column the column at fault, or null where the row could not be split
     * @param value what may be shown of the field
     */
    void add(DeliveryFile file, long line, @Nullable String column, Reason reason, String value) throws SQLException {
        filling.appender().beginRow().append(file.csv()).append(line);
        RowJudge.append(filling.appender(), column == null ? "" : column);
        filling.appender().append(reason.name());
        RowJudge.append(filling.appender(), value);
        filling.appender().endRow();
    }

    /** Writes both files; nothing can be added after. */
    long write(Path parquet, Path csv) throws SQLException {
        filling.close();
        String query = "SELECT file, line, column_name AS \"column\", reason, shown AS \"value\" FROM quarantine"
                + " ORDER BY file, line";
        staging.csv(query, csv);
        long rows = staging.count("SELECT count(*) FROM " + TABLE);
        return staging.write(new Staging.Step("write " + Snapshot.QUARANTINE, rows), TABLE, query, parquet);
    }

    @Override
    public void close() throws SQLException {
        if (!filling.appender().isClosed()) {
            filling.close();
        }
    }
}
