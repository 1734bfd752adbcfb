package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.add;
import static io.osmanthus.engine.rules.Shipped.day;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every line of the demonstration rules, on the day before, the first, the last and the day after. */
class JudgeTest {
    private static final String DAY = "2026-10-15";
    private static final List<String> BLACK = List.of(
            "dishonest-enforcement",
            "serious-illegal",
            "major-tax",
            "wage-arrears",
            "work-safety",
            "procurement",
            "statistics",
            "overload",
            "fire",
            "public-resources",
            "customs-dishonest");

    private final Judge judge = Shipped.RULES.judge();
    private final SubjectFacts person = Shipped.person();
    private final SubjectFacts organisation = Shipped.organisation();

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

    @Test
    void answerWord_consent_fromGrantToExpiryTwoYearsAtMost() {
        consent("culture", "2024-02-29", null);
        answers("2024-02-28", "culture", null);
        answers("2024-02-29", "culture", "library-plus");
        answers("2026-02-28", "culture", "library-plus");
        answers("2026-03-01", "culture", null);
        person.clear(SubjectType.PERSON);
        consent("culture", "2026-01-01", "2026-10-15");
        answers("2026-10-14", "culture", "library-plus");
        answers("2026-10-15", "culture", null);
        // Longer than two years ends after two; an empty one never holds; any valid one suffices.
        consent("culture", "2020-01-01", "2030-01-01");
        answers("2021-12-31", "culture", "library-plus");
        answers("2022-01-01", "culture", null);
        consent("culture", "2023-01-01", "2023-01-01");
        answers("2023-01-01", "culture", null);
        assertEquals(1 << Shipped.scene("culture"), judge.consents(person, day("2026-10-14")));
    }

    @Test
    void answerWord_consentForAnotherScene_none() {
        consent("culture", "2026-01-01", null);
        for (SceneDefinition scene : Shipped.VOCABULARY.scenes()) {
            answers(DAY, scene.id(), scene.id().equals("culture") ? "library-plus" : null);
        }
    }

    @Test
    void answerWord_everyBenefit_atItsThresholdAndOneBelow() {
        String[][] table = {
            {"transit", "150", "fare-half"},
            {"transit", "149", "fare-discount"},
            {"transit", "110", "fare-discount"},
            {"transit", "109", "ride-first"},
            {"transit", "100", "ride-first"},
            {"parking", "120", "free-60"},
            {"parking", "119", "leave-first"},
            {"parking", "100", "leave-first"},
            {"retail", "110", "deposit-free"},
            {"retail", "109", ""},
            {"medical", "105", "treat-first"},
            {"medical", "104", ""},
            {"tourism", "120", "ticket-discount"},
            {"tourism", "119", ""},
            {"culture", "100", "library-plus"},
            {"sports", "105", "same-day-pass"},
            {"sports", "104", ""},
            {"finance", "150", "green-channel"},
            {"finance", "149", ""}
        };
        for (String[] row : table) {
            scored(Integer.parseInt(row[1]));
            assertEquals(Integer.parseInt(row[1]), score(DAY));
            answers(DAY, row[0], row[2].isEmpty() ? null : row[2]);
        }
    }

    @Test
    void answerWord_arrears_pausePayLaterOfTheirSceneForAYear() {
        String[][] table = {
            {"transit", "200", "fare-half", "fare-half"},
            {"transit", "110", "fare-discount", "fare-discount"},
            {"transit", "100", "ride-first", ""},
            {"parking", "120", "free-60", ""},
            {"parking", "100", "leave-first", ""},
            {"retail", "110", "deposit-free", ""},
            {"medical", "105", "treat-first", ""},
            {"culture", "100", "library-plus", ""}
        };
        for (String[] row : table) {
            scored(Integer.parseInt(row[1]));
            int i = person.addArrears(Shipped.scene(row[0]), day(DAY));
            String without = row[2];
            String with = row[3].isEmpty() ? null : row[3];
            answers("2026-10-14", row[0], without);
            answers(DAY, row[0], with);
            assertEquals(1 << Shipped.scene(row[0]), judge.arrears(person, day(DAY)));
            for (SceneDefinition other : Shipped.VOCABULARY.scenes()) {
                if (!other.id().equals(row[0])) {
                    String there = Shipped.benefit(judge.answerWord(person, day(DAY)), other.id());
                    person.arrearsCount = 0;
                    answers(DAY, other.id(), there);
                    person.arrearsCount = 1;
                }
            }
            person.arrearsMarks[i] = SubjectFacts.DISPUTED;
            answers(DAY, row[0], without);
            person.arrearsMarks[i] = 0;
            person.since[i] = day("2025-10-16");
            answers(DAY, row[0], with);
            person.since[i] = day("2025-10-15");
            answers(DAY, row[0], without);
        }
    }

    @Test
    void answerWord_courtDefault_touchesFinanceOnly() {
        scored(200);
        add(person, "court-default", "2026-01-01");
        assertEquals(50, score(DAY));
        answers(DAY, "transit", "fare-half");
        answers(DAY, "parking", "free-60");
        answers(DAY, "finance", null);
        assertEquals(100, judge.sceneScore(person, Shipped.scene("finance"), day(DAY)));
        assertEquals(200, judge.sceneScore(person, Shipped.scene("transit"), day(DAY)));
        person.endedOn[person.recordCount - 1] = day(DAY);
        // 100 + 100 − 20.
        answers(DAY, "finance", "green-channel");
        answers("2026-10-14", "finance", null);
        int[] scores = new int[9];
        judge.sceneScores(person, day(DAY), scores);
        assertEquals(180, scores[Shipped.scene("finance")]);
        assertEquals(200, scores[Shipped.scene("transit")]);
    }

