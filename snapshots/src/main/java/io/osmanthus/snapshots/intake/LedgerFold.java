package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.intake.LedgerFacts.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * A folded file is what an engine would hold that loaded the delivered file and applied every change up to the position: one
 * query a file, in which 'position' is the change that a row comes from, null for a delivered one.
 *
 * A carried-over file holds the ledger up to the former snapshot's position already. Whose subject has left since is left
 * behind, also where they are back: leaving erases, and only a delivery brings facts again. Rows of the ledger are left behind
 * too, since the ledger says them again; arrears go on from where they were, since a settlement must not be taken twice.
 *
 *   persons       who left stays out, unless the delivered enrolment is newer; who enrolled by the ledger comes in
 *   tokens        the last binding holds, until the same person unbinds; who came back brings none of the delivered ones
 *   consents      each act ends those of its scene that were granted until its day; delivered ones only after a departure
 *   records       a record that is there stays as it is; the last marks hold, also those that came before the record
 *   arrears       each settlement takes one of its scene and day, if there is one; see ArrearsFold
 *   list_entries  the last marks and the last day that an amendment gives hold, also where it came before the entry; a last
 *                 day that none gives is the delivery's
 */

/** Makes of each delivered file what it is together with the ledger. For one thread. */
final class LedgerFold {
    /** In place of a position: a file was delivered, not carried over. */
    static final long DELIVERED = -1;

    /** What a ledger says something about. */
    static final Set<DeliveryFile> FILES = EnumSet.of(
            DeliveryFile.PERSONS,
            DeliveryFile.TOKENS,
            DeliveryFile.CONSENTS,
            DeliveryFile.RECORDS,
            DeliveryFile.ARREARS,
            DeliveryFile.LIST_ENTRIES);

    private static final String SOURCE = "source_now";

    private final LedgerFacts.Read facts;
    private final Staging staging;
    private final Path directory;

    LedgerFold(LedgerFacts.Read facts, Staging staging, Path directory) {
        this.facts = facts;
        this.staging = staging;
        this.directory = directory;
    }

    /**
     * Folds the ledger into a file that has been written. The new number of its rows, or -1 where it stays as it is.
     *
     * @param contained up to where a carried-over file holds the ledger already, or {@link #DELIVERED}
     */
    long fold(DeliveryFile file, long contained, Subjects subjects) throws SQLException, IOException {
        String query = query(file, contained);
        if (query == null) {
            return -1;
        }
        Path written = directory.resolve(file.word() + ".parquet");
        Path delivered = directory.resolve("work").resolve(file.word() + ".delivered.parquet");
        Files.move(written, delivered);
        staging.execute("CREATE OR REPLACE VIEW " + SOURCE + " AS " + tolerant(delivered));
        long before = staging.count("SELECT count(*) FROM " + Staging.parquet(delivered));
        Staging.Step step = new Staging.Step("fold the ledger into " + written.getFileName(), before);
        long rows = staging.copy(step, query, written);
        staging.execute("DROP VIEW " + SOURCE);
        Files.deleteIfExists(delivered);
        known(file, written, subjects);
        return rows;
    }

    /** A file of an earlier version lacks what only the ledger says. */
    private static String tolerant(Path file) {
        return "SELECT * FROM (SELECT NULL::BIGINT AS position, NULL::INTEGER AS marks, NULL::DATE AS marked_on,"
                + " NULL::INTEGER AS purpose_version WHERE false) UNION ALL BY NAME SELECT * FROM "
                + Staging.parquet(file);
    }

    /** The subjects that later files and tables refer to. */
    private void known(DeliveryFile file, Path written, Subjects subjects) throws SQLException {
        if (file == DeliveryFile.PERSONS) {
            subjects.forgetPersons();
            staging.pairs(
                    "SELECT person_high, person_low FROM " + Staging.parquet(written) + " ORDER BY ordinal",
                    subjects::enrol);
            subjects.number();
        }
    }

