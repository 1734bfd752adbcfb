package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.trail.TrailException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Writes and reads the rolled events. Columns: {@code high, low} (the person's pseudonym), {@code at_ms} (since 1970-01-01),
 * {@code asked, client, scene, answer, day_count} (0: one answer with its time). Sorted by pseudonym and time.
 *
 * <p>Thread-safe: each call has a connection of its own to one database in memory. Only pseudonyms ever spill.
 */
final class Parquet implements AutoCloseable {
    private static final String COLUMNS = "high, low, at_ms, asked, client, scene, answer, day_count";
    static final String ORDER = "high, low, at_ms, asked, client, scene, answer, day_count";

    /** A look-up reads one or two groups of this many rows. */
    static final String FORMAT = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384)";

    /** The first byte of a pseudonym. */
    private static final String BUCKET = "((high >> 56) & 255)";

    private static final int BYTE_BITS = 56;

    private final DuckDBConnection connection;

    private Parquet(DuckDBConnection connection) {
        this.connection = connection;
    }

    /** A database that reads and writes below one directory only. */
    static Parquet open(Path rolled, int threads, String memory) {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", memory);
        properties.setProperty(
                "temp_directory", rolled.resolve(Units.BUILDING + "spill").toString());
        properties.setProperty("threads", Integer.toString(threads));
        try {
            Connection opened = DriverManager.getConnection("jdbc:duckdb:", properties);
            try (Statement statement = opened.createStatement()) {
                statement.execute("SET allowed_directories = [" + literal(rolled.toAbsolutePath()) + "]");
                statement.execute("SET enable_external_access = false");
                statement.execute("SET lock_configuration = true");
            }
            return new Parquet(opened.unwrap(DuckDBConnection.class));
        } catch (SQLException e) {
            throw failed("the access trail's database cannot be opened", e);
        }
    }

    /** Fills a table of raw events. */
    @FunctionalInterface
    interface Source {
        void to(LoopQueue.Sink sink);
    }

    /** Writes raw events, those about nobody left out; false if there were none to write. */
    boolean write(Source source, Names.Table names, Path file) throws IOException {
        try (Connection own = connection.duplicate();
                Statement statement = own.createStatement()) {
            statement.execute("CREATE TEMP TABLE e (high BIGINT, low BIGINT, at_ms BIGINT, what BIGINT)");
            long[] count = {0};
            try (DuckDBAppender appender = own.unwrap(DuckDBConnection.class).createAppender("temp", "main", "e")) {
                source.to((at, high, low, what) -> {
                    if (Event.nobody(what)) {
                        return;
                    }
                    count[0]++;
                    append(appender, at, high, low, what);
                });
            }
            if (count[0] == 0) {
                return false;
            }
            for (Names.Kind kind : Names.Kind.values()) {
                names(own, statement, kind, names);
            }
            statement.execute("COPY (SELECT e.high, e.low, e.at_ms, CAST((e.what >> 1) & 127 AS TINYINT) AS asked,"
                    + " c.name AS client, s.name AS scene, a.name AS answer, 0 AS day_count FROM e"
                    + " LEFT JOIN client c ON c.number = (e.what >> 40) & 16777215"
                    + " LEFT JOIN scene s ON s.number = (e.what >> 24) & 65535"
                    + " LEFT JOIN answer a ON a.number = (e.what >> 8) & 65535"
                    + " ORDER BY " + ORDER + ") TO " + literal(file) + " " + FORMAT);
            return true;
        } catch (SQLException e) {
            throw failed("events of the access trail cannot be rolled", e);
        }
    }

    private static void append(DuckDBAppender appender, long at, long high, long low, long what) {
        try {
            appender.beginRow();
            appender.append(high);
            appender.append(low);
            appender.append(at);
            appender.append(what);
            appender.endRow();
        } catch (SQLException e) {
            throw failed("events of the access trail cannot be rolled", e);
        }
    }

    private static void names(Connection own, Statement statement, Names.Kind kind, Names.Table names)
            throws SQLException {
        String table = kind.name().toLowerCase(Locale.ROOT);
        statement.execute("CREATE TEMP TABLE " + table + " (number INTEGER, name VARCHAR)");
        try (DuckDBAppender appender = own.unwrap(DuckDBConnection.class).createAppender("temp", "main", table)) {
            List<String> of = names.of(kind);
            for (int i = 0; i < of.size(); i++) {
                appender.beginRow();
                appender.append(i + 1);
                appender.append(of.get(i));
                appender.endRow();
            }
        }
    }

    /** Merges sorted files into one. */
    void merge(List<Path> files, String condition, Path to) {
        execute("COPY (SELECT " + COLUMNS + " FROM " + parquet(files) + " WHERE " + condition + " ORDER BY " + ORDER
                + ") TO " + literal(to) + " " + FORMAT);
    }

    /** Makes daily counts of exact events and keeps counts as they are. {@code dayStart} is the exact events' day. */
    void count(List<Path> exact, List<Path> counts, String condition, long dayStart, Path to) {
        String counted = exact.isEmpty()
                ? ""
                : "SELECT high, low, CAST(" + dayStart + " AS BIGINT) AS at_ms, asked, client, scene, answer,"
                        + " CAST(count(*) AS INTEGER) AS day_count FROM " + parquet(exact) + " WHERE " + condition
                        + " GROUP BY ALL";
        String kept = counts.isEmpty() ? "" : "SELECT " + COLUMNS + " FROM " + parquet(counts) + " WHERE " + condition;
        String both = counted.isEmpty() || kept.isEmpty() ? counted + kept : counted + " UNION ALL " + kept;
        execute("COPY (SELECT " + COLUMNS + " FROM (" + both + ") ORDER BY " + ORDER + ") TO " + literal(to) + " "
                + FORMAT);
    }

    /** The buckets of which files hold anything. */
    Set<Integer> buckets(List<Path> files) {
        Set<Integer> buckets = new HashSet<>();
        if (files.isEmpty()) {
            return buckets;
        }
        try (Connection own = connection.duplicate();
                Statement statement = own.createStatement();
                ResultSet rows = statement.executeQuery("SELECT DISTINCT " + BUCKET + " FROM " + parquet(files))) {
            while (rows.next()) {
                buckets.add(rows.getInt(1));
            }
            return buckets;
        } catch (SQLException e) {
            throw failed("files of the access trail cannot be read", e);
        }
    }

    /** What restricts files to a bucket. */
    static String bucket(int bucket) {
        long first = (long) bucket << BYTE_BITS;
        return "high BETWEEN " + first + " AND " + (first | (1L << BYTE_BITS) - 1);
    }

    /** Rows of persons in files. */
    long rows(List<Path> files, String condition) {
        try (Connection own = connection.duplicate();
                Statement statement = own.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM " + parquet(files) + " WHERE " + condition)) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (SQLException e) {
            throw failed("files of the access trail cannot be read", e);
        }
    }

    /** A person's events from {@code from} to before {@code to}, newest first, at most {@code limit}. */
    List<Access> accesses(List<Path> files, long high, long low, long from, long to, int limit) {
        List<Access> found = new ArrayList<>();
        String sql = "SELECT at_ms, asked, client, scene, answer, day_count FROM " + parquet(files)
                + " WHERE high = ? AND low = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC, asked, client NULLS FIRST,"
                + " scene NULLS FIRST, answer NULLS FIRST, day_count LIMIT ?";
        try (Connection own = connection.duplicate();
                PreparedStatement statement = own.prepareStatement(sql)) {
            statement.setLong(1, high);
            statement.setLong(2, low);
            statement.setLong(3, from);
            statement.setLong(4, to);
            statement.setInt(5, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new Access(
                            rows.getLong(1),
                            Asked.of(rows.getInt(2)),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            rows.getInt(6)));
                }
            }
            return found;
        } catch (SQLException e) {
            throw failed("files of the access trail cannot be read", e);
        }
    }

    /** A connection of the caller's own to the database. */
    Connection own() throws SQLException {
        return connection.duplicate();
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed("the access trail's database cannot be closed", e);
        }
    }

    private void execute(String sql) {
        try (Connection own = connection.duplicate();
                Statement statement = own.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed("files of the access trail cannot be merged", e);
        }
    }

    private static String parquet(List<Path> files) {
        return files.stream().map(Parquet::literal).collect(Collectors.joining(", ", "read_parquet([", "])"));
    }

    private static String literal(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    private static TrailException failed(String what, SQLException e) {
        return new TrailException(Code.UNREADABLE, what + ": " + e.getMessage(), e);
    }
}
