package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.Usccs;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** {@code organisations.csv}: the register. A code with a wrong check character is flagged, since real registers have some. */
final class OrganisationJudge extends RowJudge {
    static final String COLUMNS = "ordinal INTEGER, uscc VARCHAR, high BIGINT, low BIGINT, name VARCHAR, type VARCHAR,"
            + " district INTEGER, industry VARCHAR, registered_on DATE, status VARCHAR, flagged BOOLEAN";
    static final String QUERY =
            "SELECT ordinal, uscc, high AS uscc_high, low AS uscc_low, name, type, district, industry,"
                    + " registered_on, status, flagged FROM organisations ORDER BY ordinal";

    private static final int USCC = 0;
    private static final int NAME = 1;
    private static final int TYPE = 2;
    private static final int DISTRICT = 3;
    private static final int INDUSTRY = 4;
    private static final int REGISTERED_ON = 5;
    private static final int STATUS = 6;

    private final Subjects subjects;
    private final Vocabulary vocabulary;
    private final DuckDBAppender table;
    private final FreeText freeText = new FreeText();

    OrganisationJudge(Subjects subjects, Vocabulary vocabulary, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.ORGANISATIONS, asOf, tally);
        this.subjects = subjects;
        this.vocabulary = vocabulary;
        this.table = table;
    }

    @Override
    @Nullable
    Verdict subject(Row row) {
        return Subjects.absent(row.at(USCC)) ? reject(Reason.REQUIRED_MISSING, USCC) : null;
    }

    @Override
    Verdict content(Row row) throws SQLException {
        int registered = day(row, REGISTERED_ON);
        if (registered == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, REGISTERED_ON);
        }
        if (future(registered)) {
            return reject(Reason.DATE_FUTURE, REGISTERED_ON);
        }
        String uscc = Subjects.canonicalUscc(row.at(USCC));
        boolean shaped = Usccs.shaped(uscc);
        boolean checked = shaped && Usccs.checked(uscc);
        if (!checked && CitizenIds.find(uscc, 0) >= 0) {
            return reject(Reason.NATURAL_PERSON, USCC);
        }
        if (!shaped) {
            return reject(Reason.ID_MALFORMED, USCC);
        }
        int district = row.empty(DISTRICT) ? 0 : PersonJudge.district(row.at(DISTRICT), vocabulary);
        if (district < 0) {
            return reject(Reason.DISTRICT_UNKNOWN, DISTRICT);
        }
        int ordinal = subjects.addOrganisation(uscc);
        if (ordinal < 0) {
            return reject(Reason.DUPLICATE_KEY, USCC);
        }
        if (!checked) {
            flag();
        }
        append(row, ordinal, uscc, district, registered, !checked);
        return Verdict.ACCEPTED;
    }

    @Override
    long masked() {
        return freeText.masked();
    }

    private void append(Row row, int ordinal, String uscc, int district, int registered, boolean flagged)
            throws SQLException {
        table.beginRow()
                .append(ordinal)
                .append(uscc)
                .append(subjects.organisationHigh(ordinal))
                .append(subjects.organisationLow(ordinal))
                .append(freeText.mask(row.string(NAME)));
        append(table, freeText.mask(row.string(TYPE)));
        if (district == 0) {
            table.appendNull();
        } else {
            table.append(district);
        }
        append(table, freeText.mask(row.string(INDUSTRY)));
        appendDay(table, registered);
        append(table, freeText.mask(row.string(STATUS)));
        table.append(flagged).endRow();
    }
}
