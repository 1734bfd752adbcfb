package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** {@code permits.csv}: administrative permits (行政许可) in the national layout, of organisations only. */
final class PermitJudge extends OrganisationFactJudge {
    static final String COLUMNS =
            "organisation INTEGER, name VARCHAR, party VARCHAR, document_no VARCHAR, document VARCHAR,"
                    + " kind VARCHAR, certificate VARCHAR, certificate_no VARCHAR, content VARCHAR, decided_on DATE, valid_from DATE,"
                    + " valid_until DATE, authority VARCHAR, authority_code VARCHAR, state VARCHAR, source VARCHAR,"
                    + " source_code VARCHAR, reported_on DATE";
    static final String QUERY =
            "SELECT * FROM permits ORDER BY organisation, decided_on, document_no, certificate_no," + " authority";

    private static final int NAME = 0;
    private static final int PARTY = 1;
    private static final int CODE = 2;
    private static final int DOCUMENT_NO = 3;
    private static final int DOCUMENT = 4;
    private static final int KIND = 5;
    private static final int CERTIFICATE = 6;
    private static final int CERTIFICATE_NO = 7;
    private static final int CONTENT = 8;
    private static final int DECIDED_ON = 9;
    private static final int VALID_FROM = 10;
    private static final int VALID_UNTIL = 11;
    private static final int AUTHORITY = 12;
    private static final int AUTHORITY_CODE = 13;
    private static final int STATE = 14;
    private static final int SOURCE = 15;
    private static final int SOURCE_CODE = 16;
    private static final int REPORTED_ON = 17;

    private final KeyedHash hash;
    private final KeySet keys = new KeySet();
    private final int deliveredOn;
    private int decided;
    private int reported;
    private int from;
    private int until;

    PermitJudge(
            Subjects subjects,
            PseudonymKey key,
            Vocabulary vocabulary,
            int asOf,
            int deliveredOn,
            Tally tally,
            DuckDBAppender table) {
        super(DeliveryFile.PERMITS, CODE, PARTY, subjects, vocabulary, asOf, tally, table);
        this.hash = KeyedHash.of(key, "permit/1");
        this.deliveredOn = deliveredOn;
    }

    @Override
    void measure(Row row, Measured into) {
        decided = day(row, DECIDED_ON);
        reported = row.has(REPORTED_ON) ? day(row, REPORTED_ON) : deliveredOn;
        count(into, decided, row.at(AUTHORITY_CODE));
        time(into, decided, reported);
    }

    @Override
    Verdict content(Row row) throws SQLException {
        Verdict fault =
                words(row, NAME, PARTY, DOCUMENT_NO, DOCUMENT, KIND, CERTIFICATE, CERTIFICATE_NO, AUTHORITY, STATE);
        fault = fault == null ? texts(row, CONTENT) : fault;
        if (fault == null && !plainId(row.at(SOURCE))) {
            fault = reject(Reason.VALUE_MALFORMED, SOURCE);
        }
        fault = fault == null ? dates(row) : fault;
        fault = fault == null ? codes(row, AUTHORITY_CODE, SOURCE_CODE) : fault;
        fault = fault == null ? reference() : fault;
        if (fault != null) {
            return fault;
        }
        // One decision may grant several certificates, to several parties.
        hash.make(
                row.string(AUTHORITY),
                key(row.string(DOCUMENT_NO), Subjects.canonicalUscc(row.at(CODE)), row.string(CERTIFICATE_NO)));
        if (keys.add(hash.high(), hash.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, DOCUMENT_NO);
        }
        begin(row);
        append(row, NAME, PARTY, DOCUMENT_NO, DOCUMENT, KIND, CERTIFICATE, CERTIFICATE_NO, CONTENT);
        appendDays(decided, from, until);
        append(row, AUTHORITY);
        appendCode(row, AUTHORITY_CODE);
        append(row, STATE, SOURCE);
        appendCode(row, SOURCE_CODE);
        appendDays(reported);
        table().endRow();
        return Verdict.ACCEPTED;
    }

    private @Nullable Verdict dates(Row row) {
        from = day(row, VALID_FROM);
        until = day(row, VALID_UNTIL);
        if (from == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, VALID_FROM);
        }
        if (until == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, VALID_UNTIL);
        }
        Verdict fault = date(reported, REPORTED_ON, false);
        return fault == null ? date(decided, DECIDED_ON, true) : fault;
    }
}
