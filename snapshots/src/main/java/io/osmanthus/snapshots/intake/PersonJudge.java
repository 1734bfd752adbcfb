package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** {@code persons.csv}: who is enrolled. The rows are held as numbers (24 bytes and the key) until their order is known. */
final class PersonJudge extends RowJudge {
    static final String COLUMNS = "ordinal INTEGER, high BIGINT, low BIGINT, district INTEGER, enrolled_on DATE";
    static final String QUERY = "SELECT ordinal, high AS person_high, low AS person_low, district, enrolled_on"
            + " FROM persons ORDER BY ordinal";

    private static final int PERSON_ID = 0;
    private static final int DISTRICT = 1;
    private static final int ENROLLED_ON = 2;

    /** Whoever was born before is not among the living, and the person is made up. */
    private static final int LIVING_SINCE = (int) LocalDate.of(1900, 1, 1).toEpochDay();

    private final Subjects subjects;
    private final Vocabulary vocabulary;
    private final DuckDBAppender table;
    private final int adultBirthdayMax;
    private int[] districts = new int[1 << 10];
    private int[] enrolledOn = new int[1 << 10];
    private boolean synthetic = true;

    PersonJudge(Subjects subjects, Vocabulary vocabulary, LocalDate asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.PERSONS, (int) asOf.toEpochDay(), tally);
        this.subjects = subjects;
        this.vocabulary = vocabulary;
        this.table = table;
        this.adultBirthdayMax = lastAdultBirthday(asOf, vocabulary.regimes().adultAgeYears(asOf));
    }

    /** Whether every accepted person was born before 1900. */
    boolean synthetic() {
        return synthetic;
    }

    /**
     * Who was born after this day is under age. Who was born on 29 February comes of age on 1 March: on 28 February the day
     * that many years before is the 28th, also in a leap year.
     */
    static int lastAdultBirthday(LocalDate asOf, int years) {
        return (int) asOf.minusYears(years).toEpochDay();
    }

    @Override
    @Nullable
    Verdict subject(Row row) {
        return Subjects.absent(row.at(PERSON_ID)) ? reject(Reason.REQUIRED_MISSING, PERSON_ID) : null;
    }

    @Override
    Verdict content(Row row) {
        int day = day(row, ENROLLED_ON);
        if (day == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, ENROLLED_ON);
        }
        if (future(day)) {
            return reject(Reason.DATE_FUTURE, ENROLLED_ON);
        }
        CharSequence id = row.at(PERSON_ID);
        if (id.length() != CitizenIds.LENGTH || !CitizenIds.shaped(id, 0)) {
            return reject(Reason.ID_MALFORMED, PERSON_ID);
        }
        int birthday = CitizenIds.birthday(id, 0);
        if (birthday == Days.MALFORMED) {
            return reject(Reason.ID_MALFORMED, PERSON_ID);
        }
        if (!CitizenIds.checked(id, 0)) {
            return reject(Reason.ID_CHECK, PERSON_ID);
        }
        int district = district(row.at(DISTRICT), vocabulary);
        if (district < 0) {
            return reject(Reason.DISTRICT_UNKNOWN, DISTRICT);
        }
        if (birthday > adultBirthdayMax) {
            return reject(Reason.MINOR, PERSON_ID);
        }
        int arrival = subjects.enrol(row.at(PERSON_ID));
        if (arrival < 0) {
            return reject(Reason.DUPLICATE_KEY, PERSON_ID);
        }
        if (arrival == districts.length) {
            int capacity = arrival + arrival / 2;
            districts = Arrays.copyOf(districts, capacity);
            enrolledOn = Arrays.copyOf(enrolledOn, capacity);
        }
        districts[arrival] = district;
        enrolledOn[arrival] = day;
        synthetic &= birthday < LIVING_SINCE;
        return Verdict.ACCEPTED;
    }

    @Override
    void finish() throws SQLException {
        subjects.number();
        for (int ordinal = 0; ordinal < subjects.persons(); ordinal++) {
            int arrival = subjects.arrival(ordinal);
            table.beginRow()
                    .append(ordinal)
                    .append(subjects.high(arrival))
                    .append(subjects.low(arrival))
                    .append(districts[arrival])
                    .appendEpochDays(enrolledOn[arrival])
                    .endRow();
        }
        districts = new int[0];
        enrolledOn = new int[0];
    }

    /** The current code of the unit that a division code stands for, or -1. */
    static int district(CharSequence code, Vocabulary vocabulary) {
        if (code.length() != 6) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < code.length(); i++) {
            int digit = code.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        Vocabulary.District district = vocabulary.district(number);
        return district == null ? -1 : district.code();
    }
}