    @Test
    void answerWord_brokenCommitments_touchNoScene() {
        scored(100);
        for (int n = 0; n < 6; n++) {
            add(person, "broken-commitment", "2026-01-01");
        }
        assertEquals(0, score(DAY));
        answers(DAY, "transit", "ride-first");
        answers(DAY, "culture", "library-plus");
    }

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

    @Test
    void match_everyListInEveryMatter() {
        List<String> lists = new ArrayList<>(BLACK);
        lists.addAll(
                List.of("attention", "tax-a", "customs-advanced", "model-city", "model-province", "integrity-model"));
        String[][] measures = {
            {"procurement", "procurement,dishonest-enforcement,major-tax,serious-illegal"},
            {"tendering", "dishonest-enforcement,public-resources,work-safety"},
            {"market-access", "serious-illegal,dishonest-enforcement"},
            {"approval", ""},
            {"construction", "wage-arrears,work-safety"},
            {"finance-support", ""}
        };
        for (String[] row : measures) {
            for (String list : lists) {
                organisation.clear(SubjectType.ORGANISATION);
                entry(list, "2026-01-01", DAY);
                boolean black = BLACK.contains(list);
                boolean red = !black && !list.equals("attention");
                MatchReport.Outcome expected = MatchReport.Outcome.NONE;
                if (Arrays.asList(row[1].split(",", -1)).contains(list)) {
                    expected = MatchReport.Outcome.MEASURE;
                } else if ((row[0].equals("approval") && !red) || (row[0].equals("finance-support") && black)) {
                    expected = MatchReport.Outcome.PROMPT;
                }
                String about = list + " in " + row[0];
                int matter = Shipped.matter(row[0]);
                assertEquals(MatchReport.NONE, judge.match(organisation, matter, day("2025-12-31")), about);
                assertEquals(MatchReport.NONE, judge.match(organisation, matter, day(DAY)), about);
                for (String on : List.of("2026-01-01", "2026-10-14")) {
                    MatchReport report = judge.match(organisation, matter, day(on));
                    assertEquals(expected, report.outcome(), about);
                    boolean hit = red || expected != MatchReport.Outcome.NONE;
                    assertEquals(hit ? 1 : 0, report.hits().size(), about);
                    if (hit) {
                        MatchReport.Hit one = report.hits().get(0);
                        assertEquals(list, one.list().id());
                        assertEquals(red, one.legalBasis() == null, about);
                        assertEquals(red, one.effect() == MatchReport.Effect.RECOMMEND, about);
                        assertEquals("E0", one.entryId());
                    }
                }
            }
        }
    }

    @Test
    void match_severalEntries_strongestFirstAndRecommendNeverMoves() {
        entry("tax-a", "2026-01-01", null);
        entry("fire", "2026-01-01", null);
        MatchReport report = judge.match(organisation, Shipped.matter("finance-support"), day(DAY));
        assertEquals(MatchReport.Outcome.PROMPT, report.outcome());
        assertEquals(
                List.of("fire", "tax-a"),
                report.hits().stream().map(hit -> hit.list().id()).toList());
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

    private int score(String on) {
        return judge.score(person, day(on));
    }

    private @Nullable String grade(String on) {
        ScoringScheme.Grade grade = judge.grade(person, day(on));
        return grade == null ? null : grade.id();
    }

    private String organisationGrade() {
        return Objects.requireNonNull(judge.grade(organisation, day(DAY))).id();
    }

    private void approvals(@Nullable String benefit) {
        assertEquals(benefit, Shipped.benefit(judge.answerWord(organisation, day(DAY)), "approvals"));
    }

    private void answers(String on, String scene, @Nullable String benefit) {
        assertEquals(benefit, Shipped.benefit(judge.answerWord(person, day(on)), scene), scene + " on " + on);
    }

    private void consent(String scene, String granted, @Nullable String expires) {
        person.addConsent(Shipped.scene(scene), day(granted), Shipped.dayOrNone(expires));
    }

    private int entry(String list, String entered, @Nullable String leaves) {
        int i = organisation.addEntry(Shipped.list(list), day(entered), Shipped.dayOrNone(leaves));
        organisation.entryId[i] = "E" + i;
        return i;
    }

    /** A person with consents for every scene and exactly a score from 100 to 200 made of plus items. */
    private void scored(int score) {
        person.clear(SubjectType.PERSON);
        for (SceneDefinition scene : Shipped.VOCABULARY.scenes()) {
            if (scene.subject() == SubjectType.PERSON) {
                person.addConsent(scene.index(), day("2026-01-01"), SubjectFacts.NONE);
            }
        }
        int left = score - 100;
        while (left >= 20) {
            add(person, "honour-city", "2026-01-01");
            left -= 20;
        }
        if (left > 0) {
            add(person, "charity-donation", "2026-01-01", null, left * 100.0, 0);
        }
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

    private void penalty(String item, int points, String start, String end) {
        organisation.clear(SubjectType.ORGANISATION);
        add(organisation, item, start);
        assertEquals(1000, judge.score(organisation, day(start) - 1), item);
        assertEquals(1000 + points, judge.score(organisation, day(start)), item);
        assertEquals(1000 + points, judge.score(organisation, day(end) - 1), item);
        assertEquals(1000, judge.score(organisation, day(end)), item);
    }
}
