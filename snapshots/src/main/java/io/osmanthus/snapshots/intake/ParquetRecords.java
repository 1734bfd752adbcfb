package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the records of a Parquet file as texts. The database that reads it has no directory to spill to and streams, so
 * that identities are never written anywhere; what it says of errors is not repeated, since it may quote values.
 */
final class ParquetRecords {
    private static final int PROGRESS_STEP = 1 << 14;

    private ParquetRecords() {}

    /** Hands each record to the sink; returns how many there are by the file's own footer. */
    static long read(Delivery.Part part, Progress progress, RowSink sink) throws SQLException {
        String table =
                "read_parquet(" + Staging.literal(part.path().toAbsolutePath().toString()) + ")";
        try (Connection connection = open(part.path());
                Statement statement = connection.createStatement()) {
            long count = count(statement, table, part);
            List<String> names = names(statement, table, part);
            int[] fields = Header.fields(part.file(), names, part.name());
            List<String> columns = new ArrayList<>();
            for (String name : names) {
                // What is dropped unread is not even asked for. A name that the header's check let through needs no
                // quotes.
                columns.add(part.file().drops(name) ? "''" : "coalesce(CAST(" + name + " AS VARCHAR), '')");
            }
            try (Progress.Task task = progress.begin(part.name(), count, "rows");
                    ResultSet rows =
                            query(statement, "SELECT " + String.join(", ", columns) + " FROM " + table, part)) {
                Row row = new Row(fields, names.size(), true);
                for (long i = 1; next(rows, part); i++) {
                    row.clear();
                    for (int field = 1; field <= names.size(); field++) {
                        row.add(rows.getString(field));
                    }
                    sink.accept(row);
                    if (i % PROGRESS_STEP == 0) {
                        task.advance(PROGRESS_STEP);
                    }
                }
                task.advance(count % PROGRESS_STEP);
            }
            return count;
        }
    }

    private static Connection open(Path file) throws SQLException {
        return Staging.connect("jdbc:duckdb:", Staging.READER_MEMORY, "", 1, List.of(file.toAbsolutePath()));
    }

    private static long count(Statement statement, String table, Delivery.Part part) throws SQLException {
        try (ResultSet rows = query(statement, "SELECT count(*) FROM " + table, part)) {
            return next(rows, part) ? rows.getLong(1) : 0;
        }
    }

    private static List<String> names(Statement statement, String table, Delivery.Part part) throws SQLException {
        try (ResultSet rows = query(statement, "SELECT * FROM " + table + " LIMIT 0", part)) {
            ResultSetMetaData meta = rows.getMetaData();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                names.add(meta.getColumnName(i));
            }
            return names;
        }
    }

    private static ResultSet query(Statement statement, String sql, Delivery.Part part) {
        try {
            return statement.executeQuery(sql);
        } catch (SQLException e) {
            throw damaged(part);
        }
    }

    private static boolean next(ResultSet rows, Delivery.Part part) {
        try {
            return rows.next();
        } catch (SQLException e) {
            throw damaged(part);
        }
    }

    private static IntakeException damaged(Delivery.Part part) {
        return new IntakeException(
                Code.DAMAGED,
                part.name() + " cannot be read as Parquet: it is truncated, damaged or of another format;"
                        + " have the file delivered again");
    }
}
