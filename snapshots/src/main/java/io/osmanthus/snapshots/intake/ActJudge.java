package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;

/**
 * {@code administrative_acts.csv}: the eight kinds of administrative act beside permits and penalties. They are public within
 * seven working days; one that is not published yet is late when that day has passed.
 */
final class ActJudge extends OrganisationFactJudge {
    static final String COLUMNS =
            "organisation INTEGER, kind VARCHAR, act_no VARCHAR, content VARCHAR, authority VARCHAR,"
                    + " decided_on DATE, published_on DATE, source VARCHAR";
    static final String QUERY =
            "SELECT * FROM administrative_acts ORDER BY organisation, decided_on, kind, act_no, source";

    private static final List<String> KINDS = List.of("强制", "确认", "征收", "给付", "裁决", "补偿", "奖励", "监督检查");

    /** What the law calls them by their full name: 行政强制. */
    private static final String FULL = "行政";

    private static final int KIND = 0;
    private static final int ACT_NO = 1;
    private static final int USCC = 2;
    private static final int CONTENT = 3;
    private static final int AUTHORITY = 4;
    private static final int DECIDED_ON = 5;
    private static final int PUBLISHED_ON = 6;
    private static final int SOURCE = 7;

    private final KeyedHash hash;
    private final KeySet keys = new KeySet();
    private int decided;
    private int published;

    ActJudge(Subjects subjects, PseudonymKey key, Vocabulary vocabulary, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.ADMINISTRATIVE_ACTS, USCC, -1, subjects, vocabulary, asOf, tally, table);
        this.hash = KeyedHash.of(key, "administrative-act/1");
    }

    @Override
    void measure(Row row, Measured into) {
        decided = day(row, DECIDED_ON);
        published = day(row, PUBLISHED_ON);
        count(into, decided, row.at(USCC));
        time(into, decided, published == Days.NONE ? asOf() : published);
    }

    @Override
    Verdict content(Row row) throws SQLException {
        String word = row.string(KIND);
        String kind = word.startsWith(FULL) ? word.substring(FULL.length()) : word;
        if (!KINDS.contains(kind)) {
            return reject(Reason.VALUE_MALFORMED, KIND);
        }
        Verdict fault = words(row, ACT_NO, AUTHORITY);
        fault = fault == null ? texts(row, CONTENT) : fault;
        if (fault == null && !plainId(row.at(SOURCE))) {
            fault = reject(Reason.VALUE_MALFORMED, SOURCE);
        }
        fault = fault == null ? date(published, PUBLISHED_ON, false) : fault;
        fault = fault == null ? date(decided, DECIDED_ON, true) : fault;
        fault = fault == null ? reference() : fault;
        if (fault != null) {
            return fault;
        }
        hash.make(row.string(AUTHORITY), key(kind, row.string(ACT_NO), Subjects.canonicalUscc(row.at(USCC))));
        if (keys.add(hash.high(), hash.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, ACT_NO);
        }
        begin(row);
        table().append(kind);
        append(row, ACT_NO, CONTENT, AUTHORITY);
        appendDays(decided, published);
        append(row, SOURCE);
        table().endRow();
        return Verdict.ACCEPTED;
    }
}
