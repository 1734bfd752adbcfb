package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Item;

/**
 * What a record of one item means for a score.
 *
 * @param slot dense number from 0 within the scheme
 * @param dimension place of the item's dimension among the scheme's, or -1
 * @param effect of one record; of a continuing act while it lasts
 * @param afterEnd of a continuing act that has ended; {@link Effect#NOTHING}: none
 * @param afterRepair of a repaired record; {@link Effect#NOTHING}: it does not count
 * @param months how long a record counts from its start, a continuing act after its end (0: not at all)
 * @param monthsRepaired how long a repaired record counts from its start
 * @param continuing whether the act counts from when it occurred, without end while it has none
 * @param freezesPlus whether plus points do not count while the act lasts
 * @param scale how the item's records add up
 * @param byCalendarYear whether sum and cap are per calendar year of the start
 * @param highestOfAct whether, of the plus records with one act, the highest only counts
 * @param largestOnly whether, of the item's adverse records, the largest only counts
 * @param repeatsDouble whether each adverse record but the first counts double
 */
record ItemRule(
        Item item,
        int slot,
        int dimension,
        Effect effect,
        Effect afterEnd,
        Effect afterRepair,
        int months,
        int monthsRepaired,
        boolean continuing,
        boolean freezesPlus,
        Scale scale,
        boolean byCalendarYear,
        boolean highestOfAct,
        boolean largestOnly,
        boolean repeatsDouble) {
    /** A person may have their own plus records deleted, so that mark takes a plus record out and no other. */
    private static final int MARKS_OF_PLUS =
            SubjectFacts.DISPUTED | SubjectFacts.REPAIRED | SubjectFacts.RETRACTED | SubjectFacts.WITHDRAWN;

    private static final int MARKS_OF_ADVERSE = SubjectFacts.DISPUTED | SubjectFacts.REPAIRED | SubjectFacts.RETRACTED;

    /** Points (0 by quantity and with a direct grade), or the place of a direct grade among the grades (else -1). */
    record Effect(int points, int directGrade) {
        static final Effect NOTHING = new Effect(0, -1);

        static Effect points(int points) {
            return new Effect(points, -1);
        }

        boolean nothing() {
            return points == 0 && directGrade < 0;
        }

        /** Whether this weighs more against its subject: a direct grade before any points, the worse grade before others. */
        boolean outweighs(Effect other) {
            return directGrade == other.directGrade ? points < other.points : directGrade > other.directGrade;
        }
    }

    /** The day from which a record's period runs: its end where given, else when it occurred. */
    static int start(SubjectFacts facts, int i) {
        return facts.endedOn[i] == SubjectFacts.NONE ? facts.occurredOn[i] : facts.endedOn[i];
    }

    /** The marks of a record that concern the item. */
    int marks(SubjectFacts facts, int i) {
        return facts.marks[i] & (item.adverse() ? MARKS_OF_ADVERSE : MARKS_OF_PLUS);
    }

    /** Whether a record is repaired, and nothing else, and leaves a mark. */
    boolean repaired(SubjectFacts facts, int i) {
        return monthsRepaired > 0 && marks(facts, i) == SubjectFacts.REPAIRED;
    }

    /** Whether a record's marks take it out of the score on any day. */
    boolean markedOut(SubjectFacts facts, int i) {
        return marks(facts, i) != 0 && !repaired(facts, i);
    }

    /** Whether a continuing act has not ended by a day. A repaired one has. */
    boolean lasts(SubjectFacts facts, int i, int day) {
        return continuing && marks(facts, i) == 0 && (facts.endedOn[i] == SubjectFacts.NONE || day < facts.endedOn[i]);
    }

    /** The first day on which a record counts. */
    int firstDay(SubjectFacts facts, int i) {
        return continuing && marks(facts, i) == 0 ? facts.occurredOn[i] : start(facts, i);
    }

    /** The first day on which a record counts no longer, or Integer.MAX_VALUE. */
    int endDay(SubjectFacts facts, int i) {
        if (repaired(facts, i)) {
            return Days.plusMonths(start(facts, i), monthsRepaired);
        }
        if (continuing && facts.endedOn[i] == SubjectFacts.NONE) {
            return Integer.MAX_VALUE;
        }
        return Days.plusMonths(start(facts, i), months);
    }

    /** What one record does by itself, before repeats, caps and acts. */
    Effect effectAlone(SubjectFacts facts, int i, int day) {
        if (repaired(facts, i)) {
            return afterRepair;
        }
        return !continuing || lasts(facts, i, day) ? effect : afterEnd;
    }

    /** The points of one record by itself, before repeats, caps and acts; by quantity those of its own. */
    int pointsAlone(SubjectFacts facts, int i, int day) {
        return scale.byQuantity()
                ? scale.points(scale.amount(facts.quantityHundredths[i]))
                : effectAlone(facts, i, day).points();
    }
}