    private @Nullable String query(DeliveryFile file, long contained) throws SQLException {
        // what the ledger once said of a carried-over file may be erased by now, and must be taken out all the same
        boolean carried = contained > 0 || (contained == 0 && any(Table.LEFT));
        return switch (file) {
            case PERSONS -> carried || any(Table.LEFT, Table.ENROLLED) ? persons() : null;
            case TOKENS -> carried || any(Table.LEFT, Table.TOKENS) ? tokens(contained) : null;
            case CONSENTS -> carried || any(Table.LEFT, Table.CONSENTS) ? consents(contained) : null;
            case RECORDS -> carried || any(Table.RECORDS, Table.MARKS) ? records(contained) : null;
            case ARREARS -> carried || any(Table.ARREARS, Table.ARREARS_MARKS) ? arrears(contained) : null;
            case LIST_ENTRIES -> contained > 0 || any(Table.ENTRIES, Table.AMENDMENTS) ? entries() : null;
            case ORGANISATIONS, PERMITS, PENALTIES, ADMINISTRATIVE_ACTS, COMMITMENTS, DELIVERY, REFERENCE -> null;
        };
    }

    private boolean any(Table... tables) {
        return List.of(tables).stream().anyMatch(facts::any);
    }

    private String persons() {
        String delivered = "SELECT s.person_high AS high, s.person_low AS low, s.district, s.enrolled_on,"
                + " NULL::BIGINT AS position FROM " + SOURCE + " s LEFT JOIN ledger_left l"
                + " ON l.high = s.person_high AND l.low = s.person_low"
                + " WHERE s.position IS NULL AND (l.high IS NULL OR s.enrolled_on > l.left_on OR EXISTS (SELECT 1"
                + " FROM ledger_enrolled e WHERE e.high = l.high AND e.low = l.low))";
        String enrolled = "SELECT high, low, arg_max(district, position) AS district,"
                + " arg_max(enrolled_on, position) AS enrolled_on, max(position) AS position"
                + " FROM ledger_enrolled GROUP BY high, low";
        return "SELECT CAST(row_number() OVER (ORDER BY high, low) - 1 AS INTEGER) AS ordinal, high AS person_high,"
                + " low AS person_low, district, enrolled_on, position FROM (SELECT * FROM (" + delivered
                + ") UNION ALL SELECT e.* FROM (" + enrolled + ") e WHERE NOT EXISTS (SELECT 1 FROM (" + delivered
                + ") d WHERE d.high = e.high AND d.low = e.low)) ORDER BY ordinal";
    }

    /** Leaves out rows of those who left and are in the snapshot all the same: by a newer delivered enrolment, or by an act. */
    private String unlessReturned(String condition) {
        if (!any(Table.LEFT)) {
            return "";
        }
        return " AND NOT EXISTS (SELECT 1 FROM (SELECT p.ordinal AS person, l.left_on,"
                + " p.enrolled_on > l.left_on AND p.position IS NULL AS renewed FROM ledger_left l JOIN "
                + persons("p") + " ON p.person_high = l.high AND p.person_low = l.low) r WHERE r.person = s.person AND "
                + condition + ")";
    }

    /** Leaves out carried-over rows of those who have left since. */
    private String unlessLeftSince(long contained, String subject) {
        if (contained == DELIVERED || !any(Table.LEFT)) {
            return "";
        }
        return " AND NOT EXISTS (SELECT 1 FROM ledger_left l JOIN " + persons("p")
                + " ON p.person_high = l.high AND p.person_low = l.low WHERE p.ordinal = " + subject
                + " AND l.position > " + contained + ")";
    }

