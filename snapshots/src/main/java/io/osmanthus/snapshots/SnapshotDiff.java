package io.osmanthus.snapshots;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How two snapshots differ: by kind of fact, by district, by list. Counts about persons are rounded to tens, and null below
 * a floor, so that nobody is told apart; those about organisations are exact. Immutable.
 */
public record SnapshotDiff(List<Kind> kinds, List<District> districts, List<ListChange> lists) {
    /** Fewer persons than this are not counted out. */
    public static final long PERSONS_MIN = 20;

    private static final long ROUNDED_TO = 10;

    /** What a comparison takes where nothing else is said, in MiB: 13 million persons spill nothing. */
    public static final int MEMORY_MIB = 4_096;

    /**
     * A kind of fact.
     *
     * @param added in b by their key, not in a
     * @param removed in a by their key, not in b
     * @param changed in both by their key, with other content; null also where rows have no key but themselves
     */
    public record Kind(
            String kind,
            @Nullable Long a,
            @Nullable Long b,
            @Nullable Long added,
            @Nullable Long removed,
            @Nullable Long changed) {}

    /**
     * A district.
     *
     * @param code of GB/T 2260, or null for organisations without one
     */
    public record District(
            @Nullable Integer code,
            @Nullable Long personsA,
            @Nullable Long personsB,
            long organisationsA,
            long organisationsB) {}

    /** A list of organisations, with the entries that are on it in only one of the two. */
    public record ListChange(String list, long a, long b, long entered, long left) {}

    /**
     * Compares two verified snapshots.
     *
     * @throws SnapshotException WRONG_KEY if they were built under different pseudonym keys: then nobody in one is found in
     *     the other
     */
    public static SnapshotDiff between(Snapshot a, Snapshot b) {
        return between(a, b, MEMORY_MIB, Progress.SILENT);
    }

