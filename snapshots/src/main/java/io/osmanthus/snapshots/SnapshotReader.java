package io.osmanthus.snapshots;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
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
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Reads a snapshot's facts back as cursors of numbers, each file in the order of its subjects, so that several can be read
 * side by side. Names of scenes, items, lists and sources come as indexes: of the vocabulary, and of {@link #sources}. A
 * row whose name the vocabulary no longer knows is left out ({@link #unknownRows} says how many).
 *
 * <p>Cursors may be used from several threads, one cursor a thread. The snapshot has been verified before.
 */
public final class SnapshotReader implements AutoCloseable {
    private static final String COMMITMENTS = "commitments.parquet";
    private static final String EPOCH = "DATE '1970-01-01'";

    private final Path directory;
    private final Connection connection;
    private final List<String> sources;
    private final String outdatedConsent;

    /** Columns, as {@code file.column}, that only files have which a ledger was folded into. */
    private final Set<String> folded;

    /** Which consents of the ledger were given for what their scene does now. */
    private final String covered;

    private SnapshotReader(
            Path directory, Connection connection, List<String> sources, Set<String> folded, Vocabulary vocabulary) {
        this.directory = directory;
        this.connection = connection;
        this.sources = sources;
        this.folded = folded;
        this.outdatedConsent = outdated(vocabulary);
        this.covered = covered(vocabulary);
    }

    /** Opens the files of a verified snapshot. */
    public static SnapshotReader open(Path directory, Vocabulary vocabulary) {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", "1GB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "2");
        Connection connection = null;
        try {
            connection = DriverManager.getConnection("jdbc:duckdb:", properties);
            try (Statement statement = connection.createStatement()) {
                enumeration(
                        statement,
                        "scene_t",
                        vocabulary.scenes().stream().map(SceneDefinition::id).toList());
                enumeration(
                        statement,
                        "item_t",
                        vocabulary.items().stream().map(Item::id).toList());
                enumeration(
                        statement,
                        "list_t",
                        vocabulary.lists().stream().map(ListDefinition::id).toList());
                List<String> sources = sources(statement, directory);
                enumeration(statement, "source_t", sources);
                return new SnapshotReader(directory, connection, sources, folded(statement, directory), vocabulary);
            }
        } catch (SQLException e) {
            closeQuietly(connection, e);
            throw new IllegalStateException("snapshot " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The names of the sources of records and commitments, in ascending order; an index into it stands for each. */
    public List<String> sources() {
        return sources;
    }

    /** {@code ordinal, high, low, district, enrolled_on}, for ordinals of {@code from … to - 1}. */
    public Rows persons(int from, int to) {
        return rows(
                "persons",
                "ordinal, person_high, person_low, coalesce(district, " + Rows.NONE + "), " + day("enrolled_on"),
                range("ordinal", from, to));
    }

    /** {@code person, high, low}, in the order of the tokens' own pseudonyms: one of {@code count} equal parts of all. */
    public Rows tokens(int part, int count) {
        return rows(
                "tokens",
                "person, token_high, token_low",
                (part == 0 ? "true" : "token_high >= " + bound(part, count))
                        + (part == count - 1 ? "" : " AND token_high < " + bound(part + 1, count)));
    }

    /**
     * {@code person, scene, granted_on, expires_on}. Those granted before the scene's purpose was what it is now, and those
     * given to an earlier purpose or to fewer recipients, are left out: they were for another.
     */
    public Rows consents(int from, int to) {
        String asked = has("consents", "purpose_version") ? " AND (purpose_version IS NULL" + covered + ")" : "";
        return rows(
                "consents",
                "person, " + code("scene") + ", " + day("granted_on") + ", " + day("expires_on"),
                range("person", from, to) + " AND " + known("scene") + outdatedConsent + asked);
    }

    /**
     * {@code subject, item, act, occurred_on, ended_on, quantity in hundredths, severity, source, record_id, marks}; severity
     * 0 not given, 1 minor, 2 general, 3 serious.
     */
    public Rows records(SubjectType type, int from, int to) {
        return rows(
                "records",
                "subject, " + code("item") + ", act, " + day("occurred_on") + ", " + day("ended_on")
                        + ", CAST(coalesce(quantity, 0) * 100 AS BIGINT),"
                        + " coalesce(list_position(['minor', 'general', 'serious'], severity), 0), "
                        + code("source") + ", record_id, " + marks("records"),
                "subject_type = '" + type.name().toLowerCase(Locale.ROOT) + "' AND " + range("subject", from, to)
                        + " AND " + known("item"));
    }

    /** {@code person, scene, since, marks}. */
    public Rows arrears(int from, int to) {
        return rows(
                "arrears",
                "person, " + code("scene") + ", " + day("since") + ", " + marks("arrears"),
                range("person", from, to) + " AND " + known("scene"));
    }

    /** {@code ordinal, high, low}. */
    public Rows organisations() {
        return rows("organisations", "ordinal, uscc_high, uscc_low", "true");
    }

    /** {@code organisation, list, entered_on, leaves_on, entry_id, marks}. */
    public Rows listEntries() {
        return rows(
                "list_entries",
                "organisation, " + code("list") + ", " + day("entered_on") + ", " + day("leaves_on") + ", entry_id, "
                        + marks("list_entries"),
                known("list"));
    }

    /**
     * {@code organisation, decided_on, source, commitment_id} of the commitments that were broken; none where the snapshot
     * has no commitments.
     */
    public Rows brokenCommitments() {
        if (!Files.exists(directory.resolve(COMMITMENTS))) {
            return rows("organisations", "0, 0, 0, ''", "false");
        }
        return rows(
                "commitments",
                "organisation, " + day("decided_on") + ", " + code("source") + ", commitment_id",
                "state = 'broken' AND decided_on IS NOT NULL");
    }

    /** Rows that are left out because their scene, item or list is not in the vocabulary. */
    public long unknownRows() {
        String sql = List.of(
                        unknown("consents", "scene"),
                        unknown("arrears", "scene"),
                        unknown("records", "item"),
                        unknown("list_entries", "list"))
                .stream()
                .collect(Collectors.joining(" + ", "SELECT ", ""));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (SQLException e) {
            throw new IllegalStateException("snapshot " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("closing the reader of " + directory + ": " + e.getMessage(), e);
        }
    }

    private Rows rows(String file, String columns, String condition) {
        String sql =
                "SELECT " + columns + " FROM " + parquet(directory.resolve(file + ".parquet")) + " WHERE " + condition;
        Connection own = null;
        try {
            // A connection of its own for each cursor: a connection runs one query at a time.
            own = connection.unwrap(DuckDBConnection.class).duplicate();
            Statement statement = own.createStatement();
            return new Rows(own, statement, statement.executeQuery(sql), file);
        } catch (SQLException e) {
            closeQuietly(own, e);
            throw new IllegalStateException(file + ".parquet cannot be read: " + e.getMessage(), e);
        }
    }

    /** What the ledger says of a row; only files that it was folded into have a column for it. */
    private String marks(String file) {
        return has(file, "marks") ? "coalesce(marks, 0)" : "0";
    }

    private boolean has(String file, String column) {
        return folded.contains(file + "." + column);
    }

    private String unknown(String file, String column) {
        return "(SELECT count(*) FROM " + parquet(directory.resolve(file + ".parquet")) + " WHERE NOT " + known(column)
                + ")";
    }

    /** Where a part of all 64-bit numbers begins. */
    private static long bound(int part, int count) {
        return Long.MIN_VALUE + part * Long.divideUnsigned(-1L, count);
    }

    private static String range(String column, int from, int to) {
        return column + " >= " + from + " AND " + column + " < " + to;
    }

    private static String code(String column) {
        return "CAST(enum_code(TRY_CAST(" + column + " AS " + column + "_t)) AS INTEGER)";
    }

    private static String known(String column) {
        return "TRY_CAST(" + column + " AS " + column + "_t) IS NOT NULL";
    }

    private static String day(String column) {
        return "coalesce(date_diff('day', " + EPOCH + ", " + column + "), " + Rows.NONE + ")";
    }

    /** As {@link SceneDefinition#covers} says it. */
    private static String covered(Vocabulary vocabulary) {
        return vocabulary.scenes().stream()
                .map(scene -> " OR (scene = " + literal(scene.id()) + " AND purpose_version = " + scene.purposeVersion()
                        + (scene.recipients().isEmpty()
                                ? ")"
                                : " AND (recipients IS NULL OR list_has_all(string_split(recipients, chr(10)), "
                                        + scene.recipients().stream()
                                                .map(SnapshotReader::literal)
                                                .collect(Collectors.joining(", ", "[", "]"))
                                        + ")))"))
                .collect(Collectors.joining());
    }

    private static String outdated(Vocabulary vocabulary) {
        return vocabulary.scenes().stream()
                .filter(scene -> scene.purposeSince() != null)
                .map(scene -> " AND NOT (scene = " + literal(scene.id()) + " AND granted_on < DATE '"
                        + scene.purposeSince() + "')")
                .collect(Collectors.joining());
    }

    private static String parquet(Path file) {
        return "read_parquet(" + literal(file.toString()) + ")";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static void enumeration(Statement statement, String name, List<String> words) throws SQLException {
        statement.execute("CREATE TYPE " + name + " AS ENUM ("
                + words.stream().map(SnapshotReader::literal).collect(Collectors.joining(", ")) + ")");
    }

    private static Set<String> folded(Statement statement, Path directory) throws SQLException {
        Set<String> columns = new HashSet<>();
        for (String file : List.of("consents", "records", "arrears", "list_entries")) {
            String query = "SELECT name FROM parquet_schema("
                    + literal(directory.resolve(file + ".parquet").toString())
                    + ") WHERE name IN ('marks', 'purpose_version')";
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    columns.add(file + "." + rows.getString(1));
                }
            }
        }
        return Set.copyOf(columns);
    }

    private static List<String> sources(Statement statement, Path directory) throws SQLException {
        String query = "SELECT source FROM " + parquet(directory.resolve("records.parquet"));
        Path commitments = directory.resolve(COMMITMENTS);
        if (Files.exists(commitments)) {
            query += " UNION ALL SELECT source FROM " + parquet(commitments) + " WHERE state = 'broken'";
        }
        List<String> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT DISTINCT source FROM (" + query + ") ORDER BY 1")) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return List.copyOf(values);
    }

    private static void closeQuietly(@Nullable AutoCloseable resource, SQLException cause) {
        if (resource != null) {
            try {
                resource.close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }
}