    private String tokens(long contained) {
        String acts = "(SELECT t.*, p.ordinal AS person FROM ledger_tokens t JOIN " + persons("p")
                + " ON p.person_high = t.high AND p.person_low = t.low)";
        String bindings = "(SELECT token_high, token_low, arg_max(scheme, position) AS scheme,"
                + " arg_max(person, position) AS person, max(position) AS position FROM " + acts
                + " WHERE bound GROUP BY token_high, token_low)";
        return "WITH acts AS MATERIALIZED " + acts + ", bindings AS MATERIALIZED " + bindings
                + " SELECT token_high, token_low, scheme, person, position FROM ("
                + " SELECT s.token_high, s.token_low, s.scheme, s.person, NULL::BIGINT AS position FROM " + SOURCE
                + " s WHERE s.position IS NULL"
                + " AND NOT EXISTS (SELECT 1 FROM bindings b WHERE b.token_high = s.token_high AND b.token_low = s.token_low)"
                + " AND NOT EXISTS (SELECT 1 FROM acts a WHERE NOT a.bound AND a.token_high = s.token_high"
                + " AND a.token_low = s.token_low AND a.person = s.person)"
                + unlessReturned("NOT r.renewed")
                + unlessLeftSince(contained, "s.person")
                + " UNION ALL SELECT b.token_high, b.token_low, b.scheme, b.person, b.position FROM bindings b"
                + " WHERE NOT EXISTS (SELECT 1 FROM acts a WHERE NOT a.bound AND a.token_high = b.token_high"
                + " AND a.token_low = b.token_low AND a.person = b.person AND a.position > b.position))"
                + " ORDER BY token_high, token_low";
    }

    private String consents(long contained) {
        String acts = "(SELECT c.*, p.ordinal AS person FROM ledger_consents c JOIN " + persons("p")
                + " ON p.person_high = c.high AND p.person_low = c.low)";
        return "WITH acts AS MATERIALIZED " + acts
                + " SELECT person, scene, granted_on, expires_on, evidence, purpose_version, recipients, position FROM ("
                + " SELECT s.person, s.scene, s.granted_on, s.expires_on, s.evidence, NULL::INTEGER AS purpose_version,"
                + " NULL::VARCHAR AS recipients, NULL::BIGINT AS position FROM " + SOURCE
                + " s WHERE s.position IS NULL"
                + " AND NOT EXISTS (SELECT 1 FROM acts a WHERE a.person = s.person AND a.scene = s.scene"
                + " AND a.until >= s.granted_on)"
                + unlessReturned("s.granted_on <= r.left_on")
                + unlessLeftSince(contained, "s.person")
                + " UNION ALL SELECT g.person, g.scene, g.until, g.expires_on, NULL, g.purpose_version,"
                + " g.recipients, g.position"
                + " FROM acts g WHERE g.given AND NOT EXISTS (SELECT 1 FROM acts a WHERE a.person = g.person"
                + " AND a.scene = g.scene AND a.position > g.position AND a.until >= g.until))"
                + " ORDER BY person, scene, granted_on, expires_on";
    }

