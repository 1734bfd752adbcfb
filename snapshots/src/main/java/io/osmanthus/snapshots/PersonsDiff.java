package io.osmanthus.snapshots;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Set;

/*
 * Both snapshots are in the order of pseudonyms, so one slice of all pseudonyms after the other is joined: what is hashed then
 * fits into memory many times over, where 13 million persons and 30 million consents at once spilled. Keys and contents
 * of many columns are compared by their 64-bit hashes: of 10 million records the chance of one false match is 1 in 300,000.
 */

/**
 * What is alike about persons in two snapshots, counted exactly; whoever tells it rounds. Views {@code a_…} and {@code b_…} of
 * both sides' files are there. For one thread.
 */
final class PersonsDiff {
    /** Kinds whose rows the progress hears of slice by slice. */
    static final Set<String> SLICED = Set.of("persons", "consents", "tokens");

    private static final int NOBODY = -1;

    /** Persons of a slice, about. */
    private static final int SLICE = 500_000;

    private final Statement statement;
    private final Snapshot a;
    private final Snapshot b;
    private final Progress.Task task;
    private final int slices;

    /** Ordinal in a → ordinal in b, or NOBODY. */
    private final int[] same;

    private Counts persons = Counts.NONE;
    private Counts consents = Counts.NONE;

    /** Keys that both have, and how many of these with another content. */
    record Counts(long kept, long changed) {
        static final Counts NONE = new Counts(0, 0);

        Counts and(Counts more) {
            return new Counts(kept + more.kept, changed + more.changed);
        }
    }

    PersonsDiff(Statement statement, Snapshot a, Snapshot b, Progress.Task task) {
        this.statement = statement;
        this.a = a;
        this.b = b;
        this.task = task;
        this.same = new int[Math.toIntExact(a.manifest().rows("persons.parquet"))];
        this.slices = Math.max(1, same.length / SLICE);
        Arrays.fill(same, NOBODY);
    }

    /** Finds who is who; before everything else. */
    void match() throws SQLException {
        for (int i = 0; i < slices; i++) {
            String range = range("person_high", i);
            statement.execute("CREATE OR REPLACE TEMP TABLE same AS SELECT a.ordinal AS a, b.ordinal AS b,"
                    + " hash(a.district, a.enrolled_on) <> hash(b.district, b.enrolled_on) AS changed FROM"
                    + " (SELECT * FROM a_persons WHERE " + range + ") a JOIN (SELECT * FROM b_persons WHERE " + range
                    + ") b USING (person_high, person_low)");
            try (ResultSet rows = statement.executeQuery("SELECT a, b, changed FROM same")) {
                while (rows.next()) {
                    same[rows.getInt(1)] = rows.getInt(2);
                    persons = persons.and(new Counts(1, rows.getBoolean(3) ? 1 : 0));
                }
            }
            consents = consents.and(consents(range));
            task.advance(share(i, "persons") + share(i, "consents"));
        }
        statement.execute("DROP TABLE IF EXISTS same");
    }

    Counts persons() {
        return persons;
    }

    /** A consent is all that it says, and the same one may stand twice: bags are compared. */
    Counts consents() {
        return consents;
    }

    Counts tokens() throws SQLException {
        Counts counts = Counts.NONE;
        for (int i = 0; i < slices; i++) {
            // A token's pseudonym is one of its scheme: equal ones have equal schemes.
            String side =
                    "(SELECT token_high, token_low, person FROM %s_tokens WHERE " + range("token_high", i) + ") %s";
            counts = counts.and(pairs("SELECT a.person, b.person, false FROM " + side.formatted("a", "a") + " JOIN "
                    + side.formatted("b", "b") + " USING (token_high, token_low)"));
            task.advance(share(i, "tokens"));
        }
        return counts;
    }

    /** Documents of persons are sealed anew in each build and cannot be compared. */
    Counts records() throws SQLException {
        String side = "(SELECT hash(source, record_id) AS key, subject,"
                + " hash(item, occurred_on, ended_on, decided_on, quantity, severity) AS content FROM %s_records"
                + " WHERE subject_type = 'person') %s";
        return pairs("SELECT a.subject, b.subject, a.content <> b.content FROM " + side.formatted("a", "a") + " JOIN "
                + side.formatted("b", "b") + " USING (key)");
    }

    Counts arrears() throws SQLException {
        return pairs("SELECT a.person, b.person, (a.scene, a.since, a.amount_cents) IS DISTINCT FROM"
                + " (b.scene, b.since, b.amount_cents) FROM a_arrears a"
                + " JOIN b_arrears b USING (reference_high, reference_low)");
    }

    private Counts consents(String range) throws SQLException {
        String hash = "hash(scene, granted_on, expires_on) AS content";
        try (ResultSet rows =
                statement.executeQuery("SELECT coalesce(sum(least(n - ofb, ofb)), 0) FROM (SELECT count(*) AS n,"
                        + " sum(side) AS ofb FROM (SELECT 0 AS side, s.b AS person, " + hash
                        + " FROM (SELECT * FROM a_consents WHERE " + ordinals("a", range)
                        + ") c JOIN same s ON s.a = c.person"
                        + " UNION ALL SELECT 1, person, " + hash + " FROM b_consents WHERE " + ordinals("b", range)
                        + ") GROUP BY person, content)")) {
            return new Counts(rows.next() ? rows.getLong(1) : 0, 0);
        }
    }

    /** Which persons' rows belong to a slice, as a condition whose bounds the reader of Parquet can use. */
    private String ordinals(String side, String range) throws SQLException {
        try (Statement own = statement.getConnection().createStatement();
                ResultSet row = own.executeQuery("SELECT coalesce(min(ordinal), 0), coalesce(max(ordinal), -1) FROM "
                        + side + "_persons WHERE " + range)) {
            row.next();
            return "person BETWEEN " + row.getInt(1) + " AND " + row.getInt(2);
        }
    }

    /** Rows of a's person, b's person, and whether something else differs. */
    private Counts pairs(String query) throws SQLException {
        long kept = 0;
        long changed = 0;
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                kept++;
                changed += rows.getBoolean(3) || same[rows.getInt(1)] != rows.getInt(2) ? 1 : 0;
            }
        }
        return new Counts(kept, changed);
    }

    /** How many of both sides' rows of a kind one slice stands for. */
    private long share(int slice, String kind) {
        String file = kind + ".parquet";
        long all = a.manifest().rows(file) + b.manifest().rows(file);
        return all * (slice + 1) / slices - all * slice / slices;
    }

    private String range(String column, int slice) {
        return (slice == 0 ? "true" : column + " >= " + bound(slice))
                + (slice == slices - 1 ? "" : " AND " + column + " < " + bound(slice + 1));
    }

    /** Where a slice of all 64-bit numbers begins. */
    private long bound(int slice) {
        return Long.MIN_VALUE + slice * Long.divideUnsigned(-1L, slices);
    }
}
