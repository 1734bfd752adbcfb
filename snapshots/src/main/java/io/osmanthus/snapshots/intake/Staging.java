package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The database in which accepted rows wait to be sorted and written as Parquet: a DuckDB file in the build's directory, so
 * that more rows than memory holds can wait. Nothing reaches it in plain that would identify a person. It loads no
 * extensions and sees no files but those of its directory. Tables may be filled by several threads, one table a thread;
 * everything else is for one thread.
 */
final class Staging implements AutoCloseable {
    /** What reading a Parquet file needs; it streams. */
    static final long READER_MEMORY = 1L << 29;

    private final Path directory;
    private final Connection connection;
    private final Progress progress;

    /**
     * A long query, as the progress tells it.
     *
     * @param rows as many as are expected
     */
    record Step(String what, long rows) {}

    private Staging(Path directory, Connection connection, Progress progress) {
        this.directory = directory;
        this.connection = connection;
        this.progress = progress;
    }

    /**
     * Opens a staging database in a directory that is thrown away after the build.
     *
     * @param former another directory whose files may be read, or null
     */
    static Staging open(Path directory, long memoryBytes, int threads, @Nullable Path former, Progress progress)
            throws SQLException, IOException {
        Path spill = Files.createDirectory(directory.resolve("spill"));
        String url = "jdbc:duckdb:" + directory.resolve("staging.duckdb");
        Path build = directory.toAbsolutePath().getParent();
        List<Path> allowed = Stream.of(build == null ? directory : build, former)
                .filter(Objects::nonNull)
                .toList();
        return new Staging(directory, connect(url, memoryBytes, spill.toString(), threads, allowed), progress);
    }

    /**
     * Opens a database that sees nothing but what is allowed.
     *
     * @param allowed directories, or one file
     */
    static Connection connect(String url, long memoryBytes, String spill, int threads, List<Path> allowed)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", (memoryBytes >> 20) + "MiB");
        properties.setProperty("temp_directory", spill);
        properties.setProperty("threads", String.valueOf(threads));
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            String kind = Files.isDirectory(allowed.get(0)) ? "allowed_directories" : "allowed_paths";
            statement.execute("SET " + kind + " = "
                    + allowed.stream()
                            .map(path -> literal(path.toString()))
                            .collect(Collectors.joining(", ", "[", "]")));
            QueryWatch.enable(statement);
            statement.execute("SET enable_external_access = false");
            statement.execute("SET lock_configuration = true");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    void create(String table, String columns) throws SQLException {
        execute("CREATE TABLE " + table + " (" + columns + ")");
    }

    /** Fills a table; closed by the caller, and before the table is read. */
    Filling fill(String table) throws SQLException {
        Connection own = connection.unwrap(DuckDBConnection.class).duplicate();
        return new Filling(own, own.unwrap(DuckDBConnection.class).createAppender("main", table));
    }

    /** Writes the answer of a query as a Parquet file and drops the table it was made from; returns that table's rows. */
    long write(Step step, String table, String query, Path file) throws SQLException {
        execute(step, copying(query, file));
        long rows = count("SELECT count(*) FROM " + table);
        execute("DROP TABLE " + table);
        return rows;
    }

    /** Writes the answer of a query as a Parquet file, and counts its rows. */
    long copy(Step step, String query, Path file) throws SQLException {
        execute(step, copying(query, file));
        return count("SELECT count(*) FROM " + parquet(file));
    }

    /** Executes what takes long, and says how far it is. On the connection of its own that may be asked: for one thread. */
    void execute(Step step, String sql) throws SQLException {
        try (Progress.Task task = progress.begin(step.what(), step.rows(), "rows");
                Statement statement = connection.createStatement();
                QueryWatch watch = QueryWatch.begin(statement, task, step.rows())) {
            statement.execute(sql);
            watch.finish();
        }
    }

    private static String copying(String query, Path file) {
        return "COPY (" + query + ") TO " + literal(file.toAbsolutePath().toString())
                + " (FORMAT parquet, COMPRESSION snappy)";
    }

    /** Writes the answer of a query as CSV in UTF-8, with a header line. */
    void csv(String query, Path file) throws SQLException {
        execute("COPY (" + query + ") TO " + literal(file.toAbsolutePath().toString()) + " (FORMAT csv, HEADER)");
    }

    /** The number that a query answers. */
    long count(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** The words and counts that a query answers, in its order. */
    Map<String, Long> counts(String query) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                counts.put(String.valueOf(rows.getString(1)), rows.getLong(2));
            }
        }
        return counts;
    }

    /** Takes each row that a query answers. */
    void each(String query, ResultSink sink) throws SQLException {
        try (Connection own = connection.unwrap(DuckDBConnection.class).duplicate();
                Statement statement = own.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                sink.accept(rows);
            }
        }
    }

    /** Takes the row at hand; does not move. */
    @FunctionalInterface
    interface ResultSink {
        void accept(ResultSet row) throws SQLException;
    }

    /** Takes each row of a word and two counts that a query answers. */
    void rows(Step step, String query, CountSink sink) throws SQLException {
        try (Progress.Task task = progress.begin(step.what(), step.rows(), "rows");
                Statement statement = connection.createStatement();
                QueryWatch watch = QueryWatch.begin(statement, task, step.rows());
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                sink.accept(String.valueOf(rows.getString(1)), rows.getLong(2), rows.getLong(3));
            }
            watch.finish();
        }
    }

    /** Takes a word and two counts. */
    @FunctionalInterface
    interface CountSink {
        void accept(String word, long one, long other);
    }

    /** Takes each pair of words that a query answers. */
    void pairs(String query, PairSink sink) throws SQLException {
        try (Connection own = connection.unwrap(DuckDBConnection.class).duplicate();
                Statement statement = own.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                sink.accept(rows.getLong(1), rows.getLong(2));
            }
        }
    }

    /** Takes the two words of a pseudonym. */
    @FunctionalInterface
    interface PairSink {
        void accept(long high, long low);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
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

    static IntakeException failed(Path directory, SQLException e) {
        return new IntakeException(
                Code.IO,
                "sorting and writing in " + directory + " failed: " + e.getMessage()
                        + "; look for free space there and for memory",
                e);
    }

    /** A Parquet file as a table in SQL. */
    static String parquet(Path file) {
        return "read_parquet(" + literal(file.toAbsolutePath().toString()) + ")";
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A list of words that an index from 0 looks up: {@code word(index)} in SQL. */
    static String word(List<String> words, String index) {
        if (words.isEmpty()) {
            return "CAST(NULL AS VARCHAR)";
        }
        return words.stream().map(Staging::literal).collect(Collectors.joining(", ", "([", "])")) + "[" + index
                + " + 1]";
    }

    /** An appender with the connection of its own that it needs. */
    record Filling(Connection connection, DuckDBAppender appender) implements AutoCloseable {
        @Override
        public void close() throws SQLException {
            try (connection) {
                appender.close();
            }
        }
    }
}