    private String records(long contained) {
        String marks = "(SELECT m.subject_type, n.ordinal AS subject, m.record_id, m.source,"
                + " arg_max(m.marks, m.position) AS marks, arg_max(m.marked_on, m.position) AS marked_on"
                + " FROM ledger_marks m JOIN subjects n"
                + " ON n.subject_type = m.subject_type AND n.high = m.high AND n.low = m.low"
                + " GROUP BY m.subject_type, n.ordinal, m.record_id, m.source)";
        String added = "(SELECT r.*, n.ordinal AS subject FROM ledger_records r JOIN subjects n"
                + " ON n.subject_type = r.subject_type AND n.high = r.high AND n.low = r.low"
                + " QUALIFY row_number() OVER (PARTITION BY r.subject_type, n.ordinal, r.record_id, r.source"
                + " ORDER BY r.position) = 1)";
        String since = unlessLeftSince(contained, "s.subject");
        String delivered = "(SELECT * FROM " + SOURCE + " s WHERE s.position IS NULL"
                + (since.isEmpty() ? "" : " AND (s.subject_type = 'organisation' OR (true" + since + "))") + ")";
        String key = "k.subject_type = r.subject_type AND k.subject = r.subject AND k.record_id = r.record_id"
                + " AND k.source = r.source";
        return "WITH subjects AS MATERIALIZED (SELECT 'person' AS subject_type, person_high AS high, person_low AS low,"
                + " ordinal FROM " + persons("p")
                + " UNION ALL SELECT 'organisation', uscc_high, uscc_low, ordinal FROM "
                + organisations("o") + "), marked AS MATERIALIZED " + marks + ", added AS MATERIALIZED " + added
                + " SELECT r.subject_type, r.subject, r.record_id, r.item, r.act, r.occurred_on, r.ended_on, r.decided_on,"
                + " r.quantity, r.severity, r.source, r.document_no, r.document, k.marks, k.marked_on, r.position FROM ("
                + " SELECT subject_type, subject, record_id, item, act, occurred_on, ended_on, decided_on, quantity,"
                + " severity, source, document_no, document, position FROM " + delivered
                + " UNION ALL SELECT r.subject_type, r.subject, r.record_id, r.item, CAST(0 AS INTEGER), r.occurred_on,"
                + " r.ended_on, r.decided_on,"
                + " CAST(CAST(r.hundredths AS DECIMAL(20, 0)) / 100 AS DECIMAL(18, 2)), r.severity, r.source,"
                + " r.document_no, r.document, r.position FROM added r WHERE NOT EXISTS (SELECT 1 FROM " + delivered
                + " k WHERE " + key + ")) r LEFT JOIN marked k ON " + key
                + " ORDER BY r.subject_type DESC, r.subject, r.record_id, r.source";
    }

    private String arrears(long contained) {
        return ArrearsFold.query(SOURCE, persons("p"), Math.max(contained, 0), unlessLeftSince(contained, "s.person"));
    }

    private String entries() {
        String mapped = "(SELECT e.*, o.ordinal AS organisation FROM %s e JOIN " + organisations("o")
                + " ON o.uscc_high = e.high AND o.uscc_low = e.low)";
        String added = "(SELECT * FROM " + mapped.formatted("ledger_entries")
                + " QUALIFY row_number() OVER (PARTITION BY organisation, list, entry_id ORDER BY position) = 1)";
        String delivered = "(SELECT * FROM " + SOURCE + " WHERE position IS NULL)";
        String key = "k.organisation = r.organisation AND k.list = r.list AND k.entry_id = r.entry_id";
        return "WITH amended AS MATERIALIZED " + mapped.formatted("ledger_amendments") + ", every AS MATERIALIZED ("
                + "SELECT organisation, list, entry_id, entered_on, leaves_on, reason, legal_basis, source, position FROM "
                + delivered
                + " UNION ALL SELECT r.organisation, r.list, r.entry_id, r.entered_on, r.leaves_on, r.reason, r.legal_basis,"
                + " r.source, r.position FROM " + added + " r WHERE NOT EXISTS (SELECT 1 FROM " + delivered
                + " k WHERE "
                + key
                + ")), latest AS MATERIALIZED (SELECT r.organisation, r.list, r.entry_id,"
                // a null in a struct is a value: an open end; marks that an amendment does not say are passed over
                + " arg_max(struct_pack(leaves_on := k.leaves_on), k.position) FILTER (k.dated) AS dated,"
                + " arg_max(k.marks, k.position) AS marks FROM every r JOIN amended k ON " + key
                + " GROUP BY r.organisation, r.list, r.entry_id)"
                + " SELECT r.organisation, r.list, r.entry_id, r.entered_on,"
                + " CASE WHEN k.dated IS NULL THEN r.leaves_on ELSE k.dated.leaves_on END AS leaves_on,"
                + " r.reason, r.legal_basis, r.source, k.marks, r.position"
                + " FROM every r LEFT JOIN latest k ON " + key
                + " ORDER BY r.organisation, r.list, r.entry_id, r.source";
    }

    private String persons(String alias) {
        return Staging.parquet(directory.resolve("persons.parquet")) + " " + alias;
    }

    private String organisations(String alias) {
        return Staging.parquet(directory.resolve("organisations.parquet")) + " " + alias;
    }
}
