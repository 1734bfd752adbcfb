package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;

/**
 * Puts a snapshot under another pseudonym key (换钥): the same facts, under new pseudonyms, with texts sealed anew. Pseudonyms
 * cannot be turned back, so who is who is made from the persons and tokens of a delivery, under both keys; whoever is in the
 * snapshot and not in the delivery is left behind and counted. Organisations' codes stand in the snapshot. For one thread.
 */
public final class Rekey {
    /** More of the persons, or of the tokens, than so many in a hundred may not be left behind. */
    static final int DROPPED_PERCENT_MAX = 1;

    private static final List<String> AS_THEY_ARE = Stream.of(
                    List.of("list_entries.parquet", Snapshot.QUARANTINE, Snapshot.QUARANTINE_CSV, Snapshot.QUALITY),
                    Snapshot.DISCLOSURE_FILES)
            .flatMap(List::stream)
            .toList();

    private final Delivery delivery;
    private final RekeyNames names;
    private final Snapshot former;
    private final PseudonymKey from;
    private final PseudonymKey to;
    private final Path directory;
    private final Progress progress;
    private final Staging staging;
    private final Map<String, Long> rows = new TreeMap<>();

    /**
     * What was re-keyed.
     *
     * @param persons persons of the former snapshot
     * @param personsDropped those that the delivery does not name
     * @param tokens tokens of the former snapshot
     * @param tokensDropped those that the delivery does not name, or whose person it does not
     */
    public record Result(
            SnapshotBuild.Content content, long persons, long personsDropped, long tokens, long tokensDropped) {
        /** Whether more were left behind than a delivery of another day explains. */
        public boolean tooManyDropped() {
            return personsDropped * 100 > persons * DROPPED_PERCENT_MAX
                    || tokensDropped * 100 > tokens * DROPPED_PERCENT_MAX;
        }
    }

    private Rekey(
            Delivery delivery,
            Snapshot former,
            PseudonymKey from,
            PseudonymKey to,
            Path directory,
            Progress progress,
            Staging staging) {
        this.delivery = delivery;
        this.names = new RekeyNames(from, to, progress);
        this.former = former;
        this.from = from;
        this.to = to;
        this.directory = directory;
        this.progress = progress;
        this.staging = staging;
    }

    /**
     * Writes the files of the re-keyed snapshot.
     *
     * @param delivery holds {@code persons.csv} and {@code tokens.csv}; nothing else of it is read
     * @param former verified under {@code from}
     * @param directory an empty directory of a {@link SnapshotBuild}
     * @throws IntakeException if the delivery cannot be read, or the keys are one
     */
    public static Result run(
            Delivery delivery,
            Snapshot former,
            PseudonymKey from,
            PseudonymKey to,
            Path directory,
            IntakeOptions options,
            Progress progress) {
        if (from.fingerprint().equals(to.fingerprint())) {
            throw new IntakeException(Code.FORMER_UNUSABLE, "the next pseudonym key is the one in use: make another");
        }
        try {
            Path work = Files.createDirectory(directory.resolve("work"));
            try (Staging staging =
                    Staging.open(work, options.memoryBytes(), options.threads(), former.directory(), progress)) {
                return new Rekey(delivery, former, from, to, directory, progress, staging).run();
            }
        } catch (SQLException e) {
            throw Staging.failed(directory, e);
        } catch (IOException e) {
            throw new IntakeException(
                    Code.IO, "writing in " + directory + " failed: " + e + "; look for free space there", e);
        }
    }

    private Result run() throws SQLException, IOException {
        readPersons();
        readTokens();
        persons();
        tokens();
        consents();
        records();
        arrears();
        organisations();
        for (String file : AS_THEY_ARE) {
            if (former.manifest().has(file)) {
                Files.copy(former.directory().resolve(file), directory.resolve(file));
                rows.put(file, former.manifest().rows(file));
            }
        }
        long persons = former.manifest().rows("persons.parquet");
        long tokens = former.manifest().rows("tokens.parquet");
        return new Result(
                content(), persons, persons - kept("persons.parquet"), tokens, tokens - kept("tokens.parquet"));
    }

