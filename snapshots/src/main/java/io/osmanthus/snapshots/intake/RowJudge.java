package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * Judges the rows of one file and appends what is accepted to its table. The order: whether the row can be split, whom it is
 * about, encoding, required fields, then each field, the key last, since a quarantined row holds none. For one thread.
 */
abstract class RowJudge {
    /** Ids and references are short; a bound on what a key can make us hold, in characters. */
    static final int ID_CHARS_MAX = 128;

    /** Words such as names of sources, types and states, in characters. */
    static final int WORD_CHARS_MAX = 256;

    /** What became of a row. */
    enum Verdict {
        ACCEPTED,
        NOT_ENROLLED,
        QUARANTINED
    }

    private final DeliveryFile file;
    private final int asOf;
    private final Tally tally;
    private final Measured measured = new Measured();
    private Reason reason = Reason.COLUMN_COUNT;
    private int column = -1;

    RowJudge(DeliveryFile file, int asOf, Tally tally) {
        this.file = file;
        this.asOf = asOf;
        this.tally = tally;
    }

    /** Judges a row and counts it; on QUARANTINED {@link #reason} and {@link #column} say why. */
    final Verdict judge(Row row) throws SQLException {
        tally.read++;
        long required = tally.fieldsRequired;
        long given = tally.fieldsGiven;
        measured.clear();
        boolean whole = row.complete();
        Verdict verdict = whole ? judged(row) : reject(Reason.COLUMN_COUNT, -1);
        tally.count(verdict, reason, measured);
        if (whole && (measured.month != Measured.NONE || tally.countsSources())) {
            split(row, verdict, tally.fieldsRequired - required, tally.fieldsGiven - given);
        }
        return verdict;
    }

    final Reason reason() {
        return reason;
    }

    /** The name of the column at fault, or null. */
    final @Nullable String column() {
        return column < 0 ? null : file.columns().get(column);
    }

    /** What may be shown of the field at fault. */
    final String shown(Row row) {
        return column < 0 ? "" : ShownValue.of(file.columns().get(column), reason, row.at(column));
    }

    final Tally tally() {
        return tally;
    }

    /** Called when the last row has been judged, before the table is closed. */
    void finish() throws SQLException {
        // most judges have appended everything by then
    }

    /** Ids and numbers masked in free texts. */
    long masked() {
        return 0;
    }

    /** Whom the row is about: null to go on, else what becomes of the row without reading more of it. */
    abstract @Nullable Verdict subject(Row row);

    /** Says where the row counts in the quality figures, as far as it can be read. */
    void measure(Row row, Measured into) {
        // most files are counted as a whole
    }

    /** Judges the rest; appends the row if it is accepted. */
    abstract Verdict content(Row row) throws SQLException;

    final Verdict reject(Reason why, int where) {
        reason = why;
        column = where;
        return Verdict.QUARANTINED;
    }

    final void flag() {
        tally.flagged++;
    }

    /** Counts fields that only this row must give; whether it does. */
    final boolean require(boolean given) {
        tally.fieldsRequired++;
        if (given) {
            tally.fieldsGiven++;
        }
        return given;
    }

    /** The day of a column, {@link Days#NONE}, or {@link Days#MALFORMED}. */
    static int day(Row row, int column) {
        return Days.parse(row.at(column));
    }

    /** Whether the day is after the as-of date. */
    final boolean future(int day) {
        return day > asOf;
    }

    final int asOf() {
        return asOf;
    }

    /** Whether a text can stand in the snapshot as an id: short, in one line, without a citizen id in it. */
    static boolean plainId(CharSequence text) {
        return word(text, ID_CHARS_MAX) && CitizenIds.find(text, 0) < 0;
    }

    /** Whether a text is short and in one line. */
    static boolean word(CharSequence text, int charsMax) {
        if (text.length() > charsMax) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ') {
                return false;
            }
        }
        return true;
    }

    static void append(DuckDBAppender to, String text) throws SQLException {
        if (text.isEmpty()) {
            to.appendNull();
        } else {
            to.append(text);
        }
    }

    static void appendDay(DuckDBAppender to, int day) throws SQLException {
        if (day == Days.NONE) {
            to.appendNull();
        } else {
            to.appendEpochDays(day);
        }
    }

    static void append(DuckDBAppender to, byte @Nullable [] sealed) throws SQLException {
        if (sealed == null) {
            to.appendNull();
        } else {
            to.append(sealed);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Verdict judged(Row row) throws SQLException {
        Verdict early = subject(row);
        if (early != null) {
            return early;
        }
        measure(row, measured);
        if (row.faultyColumn() >= 0) {
            return reject(Reason.ENCODING, row.faultyColumn());
        }
        if (row.controlColumn() >= 0) {
            return reject(Reason.VALUE_MALFORMED, row.controlColumn());
        }
        int missing = missing(row);
        return missing >= 0 ? reject(Reason.REQUIRED_MISSING, missing) : content(row);
    }

    /** Counts the row for its source, and for its district and month. */
    private void split(Row row, Verdict verdict, long required, long given) {
        Tally source = tally.countsSources() ? tally.source(row.string(file.sourceColumn())) : tally;
        if (source == null) {
            return;
        }
        if (source != tally) {
            add(source, verdict, required, given);
        }
        if (measured.month != Measured.NONE) {
            add(source.cell(new Tally.Cell(measured.month, measured.district)), verdict, required, given);
        }
    }

    private void add(Tally part, Verdict verdict, long required, long given) {
        part.read++;
        part.fieldsRequired += required;
        part.fieldsGiven += given;
        part.count(verdict, reason, measured);
    }

    /** The first required column that is not given, or -1; counts all of them. */
    private int missing(Row row) {
        int missing = -1;
        for (int i = 0; i < file.columns().size(); i++) {
            if (file.required(i) && row.has(i) && !require(!row.empty(i)) && missing < 0) {
                missing = i;
            }
            if (file.expected(i)) {
                require(!row.empty(i));
            }
        }
        return missing;
    }
}
