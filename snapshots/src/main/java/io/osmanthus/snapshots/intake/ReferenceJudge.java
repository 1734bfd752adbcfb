package io.osmanthus.snapshots.intake;

import java.sql.SQLException;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * {@code reference.csv}: decisions that an independent list knows of, to hold disclosures against (瞒报). No facts: nothing of
 * it but counts is kept.
 */
final class ReferenceJudge extends RowJudge {
    static final String COLUMNS = "authority VARCHAR, document_no VARCHAR";

    private static final int AUTHORITY = 0;
    private static final int DOCUMENT_NO = 1;

    private final DuckDBAppender table;
    private final FreeText freeText = new FreeText();

    ReferenceJudge(int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.REFERENCE, asOf, tally);
        this.table = table;
    }

    @Override
    @Nullable
    Verdict subject(Row row) {
        return null;
    }

    @Override
    Verdict content(Row row) throws SQLException {
        for (int column : new int[] {AUTHORITY, DOCUMENT_NO}) {
            if (!word(row.at(column), WORD_CHARS_MAX)) {
                return reject(Reason.VALUE_MALFORMED, column);
            }
        }
        table.beginRow();
        append(table, freeText.mask(row.string(AUTHORITY)));
        append(table, freeText.mask(row.string(DOCUMENT_NO)));
        table.endRow();
        return Verdict.ACCEPTED;
    }

    @Override
    long masked() {
        return freeText.masked();
    }
}