    /** The same, in so many MiB of memory; what does not fit is spilled. Says how many of the rows have been compared. */
    public static SnapshotDiff between(Snapshot a, Snapshot b, int memoryMib, Progress progress) {
        String keyA = a.manifest().keyFingerprint();
        String keyB = b.manifest().keyFingerprint();
        if (!keyA.equals(keyB)) {
            throw new SnapshotException(
                    Code.WRONG_KEY,
                    a + " was built with the pseudonym key " + keyA + ", " + b + " with " + keyB
                            + ": they cannot be compared");
        }
        Path spill = null;
        try {
            spill = Files.createTempDirectory("osmanthus-diff");
            try (Connection connection = connect(spill, memoryMib);
                    Statement statement = connection.createStatement();
                    Progress.Task task = progress.begin("compare", Comparison.rows(a, b), "rows")) {
                return new Comparison(statement, a, b, task).run();
            }
        } catch (SQLException e) {
            throw new SnapshotException(
                    Code.IO,
                    a + " and " + b + " cannot be compared: " + e.getMessage() + "; look for memory and space in "
                            + spill,
                    e);
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, "no directory to sort in: " + e, e);
        } finally {
            remove(spill);
        }
    }

    /** A count about persons as it may be told, or null. */
    static @Nullable Long rounded(long count) {
        return count < PERSONS_MIN ? null : (count + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO;
    }

    /** One for each 128 MiB, which a thread needs, and for each processor. */
    private static int threads(int memoryMib) {
        return Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), memoryMib / 128));
    }

    private static Connection connect(Path spill, int memoryMib) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("preserve_insertion_order", "false");
        properties.setProperty("memory_limit", memoryMib + "MiB");
        properties.setProperty("threads", String.valueOf(threads(memoryMib)));
        properties.setProperty("temp_directory", spill.toString());
        return DriverManager.getConnection("jdbc:duckdb:", properties);
    }

    private static void remove(@Nullable Path spill) {
        try {
            if (spill != null) {
                SnapshotStore.delete(spill);
            }
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, spill + " cannot be removed: " + e + "; remove it", e);
        }
    }

    /** One comparison at work. The sides' tables are {@code a_persons}, {@code b_persons} and so on. */
    private static final class Comparison {
        private final Statement statement;
        private final PersonsDiff persons;
        private final List<String> compared = new ArrayList<>();
        private final Progress.Task task;

        Comparison(Statement statement, Snapshot a, Snapshot b, Progress.Task task) throws SQLException {
            this.statement = statement;
            this.task = task;
            this.persons = new PersonsDiff(statement, a, b, task);
            for (String file : Snapshot.FACT_FILES) {
                String table = file.substring(0, file.indexOf('.'));
                view("a_" + table, a.directory().resolve(file));
                view("b_" + table, b.directory().resolve(file));
            }
            for (String file : Snapshot.DISCLOSURE_FILES) {
                disclosures(file, a, b);
            }
        }

        /** Rows of both sides. */
        static long rows(Snapshot a, Snapshot b) {
            return Stream.concat(Snapshot.FACT_FILES.stream(), Snapshot.DISCLOSURE_FILES.stream())
                    .mapToLong(file -> rows(a, file) + rows(b, file))
                    .sum();
        }

        private static long rows(Snapshot side, String file) {
            return side.manifest().has(file) ? side.manifest().rows(file) : 0;
        }

        SnapshotDiff run() throws SQLException {
            persons.match();
            statement.execute("CREATE TABLE organisations AS SELECT a.ordinal AS a, b.ordinal AS b,"
                    + " (a.name, a.type, a.district, a.industry, a.registered_on, a.status) IS DISTINCT FROM"
                    + " (b.name, b.type, b.district, b.industry, b.registered_on, b.status) AS changed"
                    + " FROM a_organisations a JOIN b_organisations b USING (uscc_high, uscc_low)");
            List<Kind> kinds = new ArrayList<>();
            kinds.add(ofPersons("persons", "persons", "true", persons.persons()));
            kinds.add(ofPersons("tokens", "tokens", "true", persons.tokens()));
            Kind consents = ofPersons("consents", "consents", "true", persons.consents());
            kinds.add(
                    new Kind(consents.kind(), consents.a(), consents.b(), consents.added(), consents.removed(), null));
            kinds.add(ofPersons("person_records", "records", "subject_type = 'person'", persons.records()));
            kinds.add(ofPersons("arrears", "arrears", "true", persons.arrears()));
            kinds.add(kind("organisations", "true", "SELECT changed FROM organisations"));
            kinds.add(organisationRecords());
            kinds.add(kind(
                    "list_entries",
                    "true",
                    "SELECT (m.b, a.list, a.entered_on, a.leaves_on, a.reason, a.legal_basis) IS DISTINCT FROM"
                            + " (b.organisation, b.list, b.entered_on, b.leaves_on, b.reason, b.legal_basis) AS changed"
                            + " FROM a_list_entries a JOIN b_list_entries b USING (source, entry_id)"
                            + " LEFT JOIN organisations m ON m.a = a.organisation"));
            for (String table : compared) {
                kinds.add(disclosures(table));
            }
            return new SnapshotDiff(List.copyOf(kinds), districts(), lists());
        }

        private Kind disclosures(String table) throws SQLException {
            return switch (table) {
                case "permits" ->
                    disclosures(table, "authority document_no certificate_no", "decided_on valid_until state");
                case "penalties" ->
                    disclosures(
                            table,
                            "authority document_no",
                            "decided_on published_until severity fine_cents confiscated_cents content");
                case "administrative_acts" ->
                    disclosures(table, "authority kind act_no", "decided_on published_on content");
                case "commitments" ->
                    disclosures(table, "source commitment_id", "kind matter made_on decided_on state");
                default -> throw new IllegalArgumentException(table);
            };
        }

        /** A disclosure is the same where organisation and key are; names of columns are set apart by blanks. */
        private Kind disclosures(String table, String key, String content) throws SQLException {
            String same = Stream.of(key.split(" ", -1))
                    .map(column -> " AND a." + column + " IS NOT DISTINCT FROM b." + column)
                    .collect(Collectors.joining());
            String changed = Stream.of(content.split(" ", -1))
                    .map(column -> "a." + column + " IS DISTINCT FROM b." + column)
                    .collect(Collectors.joining(" OR "));
            return kind(
                    table,
                    "true",
                    "SELECT (" + changed + ") AS changed FROM a_" + table
                            + " a JOIN organisations m ON m.a = a.organisation" + " JOIN b_" + table
                            + " b ON b.organisation = m.b" + same);
        }

        /** A side whose snapshot is older than the file has no rows of it. */
        private void disclosures(String file, Snapshot a, Snapshot b) throws SQLException {
            String table = file.substring(0, file.indexOf('.'));
            boolean inA = a.manifest().has(file);
            boolean inB = b.manifest().has(file);
            if (inA) {
                view("a_" + table, a.directory().resolve(file));
            }
            if (inB) {
                view("b_" + table, b.directory().resolve(file));
            }
            if (inA || inB) {
                compared.add(table);
                if (!inA || !inB) {
                    statement.execute("CREATE VIEW " + (inA ? "b_" : "a_") + table + " AS SELECT * FROM "
                            + (inA ? "a_" : "b_") + table + " WHERE false");
                }
            }
        }

        private void view(String name, Path file) throws SQLException {
            statement.execute("CREATE VIEW " + name + " AS SELECT * FROM read_parquet('"
                    + file.toString().replace("'", "''") + "')");
        }

        /** Counts of a kind, with {@code both}: one row for each key that both have. */
        private Kind kind(String table, String condition, String both) throws SQLException {
            String count = "(SELECT count(*) FROM %s_" + table + " WHERE " + condition + ")";
            try (ResultSet rows = statement.executeQuery("SELECT " + count.formatted("a") + ", " + count.formatted("b")
                    + ", count(*), count(*) FILTER (changed) FROM (" + both + ")")) {
                rows.next();
                long a = rows.getLong(1);
                long b = rows.getLong(2);
                long kept = rows.getLong(3);
                task.advance(a + b);
                return new Kind(table, a, b, b - kept, a - kept, rows.getLong(4));
            }
        }

        private Kind organisationRecords() throws SQLException {
            String columns =
                    "%1$s.item, %1$s.occurred_on, %1$s.ended_on, %1$s.decided_on, %1$s.quantity, %1$s.severity,"
                            + " %1$s.document";
            Kind kind = kind(
                    "records",
                    "subject_type = 'organisation'",
                    "SELECT (m.b, " + columns.formatted("a") + ") IS DISTINCT FROM (b.subject, "
                            + columns.formatted("b")
                            + ") AS changed FROM a_records a JOIN b_records b USING (subject_type, source, record_id)"
                            + " LEFT JOIN organisations m ON m.a = a.subject WHERE subject_type = 'organisation'");
            return new Kind("organisation_records", kind.a(), kind.b(), kind.added(), kind.removed(), kind.changed());
        }

        /** What may be told of counts about persons. */
        private Kind ofPersons(String name, String table, String condition, PersonsDiff.Counts both)
                throws SQLException {
            long a = count("a_" + table, condition);
            long b = count("b_" + table, condition);
            if (!PersonsDiff.SLICED.contains(table)) {
                task.advance(a + b);
            }
            return new Kind(
                    name,
                    rounded(a),
                    rounded(b),
                    rounded(b - both.kept()),
                    rounded(a - both.kept()),
                    rounded(both.changed()));
        }

        private long count(String view, String condition) throws SQLException {
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + view + " WHERE " + condition)) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }

        private List<District> districts() throws SQLException {
            String one = "SELECT district, %d AS side, count(*) AS n FROM %s GROUP BY district";
            String sum = "coalesce(sum(n) FILTER (side = %d), 0)";
            String all = String.join(
                    " UNION ALL ",
                    one.formatted(0, "a_persons"),
                    one.formatted(1, "b_persons"),
                    one.formatted(2, "a_organisations"),
                    one.formatted(3, "b_organisations"));
            List<District> districts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SELECT district, "
                    + String.join(
                            ", ",
                            Stream.of(0, 1, 2, 3)
                                    .map(side -> sum.formatted(side))
                                    .toList())
                    + " FROM (" + all + ") GROUP BY district ORDER BY district NULLS LAST")) {
                while (rows.next()) {
                    int code = rows.getInt(1);
                    districts.add(new District(
                            code == 0 ? null : code,
                            rounded(rows.getLong(2)),
                            rounded(rows.getLong(3)),
                            rows.getLong(4),
                            rows.getLong(5)));
                }
            }
            return List.copyOf(districts);
        }

        private List<ListChange> lists() throws SQLException {
            List<ListChange> lists = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SELECT list, count(a), count(b),"
                    + " count(*) FILTER (a IS NULL), count(*) FILTER (b IS NULL) FROM"
                    + " (SELECT list, source, entry_id, 1 AS a FROM a_list_entries) FULL JOIN"
                    + " (SELECT list, source, entry_id, 1 AS b FROM b_list_entries) USING (list, source, entry_id)"
                    + " GROUP BY list ORDER BY list")) {
                while (rows.next()) {
                    lists.add(new ListChange(
                            String.valueOf(rows.getString(1)),
                            rows.getLong(2),
                            rows.getLong(3),
                            rows.getLong(4),
                            rows.getLong(5)));
                }
            }
            return List.copyOf(lists);
        }
    }
}
