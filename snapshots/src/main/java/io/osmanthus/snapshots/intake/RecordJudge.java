package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** {@code records.csv}: one fact a row, about a person or an organisation, if its item is in the public catalogue. */
final class RecordJudge extends RowJudge {
    static final String COLUMNS = "type INTEGER, subject INTEGER, record_id VARCHAR, item INTEGER, act BIGINT,"
            + " occurred_on DATE, ended_on DATE, decided_on DATE, hundredths BIGINT, severity INTEGER, source VARCHAR,"
            + " document_no BLOB, document VARCHAR";

    /** More would let a sum of many leave 64 bits. */
    static final int QUANTITY_DIGITS_MAX = 12;

    private static final List<String> TYPES = List.of("person", "organisation");
    private static final List<String> SEVERITIES = List.of("minor", "general", "serious");
    private static final int RECORD_ID = 0;
    private static final int SUBJECT_TYPE = 1;
    private static final int SUBJECT_ID = 2;
    private static final int ITEM = 3;
    private static final int ACT_ID = 4;
    private static final int OCCURRED_ON = 5;
    private static final int ENDED_ON = 6;
    private static final int DECIDED_ON = 7;
    private static final int QUANTITY = 8;
    private static final int SEVERITY = 9;
    private static final int SOURCE = 10;
    private static final int DOCUMENT_NO = 11;

    private final Subjects subjects;
    private final DuckDBAppender table;
    private final List<Item> catalogue;
    private final Words items;
    private final Words types = new Words(TYPES);
    private final Words severities = new Words(SEVERITIES);
    private final Seal seal;
    private final KeyedHash keyHash;
    private final KeyedHash actHash;
    private final KeySet keys = new KeySet();
    private final FreeText freeText = new FreeText();
    private int type;
    private int subject;
    private int occurred;
    private int ended;
    private int decided;
    private long hundredths;
    private int severity;