    private SnapshotBuild.Content content() {
        Manifest manifest = former.manifest();
        Map<String, Manifest.Counts> counts = new LinkedHashMap<>();
        for (String file : manifest.factsAsOf().keySet()) {
            String parquet = file.replace(".csv", ".parquet");
            if (rows.containsKey(parquet)) {
                counts.put(file, new Manifest.Counts(0, 0, 0, 0, 0, kept(parquet)));
            }
        }
        return new SnapshotBuild.Content(
                manifest.asOf(),
                manifest.factsAsOf(),
                to.fingerprint(),
                manifest.synthetic(),
                manifest.demonstration(),
                counts,
                rows,
                manifest.lists(),
                null);
    }

    private void readPersons() throws SQLException {
        staging.create("persons_read", "former_high BIGINT, former_low BIGINT, high BIGINT, low BIGINT");
        try (Staging.Filling filling = staging.fill("persons_read")) {
            names.persons(delivery, (highBefore, lowBefore, high, low) -> pair(
                            filling.appender().beginRow(), highBefore, lowBefore, high, low)
                    .endRow());
        }
    }

    private void readTokens() throws SQLException {
        staging.create("tokens_read", "scheme VARCHAR, former_high BIGINT, former_low BIGINT, high BIGINT, low BIGINT");
        try (Staging.Filling filling = staging.fill("tokens_read")) {
            names.tokens(delivery, (scheme, highBefore, lowBefore, high, low) -> pair(
                            filling.appender().beginRow().append(scheme), highBefore, lowBefore, high, low)
                    .endRow());
        }
    }

    /** Ordinals are ranks of pseudonyms, so everybody gets another one. */
    private void persons() throws SQLException {
        Staging.Step match = new Staging.Step("match persons", former.manifest().rows("persons.parquet"));
        staging.execute(
                match,
                "CREATE TABLE persons_now AS SELECT f.ordinal AS former,"
                        + " CAST(row_number() OVER (ORDER BY m.high, m.low) - 1 AS INTEGER) AS ordinal, m.high, m.low, f.district,"
                        + " f.enrolled_on FROM " + former("persons") + " f JOIN (SELECT DISTINCT * FROM persons_read) m"
                        + " ON m.former_high = f.person_high AND m.former_low = f.person_low");
        copy(
                "persons",
                "SELECT ordinal, high AS person_high, low AS person_low, district, enrolled_on FROM persons_now"
                        + " ORDER BY ordinal");
    }

    private void tokens() throws SQLException {
        copy(
                "tokens",
                "SELECT m.high AS token_high, m.low AS token_low, f.scheme, p.ordinal AS person FROM "
                        + former("tokens")
                        + " f JOIN (SELECT DISTINCT * FROM tokens_read) m ON m.scheme = f.scheme"
                        + " AND m.former_high = f.token_high AND m.former_low = f.token_low"
                        + " JOIN persons_now p ON p.former = f.person ORDER BY token_high, token_low");
    }

    private void consents() throws SQLException {
        reseal("consents", "evidence", "''");
        copy(
                "consents",
                "SELECT f.* EXCLUDE (file_row_number) REPLACE (p.ordinal AS person, s.sealed AS evidence) FROM "
                        + numbered("consents") + " f JOIN persons_now p ON p.former = f.person"
                        + " LEFT JOIN sealed_consents s ON s.number = f.file_row_number"
                        + " ORDER BY person, scene, granted_on, expires_on");
    }

