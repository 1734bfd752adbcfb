package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** {@code list_entries.csv}: organisations on red and black lists. Natural persons are on no list, enrolled or not. */
final class ListEntryJudge extends RowJudge {
    static final String COLUMNS =
            "organisation INTEGER, list INTEGER, entry_id VARCHAR, entered_on DATE, leaves_on DATE,"
                    + " reason VARCHAR, legal_basis VARCHAR, source VARCHAR";

    private static final int ENTRY_ID = 0;
    private static final int LIST = 1;
    private static final int SUBJECT_TYPE = 2;
    private static final int SUBJECT_ID = 3;
    private static final int ENTERED_ON = 4;
    private static final int LEAVES_ON = 5;
    private static final int REASON = 6;
    private static final int LEGAL_BASIS = 7;
    private static final int SOURCE = 8;

    private final Subjects subjects;
    private final DuckDBAppender table;
    private final Words lists;
    private final KeyedHash hash;
    private final KeySet keys = new KeySet();
    private final FreeText freeText = new FreeText();

    ListEntryJudge(
            Subjects subjects, PseudonymKey key, Vocabulary vocabulary, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.LIST_ENTRIES, asOf, tally);
        this.subjects = subjects;
        this.table = table;
        this.lists = new Words(ids(vocabulary));
        this.hash = KeyedHash.of(key, "entry/1");
    }

    static String query(Vocabulary vocabulary) {
        return "SELECT organisation, " + Staging.word(ids(vocabulary), "list")
                + " AS list, entry_id, entered_on, leaves_on, reason, legal_basis, source FROM list_entries"
                + " ORDER BY organisation, list, entry_id, source";
    }

    @Override
    @Nullable
    Verdict subject(Row row) {
        CharSequence type = row.at(SUBJECT_TYPE);
        if (type.length() == 0) {
            return reject(Reason.REQUIRED_MISSING, SUBJECT_TYPE);
        }
        // For everybody: to answer "not enrolled" for some would tell the source who is.
        if ("person".contentEquals(type)) {
            return reject(Reason.PERSON_ON_LIST, SUBJECT_TYPE);
        }
        return Subjects.absent(row.at(SUBJECT_ID)) ? reject(Reason.REQUIRED_MISSING, SUBJECT_ID) : null;
    }

    @Override
    Verdict content(Row row) throws SQLException {
        if (!"organisation".contentEquals(row.at(SUBJECT_TYPE))) {
            return reject(Reason.VALUE_MALFORMED, SUBJECT_TYPE);
        }
        int list = lists.find(row.at(LIST));
        if (list < 0) {
            return reject(Reason.VALUE_MALFORMED, LIST);
        }
        if (!plainId(row.at(ENTRY_ID))) {
            return reject(Reason.VALUE_MALFORMED, ENTRY_ID);
        }
        if (!plainId(row.at(SOURCE))) {
            return reject(Reason.VALUE_MALFORMED, SOURCE);
        }
        int entered = day(row, ENTERED_ON);
        if (entered == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, ENTERED_ON);
        }
        int leaves = day(row, LEAVES_ON);
        if (leaves == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, LEAVES_ON);
        }
        int organisation = subjects.findOrganisation(row.at(SUBJECT_ID));
        if (organisation < 0) {
            return reject(Reason.REFERENCE_UNKNOWN, SUBJECT_ID);
        }
        String source = row.string(SOURCE);
        String id = row.string(ENTRY_ID);
        hash.make(source, id);
        if (keys.add(hash.high(), hash.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, ENTRY_ID);
        }
        table.beginRow().append(organisation).append(list).append(id).appendEpochDays(entered);
        appendDay(table, leaves);
        append(table, freeText.mask(row.string(REASON)));
        append(table, freeText.mask(row.string(LEGAL_BASIS)));
        table.append(source).endRow();
        return Verdict.ACCEPTED;
    }

    @Override
    long masked() {
        return freeText.masked();
    }

    private static List<String> ids(Vocabulary vocabulary) {
        return vocabulary.lists().stream().map(ListDefinition::id).toList();
    }
}
