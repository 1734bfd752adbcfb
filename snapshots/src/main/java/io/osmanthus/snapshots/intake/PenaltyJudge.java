package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** {@code penalties.csv}: administrative penalties (行政处罚) in the national layout, of organisations only. */
final class PenaltyJudge extends OrganisationFactJudge {
    private static final List<String> SEVERITIES = List.of("minor", "general", "serious");

    static final String COLUMNS =
            "organisation INTEGER, name VARCHAR, party VARCHAR, document_no VARCHAR, violation VARCHAR,"
                    + " facts VARCHAR, basis VARCHAR, kinds VARCHAR, content VARCHAR, fine_cents BIGINT, confiscated_cents BIGINT,"
                    + " licence VARCHAR, decided_on DATE, valid_until DATE, published_until DATE, authority VARCHAR,"
                    + " authority_code VARCHAR, source VARCHAR, source_code VARCHAR, severity VARCHAR, reported_on DATE,"
                    + " remark VARCHAR";
    static final String QUERY = "SELECT * FROM penalties ORDER BY organisation, decided_on, document_no, authority";

    /** Of 万元: more would leave 64 bits in cents. */
    private static final int AMOUNT_DIGITS_MAX = 11;

    private static final int NAME = 0;
    private static final int PARTY = 1;
    private static final int CODE = 2;
    private static final int DOCUMENT_NO = 3;
    private static final int VIOLATION = 4;
    private static final int FACTS = 5;
    private static final int BASIS = 6;
    private static final int KINDS = 7;
    private static final int CONTENT = 8;
    private static final int FINE = 9;
    private static final int CONFISCATED = 10;
    private static final int LICENCE = 11;
    private static final int DECIDED_ON = 12;
    private static final int VALID_UNTIL = 13;
    private static final int PUBLISHED_UNTIL = 14;
    private static final int AUTHORITY = 15;
    private static final int AUTHORITY_CODE = 16;
    private static final int SOURCE = 17;
    private static final int SOURCE_CODE = 18;
    private static final int SEVERITY = 19;
    private static final int REPORTED_ON = 20;
    private static final int REMARK = 21;

    private final KeyedHash hash;
    private final KeySet keys = new KeySet();
    private final int deliveredOn;
    private int decided;
    private int reported;
    private int validUntil;
    private int publishedUntil;
    private long fine;
    private long confiscated;

    PenaltyJudge(
            Subjects subjects,
            PseudonymKey key,
            Vocabulary vocabulary,
            int asOf,
            int deliveredOn,
            Tally tally,
            DuckDBAppender table) {
        super(DeliveryFile.PENALTIES, CODE, PARTY, subjects, vocabulary, asOf, tally, table);
        this.hash = KeyedHash.of(key, "penalty/1");
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
        Verdict fault = values(row);
        fault = fault == null ? dates(row) : fault;
        fault = fault == null ? codes(row, AUTHORITY_CODE, SOURCE_CODE) : fault;
        fault = fault == null ? reference() : fault;
        if (fault != null) {
            return fault;
        }
        // One decision may be about several parties.
        hash.make(row.string(AUTHORITY), key(row.string(DOCUMENT_NO), Subjects.canonicalUscc(row.at(CODE))));
        if (keys.add(hash.high(), hash.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, DOCUMENT_NO);
        }
        begin(row);
        append(row, NAME, PARTY, DOCUMENT_NO, VIOLATION, FACTS, BASIS, KINDS, CONTENT);
        appendNumber(fine);
        appendNumber(confiscated);
        append(row, LICENCE);
        appendDays(decided, validUntil, publishedUntil);
        append(row, AUTHORITY);
        appendCode(row, AUTHORITY_CODE);
        append(row, SOURCE);
        appendCode(row, SOURCE_CODE);
        append(row, SEVERITY);
        appendDays(reported);
        append(row, REMARK);
        table().endRow();
        return Verdict.ACCEPTED;
    }

    private @Nullable Verdict values(Row row) {
        Verdict fault = words(row, NAME, PARTY, DOCUMENT_NO, AUTHORITY);
        fault = fault == null ? texts(row, VIOLATION, FACTS, BASIS, KINDS, CONTENT, LICENCE, REMARK) : fault;
        if (fault != null) {
            return fault;
        }
        if (!plainId(row.at(SOURCE))) {
            return reject(Reason.VALUE_MALFORMED, SOURCE);
        }
        fine = Decimals.millionths(row.at(FINE), AMOUNT_DIGITS_MAX);
        if (fine < 0 && !row.empty(FINE)) {
            return reject(Reason.VALUE_MALFORMED, FINE);
        }
        confiscated = Decimals.millionths(row.at(CONFISCATED), AMOUNT_DIGITS_MAX);
        if (confiscated < 0 && !row.empty(CONFISCATED)) {
            return reject(Reason.VALUE_MALFORMED, CONFISCATED);
        }
        return row.empty(SEVERITY) || SEVERITIES.contains(row.string(SEVERITY))
                ? null
                : reject(Reason.VALUE_MALFORMED, SEVERITY);
    }

    private @Nullable Verdict dates(Row row) {
        validUntil = day(row, VALID_UNTIL);
        publishedUntil = day(row, PUBLISHED_UNTIL);
        Verdict fault = date(validUntil, VALID_UNTIL, false);
        fault = fault == null ? date(publishedUntil, PUBLISHED_UNTIL, false) : fault;
        fault = fault == null ? date(reported, REPORTED_ON, false) : fault;
        return fault == null ? date(decided, DECIDED_ON, true) : fault;
    }
}
