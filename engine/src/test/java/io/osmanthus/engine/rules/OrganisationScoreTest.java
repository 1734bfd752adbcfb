package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.add;
import static io.osmanthus.engine.rules.Shipped.day;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The evaluation of organisations by the demonstration rules: penalties, grades, lists. */
class OrganisationScoreTest extends ShippedJudge {
    @Test
    void organisation_penalties_periodsAndRepeats() {
        penalty("penalty-minor", -5, "2026-07-15", "2026-10-15");
        penalty("penalty-minor", -5, "2025-11-30", "2026-03-01");
        penalty("penalty-general", -30, "2025-10-15", "2026-10-15");
        penalty("penalty-serious", -120, "2023-10-15", "2026-10-15");
        penalty("commitment-broken", -20, "2025-10-15", "2026-10-15");
        organisation.clear(SubjectType.ORGANISATION);
        add(organisation, "penalty-general", "2026-01-01");
        add(organisation, "penalty-general", "2026-02-01");
        add(organisation, "penalty-general", "2026-03-01");
        add(organisation, "penalty-minor", "2026-09-01");
        add(organisation, "commitment-broken", "2026-09-01");
        add(organisation, "commitment-broken", "2026-09-02");
        assertEquals(1000 - 30 - 60 - 60 - 5 - 40, judge.score(organisation, day(DAY)));
    }

    @Test
    void organisation_grades_thresholdsOfTheScore() {
        assertEquals("A", organisationGrade());
        add(organisation, "commitment-broken", DAY);
        add(organisation, "commitment-broken", DAY);
        assertEquals("A", organisationGrade()); // 960
        add(organisation, "penalty-minor", DAY);
        assertEquals("B", organisationGrade()); // 955
        organisation.clear(SubjectType.ORGANISATION);
        add(organisation, "penalty-serious", DAY);
        add(organisation, "penalty-general", DAY);
        assertEquals("B", organisationGrade()); // 850
        add(organisation, "penalty-minor", DAY);
        assertEquals("C", organisationGrade()); // 845
        organisation.clear(SubjectType.ORGANISATION);
        add(organisation, "penalty-serious", DAY);
        add(organisation, "penalty-serious", DAY);
        add(organisation, "commitment-broken", DAY);
        add(organisation, "commitment-broken", DAY);
        assertEquals("C", organisationGrade()); // 600
        add(organisation, "penalty-minor", DAY);
        assertEquals("D", organisationGrade()); // 595
    }

    @Test
    void organisation_redLists_addOnceWhileOn() {
        entry("tax-a", "2026-01-01", "2026-10-15");
        assertEquals(1000, judge.score(organisation, day("2025-12-31")));
        assertEquals(1020, judge.score(organisation, day("2026-01-01")));
        assertEquals(1020, judge.score(organisation, day("2026-10-14")));
        assertEquals(1000, judge.score(organisation, day(DAY)));
        entry("tax-a", "2026-01-01", null);
        entry("tax-a", "2026-02-01", null);
        entry("customs-advanced", "2026-01-01", null);
        entry("model-city", "2026-01-01", null);
        entry("model-province", "2026-01-01", null);
        entry("integrity-model", "2026-01-01", null);
        assertEquals(1090, judge.score(organisation, day(DAY)));
        entry("attention", DAY, null);
        assertEquals(1000, judge.score(organisation, day(DAY)));
        assertEquals(1090, judge.score(organisation, day("2026-10-14")));
    }

    @Test
    void organisation_directGrades_andTheDeferredDocuments() {
        for (String list : BLACK) {
            organisation.clear(SubjectType.ORGANISATION);
            entry(list, "2026-01-01", null);
            assertEquals(BLACK.indexOf(list) < 3 ? "D" : "C", organisationGrade(), list);
            approvals(null);
        }
        organisation.clear(SubjectType.ORGANISATION);
        approvals("deferred-documents");
        entry("attention", "2026-01-01", null);
        assertEquals("B", organisationGrade());
        approvals("deferred-documents");
        entry("fire", "2026-01-01", null);
        assertEquals("C", organisationGrade());
        entry("major-tax", "2026-01-01", null);
        assertEquals("D", organisationGrade());
        // A direct grade lifts no one: C by score stays C on the watch list.
        organisation.clear(SubjectType.ORGANISATION);
        entry("attention", "2026-01-01", null);
        add(organisation, "penalty-serious", DAY);
        add(organisation, "penalty-serious", DAY);
        assertEquals("C", organisationGrade());
        approvals(null);
    }

    @Test
    void organisation_disputedEntry_standsAndRetractedDoesNot() {
        int i = entry("procurement", "2026-01-01", null);
        organisation.entryMarks[i] = SubjectFacts.DISPUTED;
        assertEquals("C", organisationGrade());
        MatchReport report = judge.match(organisation, Shipped.matter("procurement"), day(DAY));
        assertEquals(MatchReport.Outcome.MEASURE, report.outcome());
        assertEquals(true, report.hits().get(0).disputed());
        organisation.entryMarks[i] = SubjectFacts.RETRACTED;
        assertEquals("A", organisationGrade());
        assertEquals(MatchReport.NONE, judge.match(organisation, Shipped.matter("procurement"), day(DAY)));
    }

    private String organisationGrade() {
        return Objects.requireNonNull(judge.grade(organisation, day(DAY))).id();
    }

    private void approvals(@Nullable String benefit) {
        assertEquals(benefit, Shipped.benefit(judge.answerWord(organisation, day(DAY)), "approvals"));
    }

    private void penalty(String item, int points, String start, String end) {
        organisation.clear(SubjectType.ORGANISATION);
        add(organisation, item, start);
        assertEquals(1000, judge.score(organisation, day(start) - 1), item);
        assertEquals(1000 + points, judge.score(organisation, day(start)), item);
        assertEquals(1000 + points, judge.score(organisation, day(end) - 1), item);
        assertEquals(1000, judge.score(organisation, day(end)), item);
    }
}
