package io.osmanthus.engine;

import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Sets;
import java.util.List;

/** Where a subject's facts put it in the populations: one way for the loader and the writer. */
final class Placement {
    private Placement() {}

    /** Puts a person into the sets that facts and rules name; {@code sceneScores} is scratch of one int a scene. */
    static void person(
            Sets sets,
            RuleSet rules,
            Judge judge,
            int ordinal,
            int district,
            SubjectFacts facts,
            int day,
            int[] sceneScores) {
        List<SceneRule> scenes = rules.scenes();
        judge.sceneScores(facts, day, sceneScores);
        sets.place(ordinal, district, judge.consents(facts, day), judge.arrears(facts, day), scenes, sceneScores);
    }

    /** Puts an organisation, which is on none, on the lists whose entries count on the day. */
    static void organisation(Sets sets, int ordinal, SubjectFacts facts, int day) {
        for (int i = 0; i < facts.entryCount; i++) {
            if (facts.entryCounts(i, day)) {
                sets.enlist(ordinal, facts.list[i]);
            }
        }
    }
}
