package io.osmanthus.snapshots;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Finds the organisations of a snapshot by name: those of exactly that name, else those whose names are like it. Names are
 * compared in the form of {@link Canonical}, so that full width, case, spaces and hyphens make no difference. Individual
 * traders (USCC 92…), to whom the rights of natural persons apply, are never found by name.
 *
 * <p>Thread-safe; a search blocks. Holds the names in memory outside the heap, about 100 bytes an organisation.
 */
public final class OrganisationNames implements AutoCloseable {
    /** So many names may be asked at once. */
    public static final int NAMES_MAX = 100;

    /** So many candidates are given for a name. */
    public static final int CANDIDATES_MAX = 5;

    /** Names less like are no candidates (Jaro–Winkler). */
    public static final double LIKENESS_MIN = 0.8;

    /** Longer names are cut before they are compared; no register has them. */
    static final int NAME_CHARS_MAX = 256;

    private final Connection connection;

    /** An organisation whose name is like the one given; {@code likeness} is 0 … 1, and 1 means the same name. */
    public record Candidate(String uscc, String name, double likeness) {}

    private OrganisationNames(Connection connection) {
        this.connection = connection;
    }

    /** Reads the names of a verified snapshot. The caller closes. */
    public static OrganisationNames open(Snapshot snapshot) {
        Path file = snapshot.directory().resolve("organisations.parquet");
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", "2GB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "2");
        try {
            OrganisationNames names = new OrganisationNames(DriverManager.getConnection("jdbc:duckdb:", properties));
            try {
                names.load(file);
                return names;
            } catch (SQLException | RuntimeException e) {
                names.close();
                throw e;
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * The candidates of each name, in order, best first; an empty list where there is none.
     *
     * @throws IllegalArgumentException for more than {@link #NAMES_MAX} names
     */
    public List<List<Candidate>> find(List<String> names) {
        if (names.size() > NAMES_MAX) {
            throw new IllegalArgumentException("at most " + NAMES_MAX + " names, found " + names.size());
        }
        List<List<Candidate>> found = new ArrayList<>();
        names.forEach(name -> found.add(new ArrayList<>()));
        if (names.isEmpty()) {
            return found;
        }
        try (Connection own = connection.unwrap(DuckDBConnection.class).duplicate();
                PreparedStatement query = own.prepareStatement(sql(names.size()))) {
            for (int i = 0; i < names.size(); i++) {
                query.setString(i + 1, canonical(names.get(i)));
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.get(rows.getInt(1))
                            .add(new Candidate(rows.getString(2), rows.getString(3), rows.getDouble(4)));
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        Comparator<Candidate> order =
                Comparator.comparingDouble(Candidate::likeness).reversed().thenComparing(Candidate::uscc);
        found.forEach(candidates -> candidates.sort(order));
        return found;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void load(Path file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE names (uscc VARCHAR, name VARCHAR, canonical VARCHAR)");
            Connection filling = connection.unwrap(DuckDBConnection.class).duplicate();
            try (filling;
                    DuckDBAppender table =
                            filling.unwrap(DuckDBConnection.class).createAppender("main", "names");
                    ResultSet rows = statement.executeQuery("SELECT uscc, name FROM read_parquet('"
                            + file.toString().replace("'", "''") + "') WHERE uscc NOT LIKE '92%'")) {
                while (rows.next()) {
                    String name = rows.getString(2);
                    table.beginRow()
                            .append(rows.getString(1))
                            .append(name)
                            .append(canonical(name))
                            .endRow();
                }
            }
            statement.execute("SET enable_external_access = false");
        }
    }

    /** Exact matches first; only names without one are compared with all. */
    private static String sql(int count) {
        StringBuilder asked = new StringBuilder("WITH asked(n, wanted) AS (VALUES ");
        for (int i = 0; i < count; i++) {
            asked.append(i == 0 ? "" : ", ").append('(').append(i).append(", CAST(? AS VARCHAR))");
        }
        return asked
                + "), exact AS (SELECT n, uscc, name, CAST(1 AS DOUBLE) AS likeness FROM asked JOIN names ON canonical = wanted),"
                + " rest AS (SELECT n, wanted FROM asked WHERE wanted <> '' AND n NOT IN (SELECT n FROM exact)),"
                + " near AS (SELECT n, uscc, name, jaro_winkler_similarity(canonical, wanted, " + LIKENESS_MIN
                + ") AS likeness FROM rest, names)"
                + " SELECT n, uscc, name, likeness FROM (SELECT * FROM exact UNION ALL SELECT * FROM near WHERE likeness >= "
                + LIKENESS_MIN + ") QUALIFY row_number() OVER (PARTITION BY n ORDER BY likeness DESC, uscc) <= "
                + CANDIDATES_MAX;
    }

    private static String canonical(String name) {
        String canonical = Canonical.of(name);
        return canonical.length() > NAME_CHARS_MAX ? canonical.substring(0, NAME_CHARS_MAX) : canonical;
    }

    private static SnapshotException failed(SQLException e) {
        return new SnapshotException(Code.IO, "organisations cannot be searched by name: " + e.getMessage(), e);
    }
}