    private void records() throws SQLException {
        reseal("records", "document_no", "''");
        copy(
                "records",
                "SELECT * FROM (SELECT f.* EXCLUDE (file_row_number) REPLACE (p.ordinal AS subject, s.sealed AS document_no)"
                        + " FROM " + numbered("records") + " f JOIN persons_now p ON p.former = f.subject"
                        + " LEFT JOIN sealed_records s ON s.number = f.file_row_number WHERE f.subject_type = 'person'"
                        + " UNION ALL SELECT * FROM " + former("records") + " WHERE subject_type = 'organisation')"
                        + " ORDER BY subject_type DESC, subject, record_id, source");
    }

    private void arrears() throws SQLException {
        reseal("arrears", "reference", "source");
        copy(
                "arrears",
                "SELECT f.* EXCLUDE (file_row_number) REPLACE (p.ordinal AS person, s.sealed AS reference,"
                        + " s.high AS reference_high, s.low AS reference_low) FROM " + numbered("arrears")
                        + " f JOIN persons_now p ON p.former = f.person"
                        + " JOIN sealed_arrears s ON s.number = f.file_row_number"
                        + " ORDER BY person, scene, since, reference_high");
    }

    /** Opens each sealed text of a column under the old key, and seals and hashes it under the new one. */
    private void reseal(String table, String column, String source) throws SQLException {
        Seal before = Seal.of(from, table + "." + column);
        Seal after = Seal.of(to, table + "." + column);
        KeyedHash hash = KeyedHash.of(to, "reference/1");
        String sealed = "sealed_" + table;
        staging.create(sealed, "number BIGINT, sealed BLOB, high BIGINT, low BIGINT");
        try (Staging.Filling filling = staging.fill(sealed);
                Progress.Task task =
                        progress.begin("seal " + table, former.manifest().rows(table + ".parquet"), "rows")) {
            DuckDBAppender to = filling.appender();
            staging.each(
                    "SELECT file_row_number, " + column + ", " + source + " FROM " + numbered(table) + " WHERE "
                            + column + " IS NOT NULL",
                    found -> {
                        String text = before.open(bytes(found, 2));
                        hash.make(String.valueOf(found.getString(3)), text);
                        to.beginRow().append(found.getLong(1)).append(after.seal(text));
                        to.append(hash.high()).append(hash.low()).endRow();
                        task.advance(1);
                    });
        }
    }

    private void organisations() throws SQLException {
        Pseudonymiser after = to.pseudonymiser(Scheme.USCC);
        staging.create("codes", "ordinal INTEGER, high BIGINT, low BIGINT");
        try (Staging.Filling filling = staging.fill("codes")) {
            staging.each("SELECT ordinal, uscc FROM " + former("organisations"), found -> {
                after.make(found.getString(2));
                filling.appender()
                        .beginRow()
                        .append(found.getInt(1))
                        .append(after.high())
                        .append(after.low())
                        .endRow();
            });
        }
        copy(
                "organisations",
                "SELECT f.* REPLACE (c.high AS uscc_high, c.low AS uscc_low) FROM " + former("organisations")
                        + " f JOIN codes c USING (ordinal) ORDER BY ordinal");
    }

    private void copy(String table, String query) throws SQLException {
        String file = table + ".parquet";
        Staging.Step step = new Staging.Step("write " + file, former.manifest().rows(file));
        rows.put(file, staging.copy(step, query, directory.resolve(file)));
    }

    private long kept(String file) {
        return rows.getOrDefault(file, 0L);
    }

    private String former(String table) {
        return Staging.parquet(former.directory().resolve(table + ".parquet"));
    }

    /** The former file with the numbers of its rows, by which what is sealed anew finds its place. */
    private String numbered(String table) {
        return "read_parquet("
                + Staging.literal(former.directory().resolve(table + ".parquet").toString())
                + ", file_row_number = true)";
    }

    private static byte[] bytes(ResultSet row, int column) throws SQLException {
        return row.getBytes(column);
    }

    private static DuckDBAppender pair(DuckDBAppender to, long highBefore, long lowBefore, long high, long low)
            throws SQLException {
        return to.append(highBefore).append(lowBefore).append(high).append(low);
    }
}
