package io.osmanthus.snapshots;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over one file of a snapshot, in the file's order. Columns are those of {@link SnapshotReader}'s method, from 0.
 * Belongs to one thread; closed by whoever opened it.
 */
public final class Rows implements AutoCloseable {
    /** A number or date that is not given. */
    public static final int NONE = Integer.MIN_VALUE;

    private final Connection connection;
    private final Statement statement;
    private final ResultSet rows;
    private final String file;

    Rows(Connection connection, Statement statement, ResultSet rows, String file) {
        this.connection = connection;
        this.statement = statement;
        this.rows = rows;
        this.file = file;
    }

    /** Moves to the next row; false at the end. */
    public boolean next() {
        try {
            return rows.next();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** A number, or a date as days since 1970-01-01; absent ones were coded by the query. */
    public int integer(int column) {
        try {
            return rows.getInt(column + 1);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    public long number(int column) {
        try {
            return rows.getLong(column + 1);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    public @Nullable String text(int column) {
        try {
            return rows.getString(column + 1);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try (connection;
                statement) {
            rows.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private IllegalStateException failed(SQLException e) {
        return new IllegalStateException(file + " cannot be read although its checksum holds: " + e.getMessage(), e);
    }
}
