package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.Title;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A matter (事项) in which departments match organisations; {@code index} is dense from 0 in the file's order. */
public record Matter(int index, String id, Title title, List<Effect> effects) {
    /** What a list means in the matter, with the words and the legal basis ("" for a recommendation). */
    public record Effect(ListDefinition list, MatchReport.Effect effect, Title words, String legalBasis) {}

    /** What a list means in this matter, or null: nothing. */
    public @Nullable Effect effect(int listIndex) {
        for (Effect effect : effects) {
            if (effect.list().index() == listIndex) {
                return effect;
            }
        }
        return null;
    }
}
