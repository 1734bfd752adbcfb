package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** {@code commitments.csv}: what organisations have promised (信用承诺), and whether they kept it. */
final class CommitmentJudge extends OrganisationFactJudge {
    static final String COLUMNS =
            "organisation INTEGER, commitment_id VARCHAR, kind VARCHAR, matter VARCHAR, made_on DATE,"
                    + " decided_on DATE, accepted_by VARCHAR, state VARCHAR, source VARCHAR";
    static final String QUERY = "SELECT * FROM commitments ORDER BY organisation, commitment_id, source";

    private static final List<String> KINDS =
            List.of("approval_substitution", "deferred_document", "proof_by_notice", "voluntary", "repair");
    private static final String MADE = "made";
    private static final List<String> STATES = List.of(MADE, "kept", "broken");

    private static final int COMMITMENT_ID = 0;
    private static final int USCC = 1;
    private static final int KIND = 2;
    private static final int MATTER = 3;
    private static final int MADE_ON = 4;
    private static final int DECIDED_ON = 5;
    private static final int ACCEPTED_BY = 6;
    private static final int STATE = 7;
    private static final int SOURCE = 8;

    private final KeyedHash hash;
    private final KeySet keys = new KeySet();

    CommitmentJudge(
            Subjects subjects, PseudonymKey key, Vocabulary vocabulary, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.COMMITMENTS, USCC, -1, subjects, vocabulary, asOf, tally, table);
        this.hash = KeyedHash.of(key, "commitment/1");
    }

    @Override
    void measure(Row row, Measured into) {
        count(into, day(row, MADE_ON), row.at(USCC));
    }

    @Override
    Verdict content(Row row) throws SQLException {
        boolean decided = !MADE.contentEquals(row.at(STATE));
        if (decided && STATES.contains(row.string(STATE)) && !require(!row.empty(DECIDED_ON))) {
            return reject(Reason.REQUIRED_MISSING, DECIDED_ON);
        }
        if (!plainId(row.at(COMMITMENT_ID))) {
            return reject(Reason.VALUE_MALFORMED, COMMITMENT_ID);
        }
        if (!KINDS.contains(row.string(KIND))) {
            return reject(Reason.VALUE_MALFORMED, KIND);
        }
        if (!STATES.contains(row.string(STATE))) {
            return reject(Reason.VALUE_MALFORMED, STATE);
        }
        Verdict fault = words(row, ACCEPTED_BY);
        fault = fault == null ? texts(row, MATTER) : fault;
        if (fault == null && !plainId(row.at(SOURCE))) {
            fault = reject(Reason.VALUE_MALFORMED, SOURCE);
        }
        fault = fault == null ? days(row) : fault;
        fault = fault == null ? reference() : fault;
        if (fault != null) {
            return fault;
        }
        hash.make(row.string(SOURCE), row.string(COMMITMENT_ID));
        if (keys.add(hash.high(), hash.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, COMMITMENT_ID);
        }
        begin(row);
        append(row, COMMITMENT_ID, KIND, MATTER);
        appendDays(day(row, MADE_ON), day(row, DECIDED_ON));
        append(row, ACCEPTED_BY, STATE, SOURCE);
        table().endRow();
        return Verdict.ACCEPTED;
    }

    /** Real days first, then past ones; decided before it was made is no day of a decision. */
    private @Nullable Verdict days(Row row) {
        int made = day(row, MADE_ON);
        int decided = day(row, DECIDED_ON);
        if (made == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, MADE_ON);
        }
        if (decided == Days.MALFORMED || (decided != Days.NONE && decided < made)) {
            return reject(Reason.DATE_MALFORMED, DECIDED_ON);
        }
        Verdict fault = date(made, MADE_ON, true);
        return fault == null ? date(decided, DECIDED_ON, true) : fault;
    }
}
