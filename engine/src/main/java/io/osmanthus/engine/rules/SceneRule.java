package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Title;
import java.util.List;

/**
 * A scene with its benefits, best first; {@code ttlSeconds} holds for an answer with a benefit, none has 0.
 *
 * @param adverse the adverse items that weigh on the scene; usually none
 * @param words how the answer comes about, in words made from the rule itself
 */
public record SceneRule(
        SceneDefinition definition, int ttlSeconds, List<Benefit> benefits, List<Adverse> adverse, Title words) {
    /** An adverse item that a scene names, on what basis, and what connects the one with the other. */
    public record Adverse(Item item, String legalBasis, Title connection) {}
}
