package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Title;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A score and why it is what it is. {@code base + Σ points of the lines = score}; the clamp to floor and ceiling is a line
 * of its own.
 *
 * @param next for each consented scene the nearest benefit above what stands now, and the points that are missing
 */
public record Explanation(
        int score, @Nullable String grade, String scheme, String rulesVersion, List<Next> next, List<Line> lines) {
    /** The distance to a benefit of a consented scene. */
    public record Next(String scene, String benefit, int pointsMissing) {}

    /**
     * One record's part in the score.
     *
     * @param recordId the record, or the entry of a list that adds points; null for the line of the clamp
     * @param rule what its item or list does to the score, in words made from the rule; null where it scores nothing
     * @param pointsBeforeCaps what it brings before caps of item and dimension, acts and the freeze; of a record that
     *     does not count what it would bring by itself
     * @param points after caps and tables; 0 where the record does not count
     * @param directGrade the grade to which it leads directly, where it counts; it then has no points of its own
     * @param counted whether it enters the score; a record below the next step of a table does, with 0 points of its own
     * @param reason why it does not count, or counts for less: {@code expired, not-yet, capped, frozen, disputed,
     *     repaired, retracted, withdrawn, not-highest-of-act, largest-only, below-step, direct-grade, not-scored,
     *     clamp}; null where it counts in full
     * @param countsUntil the last day on which it counts, or {@link SubjectFacts#NONE}: without end, or no longer
     * @param sourceIndex {@link SubjectFacts#source}, or -1
     */
    public record Line(
            @Nullable String recordId,
            @Nullable String item,
            Title title,
            @Nullable Title rule,
            int pointsBeforeCaps,
            int points,
            @Nullable String directGrade,
            boolean counted,
            @Nullable String reason,
            int occurredOn,
            int countsUntil,
            int sourceIndex,
            boolean disputed) {
        /** A line without words of a rule on which no cap took anything, of a record that leads to no grade. */
        public Line(
                @Nullable String recordId,
                @Nullable String item,
                Title title,
                int points,
                boolean counted,
                @Nullable String reason,
                int occurredOn,
                int countsUntil,
                int sourceIndex,
                boolean disputed) {
            this(
                    recordId,
                    item,
                    title,
                    null,
                    points,
                    points,
                    null,
                    counted,
                    reason,
                    occurredOn,
                    countsUntil,
                    sourceIndex,
                    disputed);
        }
    }
}
