package io.osmanthus.snapshots.intake;

import org.jspecify.annotations.Nullable;

/**
 * Judges the rows of a file that is about persons alone. Whom a row is about is looked at first: of a row about somebody who
 * is not enrolled nothing else is read (charter 1).
 */
abstract class PersonalJudge extends RowJudge {
    private final int personColumn;
    private final Subjects subjects;
    private int person;

    PersonalJudge(DeliveryFile file, int personColumn, Subjects subjects, int asOf, Tally tally) {
        super(file, asOf, tally);
        this.personColumn = personColumn;
        this.subjects = subjects;
    }

    @Override
    final @Nullable Verdict subject(Row row) {
        if (Subjects.absent(row.at(personColumn))) {
            return reject(Reason.REQUIRED_MISSING, personColumn);
        }
        person = subjects.findPerson(row.at(personColumn));
        return person < 0 ? Verdict.NOT_ENROLLED : null;
    }

    /** The person that the row being judged is about, as {@link Subjects#findPerson} numbers them. */
    final int person() {
        return person;
    }
}