    RecordJudge(
            Subjects subjects, PseudonymKey key, Vocabulary vocabulary, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.RECORDS, asOf, tally);
        this.subjects = subjects;
        this.table = table;
        this.catalogue = vocabulary.items();
        this.items = new Words(catalogue.stream().map(Item::id).toList());
        this.seal = Seal.of(key, "records.document_no");
        this.keyHash = KeyedHash.of(key, "record/1");
        this.actHash = KeyedHash.of(key, "act/1");
    }

    /** Acts become numbers within their subject; only records that name an act are ranked. */
    static String query(Vocabulary vocabulary) {
        String columns = Staging.word(TYPES, "type") + " AS subject_type, subject, record_id, "
                + Staging.word(vocabulary.items().stream().map(Item::id).toList(), "item")
                + " AS item, act, occurred_on, ended_on, decided_on,"
                + " CAST(CAST(hundredths AS DECIMAL(20, 0)) / 100 AS DECIMAL(18, 2)) AS quantity, "
                + Staging.word(SEVERITIES, "severity") + " AS severity, source, document_no, document";
        return "SELECT " + columns
                + " FROM (SELECT * REPLACE (CAST(0 AS INTEGER) AS act) FROM records WHERE act IS NULL"
                + " UNION ALL SELECT * REPLACE (CAST(dense_rank() OVER (PARTITION BY type, subject ORDER BY act) AS INTEGER)"
                + " AS act) FROM records WHERE act IS NOT NULL) ORDER BY type, subject, record_id, source";
    }

    @Override
    @Nullable
    Verdict subject(Row row) {
        if (row.empty(SUBJECT_TYPE)) {
            return reject(Reason.REQUIRED_MISSING, SUBJECT_TYPE);
        }
        type = types.find(row.at(SUBJECT_TYPE));
        if (Subjects.absent(row.at(SUBJECT_ID))) {
            return reject(Reason.REQUIRED_MISSING, SUBJECT_ID);
        }
        if (type == 0) {
            subject = subjects.findPerson(row.at(SUBJECT_ID));
            return subject < 0 ? Verdict.NOT_ENROLLED : null;
        }
        subject = type < 0 ? -1 : subjects.findOrganisation(row.at(SUBJECT_ID));
        return null;
    }

    @Override
    Verdict content(Row row) throws SQLException {
        if (type < 0) {
            return reject(Reason.VALUE_MALFORMED, SUBJECT_TYPE);
        }
        int number = items.find(row.at(ITEM));
        Item item = number < 0 ? null : catalogue.get(number);
        Verdict fault = item == null ? null : item(row, item);
        fault = fault == null ? values(row) : fault;
        fault = fault == null ? dates(row) : fault;
        if (fault != null) {
            return fault;
        }
        if (item == null) {
            return reject(Reason.ITEM_UNKNOWN, ITEM);
        }
        if (subject < 0) {
            return reject(Reason.REFERENCE_UNKNOWN, SUBJECT_ID);
        }
        String source = row.string(SOURCE);
        if (!item.sources().contains(source)) {
            return reject(Reason.SOURCE_NOT_ALLOWED, SOURCE);
        }
        String id = row.string(RECORD_ID);
        keyHash.make(source, id);
        if (keys.add(keyHash.high(), keyHash.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, RECORD_ID);
        }
        append(row, number, id, source);
        return Verdict.ACCEPTED;
    }

    @Override
    long masked() {
        return freeText.masked();
    }

    /** Whether the item is one of this subject's, and its own columns are given. */
    private @Nullable Verdict item(Row row, Item item) {
        if (item.subject() != (type == 0 ? SubjectType.PERSON : SubjectType.ORGANISATION)) {
            return reject(Reason.VALUE_MALFORMED, ITEM);
        }
        Verdict fault = null;
        for (Item.Column column : item.requires()) {
            int index =
                    switch (column) {
                        case QUANTITY -> QUANTITY;
                        case SEVERITY -> SEVERITY;
                        case DOCUMENT_NO -> DOCUMENT_NO;
                    };
            if (!require(!row.empty(index))) {
                fault = reject(Reason.REQUIRED_MISSING, index);
            }
        }
        return fault;
    }

    private @Nullable Verdict values(Row row) {
        if (!plainId(row.at(RECORD_ID))) {
            return reject(Reason.VALUE_MALFORMED, RECORD_ID);
        }
        if (row.at(ACT_ID).length() > ID_CHARS_MAX) {
            return reject(Reason.VALUE_MALFORMED, ACT_ID);
        }
        if (row.at(DOCUMENT_NO).length() > WORD_CHARS_MAX) {
            return reject(Reason.VALUE_MALFORMED, DOCUMENT_NO);
        }
        hundredths = Decimals.hundredths(row.at(QUANTITY), QUANTITY_DIGITS_MAX);
        if (hundredths < 0 && !row.empty(QUANTITY)) {
            return reject(Reason.VALUE_MALFORMED, QUANTITY);
        }
        severity = severities.find(row.at(SEVERITY));
        if (severity < 0 && !row.empty(SEVERITY)) {
            return reject(Reason.VALUE_MALFORMED, SEVERITY);
        }
        return null;
    }

    private @Nullable Verdict dates(Row row) {
        occurred = day(row, OCCURRED_ON);
        ended = day(row, ENDED_ON);
        decided = day(row, DECIDED_ON);
        if (occurred == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, OCCURRED_ON);
        }
        if (ended == Days.MALFORMED || (ended != Days.NONE && ended < occurred)) {
            return reject(Reason.DATE_MALFORMED, ENDED_ON);
        }
        if (decided == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, DECIDED_ON);
        }
        if (future(occurred)) {
            return reject(Reason.DATE_FUTURE, OCCURRED_ON);
        }
        if (future(ended)) {
            return reject(Reason.DATE_FUTURE, ENDED_ON);
        }
        return future(decided) ? reject(Reason.DATE_FUTURE, DECIDED_ON) : null;
    }

    private void append(Row row, int item, String id, String source) throws SQLException {
        table.beginRow().append(type).append(subject).append(id).append(item);
        if (row.empty(ACT_ID)) {
            table.appendNull();
        } else {
            actHash.make("", row.string(ACT_ID));
            table.append(actHash.high());
        }
        appendDay(table, occurred);
        appendDay(table, ended);
        appendDay(table, decided);
        appendOptional(hundredths >= 0, hundredths);
        if (severity < 0) {
            table.appendNull();
        } else {
            table.append(severity);
        }
        table.append(source);
        String document = row.string(DOCUMENT_NO);
        boolean sealed = type == 0 && !document.isEmpty();
        append(table, sealed ? seal.seal(document) : null);
        append(table, type == 0 ? "" : freeText.mask(document));
        table.endRow();
    }

    private void appendOptional(boolean given, long value) throws SQLException {
        if (given) {
            table.append(value);
        } else {
            table.appendNull();
        }
    }
}
