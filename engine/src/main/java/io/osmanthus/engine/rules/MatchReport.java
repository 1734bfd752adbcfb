package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.Title;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the lists say of one organisation in one matter (事项): the outcome and every hit behind it. */
public record MatchReport(Outcome outcome, List<Hit> hits) {
    public static final MatchReport NONE = new MatchReport(Outcome.NONE, List.of());

    /** From nothing to the strongest. A {@code recommend} hit never moves the outcome. */
    public enum Outcome {
        NONE,
        PROMPT,
        MEASURE
    }

    /** What one entry means in the matter. */
    public enum Effect {
        RECOMMEND,
        PROMPT,
        MEASURE
    }

    /**
     * One list entry that counts.
     *
     * @param measure what follows, in words
     * @param legalBasis null only for {@link Effect#RECOMMEND}
     * @param leavesOn first day on which it no longer counts, or {@link SubjectFacts#NONE}: open
     */
    public record Hit(
            ListDefinition list,
            @Nullable String entryId,
            Effect effect,
            Title measure,
            @Nullable String legalBasis,
            int enteredOn,
            int leavesOn,
            boolean disputed) {}
}
