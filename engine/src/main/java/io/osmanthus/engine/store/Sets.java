package io.osmanthus.engine.store;

import io.osmanthus.engine.rules.SceneRule;
import java.util.List;

/** Where subjects are put: the sets of a city, or those of a part of it that is being loaded. */
public sealed interface Sets permits Population, Population.Part {
    /**
     * Puts a person where facts and rules place them.
     *
     * @param district its index, or less than 0 for none that is new
     * @param consentedScenes a bit a scene
     * @param arrearsScenes a bit a scene
     * @param sceneScores points by scene
     */
    void place(
            int ordinal,
            int district,
            long consentedScenes,
            long arrearsScenes,
            List<SceneRule> scenes,
            int[] sceneScores);

    /** Puts an organisation on a list. */
    void enlist(int ordinal, int list);
}
