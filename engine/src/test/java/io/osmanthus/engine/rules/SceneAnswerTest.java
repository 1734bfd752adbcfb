package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.add;
import static io.osmanthus.engine.rules.Shipped.day;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the scenes of the demonstration rules answer: consents, thresholds, arrears, and adverse items that they name. */
class SceneAnswerTest extends ShippedJudge {
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

    private void answers(String on, String scene, @Nullable String benefit) {
        assertEquals(benefit, Shipped.benefit(judge.answerWord(person, day(on)), scene), scene + " on " + on);
    }

    private void consent(String scene, String granted, @Nullable String expires) {
        person.addConsent(Shipped.scene(scene), day(granted), Shipped.dayOrNone(expires));
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
}
