package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.Usccs;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.WorkingDays;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * Rows of files that are about organisations only: a row about a natural person is rejected, and nothing else of it is read.
 * Ids of persons and telephone numbers in texts become stars.
 */
abstract class OrganisationFactJudge extends RowJudge {
    /** Facts, bases and contents of decisions; the national layout allows 5,000 characters. */
    static final int TEXT_CHARS_MAX = 1 << 16;

    /** The category of natural persons (行政相对人类别) in the national layout. */
    private static final Set<String> NATURAL_PERSONS = Set.of("自然人", "person", "natural_person");

    /** Months are counted from here on; a decision said to be older counts in the totals only. */
    private static final int COUNTED_FROM = Days.of(2000, 1, 1);

    private static final int DIVISION = 2;
    private static final int DIVISION_END = 8;

    private final int subjectColumn;
    private final int partyColumn;
    private final Subjects subjects;
    private final Vocabulary vocabulary;
    private final WorkingDays workingDays;
    private final DuckDBAppender table;
    private final FreeText freeText = new FreeText();
    private int organisation;

    OrganisationFactJudge(
            DeliveryFile file,
            int subjectColumn,
            int partyColumn,
            Subjects subjects,
            Vocabulary vocabulary,
            int asOf,
            Tally tally,
            DuckDBAppender table) {
        super(file, asOf, tally);
        this.subjectColumn = subjectColumn;
        this.partyColumn = partyColumn;
        this.subjects = subjects;
        this.vocabulary = vocabulary;
        this.workingDays = vocabulary.workingDays();
        this.table = table;
    }

    @Override
    final @Nullable Verdict subject(Row row) {
        if (partyColumn >= 0 && NATURAL_PERSONS.contains(row.string(partyColumn))) {
            return reject(Reason.NATURAL_PERSON, partyColumn);
        }
        CharSequence code = row.at(subjectColumn);
        if (Subjects.absent(code)) {
            return reject(Reason.REQUIRED_MISSING, subjectColumn);
        }
        String canonical = Subjects.canonicalUscc(code);
        if (naturalPerson(canonical)) {
            return reject(Reason.NATURAL_PERSON, subjectColumn);
        }
        organisation = subjects.findOrganisation(canonical);
        return null;
    }

    @Override
    final long masked() {
        return freeText.masked();
    }

    final DuckDBAppender table() {
        return table;
    }

    /** Begins the row with its organisation. */
    final void begin(Row row) throws SQLException {
        if (!Usccs.checked(Subjects.canonicalUscc(row.at(subjectColumn)))) {
            flag();
        }
        table.beginRow().append(organisation);
    }

    /** Whether the organisation is registered, as a fault or null. */
    final @Nullable Verdict reference() {
        return organisation < 0 ? reject(Reason.REFERENCE_UNKNOWN, subjectColumn) : null;
    }

    /** Short texts in one line, as a fault or null. */
    final @Nullable Verdict words(Row row, int... columns) {
        for (int column : columns) {
            if (!word(row.at(column), WORD_CHARS_MAX)) {
                return reject(Reason.VALUE_MALFORMED, column);
            }
        }
        return null;
    }

    /** Long texts, as a fault or null. */
    final @Nullable Verdict texts(Row row, int... columns) {
        for (int column : columns) {
            if (row.at(column).length() > TEXT_CHARS_MAX) {
                return reject(Reason.VALUE_MALFORMED, column);
            }
        }
        return null;
    }

    /** Codes of authorities and sources, each may be absent; as a fault or null. */
    final @Nullable Verdict codes(Row row, int... columns) {
        for (int column : columns) {
            String code = Subjects.canonicalUscc(row.at(column));
            if (Subjects.absent(code)) {
                continue;
            }
            if (naturalPerson(code)) {
                return reject(Reason.NATURAL_PERSON, column);
            }
            if (!Usccs.shaped(code)) {
                return reject(Reason.ID_MALFORMED, column);
            }
        }
        return null;
    }

    /** A day that must be real, and past where {@code past}; as a fault or null. */
    final @Nullable Verdict date(int day, int column, boolean past) {
        if (day == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, column);
        }
        return past && future(day) ? reject(Reason.DATE_FUTURE, column) : null;
    }

    /** Appends texts with what identifies a person masked. */
    final void append(Row row, int... columns) throws SQLException {
        for (int column : columns) {
            append(table, freeText.mask(row.string(column)));
        }
    }

    /** Appends codes in capitals; nothing where none is given. */
    final void appendCode(Row row, int column) throws SQLException {
        CharSequence code = row.at(column);
        append(table, Subjects.absent(code) ? "" : Subjects.canonicalUscc(code));
    }

    final void appendDays(int... days) throws SQLException {
        for (int day : days) {
            appendDay(table, day);
        }
    }

    final void appendNumber(long number) throws SQLException {
        if (number < 0) {
            table.appendNull();
        } else {
            table.append(number);
        }
    }

    /** Counts the row under the month of its day, and the district that the code in a column names. */
    final void count(Measured into, int day, CharSequence code) {
        if (day >= COUNTED_FROM && !future(day)) {
            LocalDate date = LocalDate.ofEpochDay(day);
            into.month = date.getYear() * 12 + date.getMonthValue() - 1;
            into.district = district(code);
        }
    }

    /** Holds the day of reporting against the three readings of the law: the day of the decision is day 0. */
    final void time(Measured into, int decided, int reported) {
        if (decided < COUNTED_FROM || future(decided) || reported <= decided) {
            return;
        }
        int five = workingDays.after(decided, 5);
        into.lateByFiveDays = reported > decided + 5;
        into.lateByFiveWorkingDays = reported > five;
        into.lateBySevenWorkingDays = reported > workingDays.after(five, 2);
    }

    /** The parts of a key as one text. */
    static String key(String... parts) {
        return String.join("\u001F", parts);
    }

    private int district(CharSequence code) {
        if (code.length() != Usccs.LENGTH) {
            return Measured.NONE;
        }
        int division = 0;
        for (int i = DIVISION; i < DIVISION_END; i++) {
            char c = code.charAt(i);
            if (c < '0' || c > '9') {
                return Measured.NONE;
            }
            division = division * 10 + c - '0';
        }
        Vocabulary.District district = vocabulary.district(division);
        return district == null ? Measured.NONE : district.index();
    }

    /** A valid citizen id, unless both check characters say that it is an organisation's code. */
    private static boolean naturalPerson(String code) {
        return CitizenIds.find(code, 0) >= 0 && !(Usccs.shaped(code) && Usccs.checked(code));
    }
}
