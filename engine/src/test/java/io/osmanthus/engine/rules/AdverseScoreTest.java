package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.add;
import static io.osmanthus.engine.rules.Shipped.day;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.osmanthus.snapshots.vocabulary.SubjectType;
import org.junit.jupiter.api.Test;

/** The adverse items of the demonstration rules: how long, how much, how often, and what does not count. */
class AdverseScoreTest extends ShippedJudge {
    @Test
    void score_courtDefault_untilPerformedThenTwoYears() {
        add(person, "honour-nation", "2024-01-01");
        add(person, "court-default", "2024-06-10", "2024-09-20", 0, 0);
        assertEquals(200, score("2024-06-09"));
        assertEquals(50, score("2024-06-10"));
        assertEquals(50, score("2024-09-19"));
        assertEquals(180, score("2024-09-20"));
        assertEquals(180, score("2026-09-19"));
        assertEquals(200, score("2026-09-20"));
    }

    @Test
    void score_courtDefaultWithoutEnd_countsWithoutEnd() {
        add(person, "marrow-donation", "2026-01-01");
        add(person, "court-default", "2001-01-01");
        assertEquals(50, score(DAY));
        assertNull(grade(DAY));
        assertEquals(50, score("2086-01-01"));
    }

    @Test
    void score_severalCourtDefaults_theLargestOnly() {
        add(person, "court-default", "2025-01-01", "2026-01-01", 0, 0);
        add(person, "court-default", "2025-01-01", "2026-02-01", 0, 0);
        assertEquals(80, score(DAY));
        add(person, "court-default", "2026-03-01");
        assertEquals(50, score(DAY));
    }

    @Test
    void score_brokenCommitments_firstTenFurtherTwenty() {
        add(person, "broken-commitment", "2025-10-15");
        add(person, "broken-commitment", "2026-01-01");
        add(person, "broken-commitment", "2026-01-01");
        assertEquals(90, score("2025-12-31"));
        assertEquals(50, score("2026-10-14"));
        // The first has ended: of the two left one is the first.
        assertEquals(70, score(DAY));
    }

    @Test
    void score_adverseRecordsOfOneAct_theLargestOnly() {
        add(person, "broken-commitment", "2026-01-01", null, 0, 1);
        add(person, "court-default", "2026-01-01", "2026-02-01", 0, 1);
        assertEquals(50, score("2026-01-31"));
        assertEquals(80, score(DAY));
        add(person, "broken-commitment", "2026-03-01", null, 0, 2);
        add(person, "broken-commitment", "2026-03-02", null, 0, 2);
        assertEquals(70, score(DAY));
    }

    @Test
    void score_plusAndAdverseOfOneAct_both() {
        add(person, "honour-city", "2026-01-01", null, 0, 1);
        add(person, "broken-commitment", "2026-01-01", null, 0, 1);
        assertEquals(110, score(DAY));
    }

    @Test
    void score_disputedRepairedRetracted_doNotCount() {
        for (int mark : new int[] {SubjectFacts.DISPUTED, SubjectFacts.REPAIRED, SubjectFacts.RETRACTED}) {
            person.clear(SubjectType.PERSON);
            add(person, "blood-donation", "2026-01-01");
            int i = add(person, "court-default", "2026-01-01");
            assertEquals(50, score(DAY));
            person.marks[i] = mark;
            assertEquals(110, score(DAY));
        }
    }

    @Test
    void nextChange_noFacts_never() {
        assertEquals(Integer.MAX_VALUE, judge.nextChange(person, day(DAY)));
        add(person, "court-default", "2024-06-10", "2024-09-20", 0, 0);
        assertEquals(day("2024-06-10"), judge.nextChange(person, day("2024-06-09")));
        assertEquals(day("2024-09-20"), judge.nextChange(person, day("2024-06-10")));
        assertEquals(day("2026-09-20"), judge.nextChange(person, day("2024-09-20")));
        assertEquals(Integer.MAX_VALUE, judge.nextChange(person, day("2026-09-20")));
    }
}
