package io.osmanthus.snapshots.trail;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One line of what a person reads: an answer about them, or how many alike there were on a day.
 *
 * @param at milliseconds since 1970-01-01; of a daily count the day's first, in Shanghai
 * @param client who asked, null for the person's own app
 * @param scene where, null outside scenes
 * @param answer the benefit, or what was shown; null for none
 * @param count 0 for one answer with its exact time, else the number on that day
 */
public record Access(
        long at,
        Asked asked,
        @Nullable String client,
        @Nullable String scene,
        @Nullable String answer,
        int count) {
    private static final Comparator<@Nullable String> WORD = Comparator.nullsFirst(Comparator.naturalOrder());

    /** Newest first, and the same order at every reading. */
    static final Comparator<Access> ORDER = Comparator.comparingLong(Access::at)
            .reversed()
            .thenComparing(Access::asked)
            .thenComparing(Access::client, WORD)
            .thenComparing(Access::scene, WORD)
            .thenComparing(Access::answer, WORD)
            .thenComparingInt(Access::count);
}
