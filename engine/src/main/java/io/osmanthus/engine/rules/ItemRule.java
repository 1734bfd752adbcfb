package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Item;

/**
 * What a record of one item means for a score.
 *
 * @param slot dense number from 0 within the scheme
 * @param points of one record; of a continuing act while it lasts
 * @param pointsAfterEnd of a continuing act that has ended
 * @param months how long a record counts from its start, a continuing act after its end (0: not at all)
 * @param continuing whether the act counts from when it occurred, without end while it has none
 * @param freezesPlus whether plus points do not count while the act lasts
 * @param scale how plus points add up; of an adverse item unused
 * @param byCalendarYear whether sum and cap are per calendar year of the start
 * @param highestOfAct whether, of the plus records with one act, the highest only counts
 * @param largestOnly whether, of the item's adverse records, the largest only counts
 * @param repeatsDouble whether each adverse record but the first counts double
 */
record ItemRule(
        Item item,
        int slot,
        int points,
        int pointsAfterEnd,
        int months,
        boolean continuing,
        boolean freezesPlus,
        Scale scale,
        boolean byCalendarYear,
        boolean highestOfAct,
        boolean largestOnly,
        boolean repeatsDouble) {

    /** The day from which a record's period runs: its end where given, else when it occurred. */
    static int start(SubjectFacts facts, int i) {
        return facts.endedOn[i] == SubjectFacts.NONE ? facts.occurredOn[i] : facts.endedOn[i];
    }

    /** Whether a continuing act has not ended by a day. */
    boolean lasts(SubjectFacts facts, int i, int day) {
        return continuing && (facts.endedOn[i] == SubjectFacts.NONE || day < facts.endedOn[i]);
    }

    /** The first day on which a record counts. */
    int firstDay(SubjectFacts facts, int i) {
        return continuing ? facts.occurredOn[i] : start(facts, i);
    }

    /** The first day on which a record counts no longer, or Integer.MAX_VALUE. */
    int endDay(SubjectFacts facts, int i) {
        if (continuing && facts.endedOn[i] == SubjectFacts.NONE) {
            return Integer.MAX_VALUE;
        }
        return Days.plusMonths(start(facts, i), months);
    }

    /** The points of one record by itself, before repeats, caps and acts. */
    int pointsAlone(SubjectFacts facts, int i, int day) {
        return !continuing || lasts(facts, i, day) ? points : pointsAfterEnd;
    }
}
