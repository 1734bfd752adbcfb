package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.add;
import static io.osmanthus.engine.rules.Shipped.day;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.osmanthus.snapshots.vocabulary.SubjectType;
import org.junit.jupiter.api.Test;

/** The plus items and grades of the demonstration rules, on the day before, the first, the last and the day after. */
class PersonScoreTest extends ShippedJudge {
    @Test
    void score_emptyFile_base() {
        assertEquals(100, score(DAY));
        assertEquals("sijigui", grade(DAY));
        assertEquals(1000, judge.score(organisation, day(DAY)));
    }

    @Test
    void score_volunteerHours_highestStepOfTheSum() {
        double[] hours = {
            9.99, 10, 19.99, 20, 49.99, 50, 79.99, 80, 99.99, 100, 149.99, 150, 199.99, 200, 249.99, 250, 299.99, 300,
            9_999
        };
        int[] points = {0, 2, 2, 5, 5, 10, 10, 15, 15, 20, 20, 25, 25, 30, 30, 40, 40, 50, 50};
        for (int i = 0; i < hours.length; i++) {
            person.clear(SubjectType.PERSON);
            add(person, "volunteer-hours", "2026-10-01", null, hours[i] - 4.5, 0);
            add(person, "volunteer-hours", "2025-01-01", null, 4.5, 0);
            assertEquals(100 + points[i], score(DAY), hours[i] + " hours");
        }
    }

    @Test
    void score_eachPlusItem_fromStartToTheDayBeforeTheEnd() {
        period("volunteer-hours", 300, 50, "2024-10-15", "2026-10-15");
        period("blood-donation", 0, 10, "2024-10-15", "2026-10-15");
        period("blood-donation", 0, 10, "2024-02-29", "2026-03-01");
        period("marrow-donation", 0, 50, "2021-10-15", "2026-10-15");
        period("charity-donation", 250, 2, "2025-10-15", "2026-10-15");
        period("charity-donation", 250, 2, "2024-02-29", "2025-03-01");
        period("honour-district", 0, 5, "2025-10-15", "2026-10-15");
        period("honour-city", 0, 20, "2024-10-15", "2026-10-15");
        period("honour-province", 0, 25, "2023-10-15", "2026-10-15");
        period("honour-nation", 0, 100, "2021-10-15", "2026-10-15");
        period("broken-commitment", 0, -10, "2025-10-15", "2026-10-15");
    }

    @Test
    void score_recordWithAnEnd_countsFromTheEnd() {
        add(person, "blood-donation", "2023-01-01", "2024-05-20", 0, 0);
        assertEquals(100, score("2023-06-01"));
        assertEquals(100, score("2024-05-19"));
        assertEquals(110, score("2024-05-20"));
        assertEquals(110, score("2026-05-19"));
        assertEquals(100, score("2026-05-20"));
    }

    @Test
    void score_bloodDonations_atMostThirtyTogether() {
        for (int n = 1; n <= 5; n++) {
            add(person, "blood-donation", "2026-01-0" + n);
            assertEquals(100 + Math.min(30, 10 * n), score(DAY));
        }
    }

    @Test
    void score_charity_fullHundredsOfTheSumOfEachCalendarYear() {
        add(person, "charity-donation", "2025-12-30", null, 99.99, 0);
        assertEquals(100, score("2025-12-30"));
        add(person, "charity-donation", "2025-12-31", null, 0.01, 0);
        assertEquals(101, score("2025-12-31"));
        // 99.99 of the next year make no hundred with what is left of the last.
        add(person, "charity-donation", "2026-01-01", null, 99.99, 0);
        assertEquals(101, score("2026-01-01"));
        person.clear(SubjectType.PERSON);
        add(person, "charity-donation", "2025-12-31", null, 4_000, 0);
        assertEquals(140, score("2025-12-31"));
        add(person, "charity-donation", "2025-12-31", null, 100, 0);
        assertEquals(140, score("2025-12-31"));
        add(person, "charity-donation", "2026-01-01", null, 9_999_999.99, 0);
        assertEquals(180, score("2026-01-01"));
    }

    @Test
    void score_honoursOfOneAct_theHighestOnly() {
        add(person, "honour-district", "2026-01-01", null, 0, 1);
        add(person, "honour-city", "2026-01-01", null, 0, 1);
        add(person, "honour-province", "2026-01-01", null, 0, 2);
        assertEquals(145, score(DAY));
        add(person, "honour-city", "2026-01-01", null, 0, 0);
        add(person, "honour-city", "2026-01-01", null, 0, 0);
        assertEquals(185, score(DAY));
    }

    @Test
    void score_highestHonourExpired_theNextOfTheActCounts() {
        add(person, "honour-city", "2024-01-01", null, 0, 1);
        add(person, "honour-district", "2025-06-01", null, 0, 1);
        assertEquals(120, score("2025-12-31"));
        assertEquals(105, score("2026-01-01"));
        assertEquals(100, score("2026-06-01"));
    }

    @Test
    void score_otherPlusRecordsOfOneAct_allCount() {
        add(person, "blood-donation", "2026-01-01", null, 0, 1);
        add(person, "blood-donation", "2026-01-01", null, 0, 1);
        add(person, "honour-city", "2026-01-01", null, 0, 1);
        assertEquals(140, score(DAY));
    }

    @Test
    void score_beyondFloorAndCeiling_clamped() {
        add(person, "honour-nation", "2026-01-01");
        add(person, "marrow-donation", "2026-01-01");
        assertEquals(200, score(DAY));
        // The clamp comes last: 250 − 10 = 240.
        add(person, "broken-commitment", "2026-01-01");
        assertEquals(200, score(DAY));
        person.clear(SubjectType.PERSON);
        add(person, "court-default", "2026-01-01");
        for (int n = 0; n < 4; n++) {
            add(person, "broken-commitment", "2026-01-01");
        }
        assertEquals(0, score(DAY));
        assertNull(grade(DAY));
    }

    @Test
    void grade_thresholds() {
        assertEquals("sijigui", grade(DAY));
        add(person, "charity-donation", DAY, null, 100, 0);
        assertEquals("dangui", grade(DAY));
        add(person, "blood-donation", DAY);
        assertEquals("dangui", grade(DAY));
        person.clear(SubjectType.PERSON);
        add(person, "honour-city", DAY);
        assertEquals("yingui", grade(DAY));
        person.clear(SubjectType.PERSON);
        add(person, "marrow-donation", DAY);
        assertEquals("jingui", grade(DAY));
        person.clear(SubjectType.PERSON);
        add(person, "honour-city", DAY);
        add(person, "honour-province", DAY);
        assertEquals("yingui", grade(DAY));
        person.clear(SubjectType.PERSON);
        add(person, "broken-commitment", DAY);
        assertNull(grade(DAY));
    }
    /** One record: nothing the day before, its points from the first day to the day before the end, nothing after. */
    private void period(String item, double quantity, int points, String start, String end) {
        person.clear(SubjectType.PERSON);
        add(person, item, start, null, quantity, 0);
        assertEquals(100, judge.score(person, day(start) - 1), item);
        assertEquals(100 + points, judge.score(person, day(start)), item);
        assertEquals(100 + points, judge.score(person, day(end) - 1), item);
        assertEquals(100, judge.score(person, day(end)), item);
    }
}
