package io.osmanthus.snapshots.trail;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of what was answered about a person, newest first.
 *
 * @param next where the next part begins, or null at the end
 * @param completeUntil milliseconds since 1970-01-01: what any node answered before is here
 */
public record AccessPage(List<Access> accesses, @Nullable Place next, long completeUntil) {
    /**
     * Between two lines of a person's accesses.
     *
     * @param at the time of the last line before
     * @param skip how many lines of that time have been shown
     */
    public record Place(long at, int skip) {}
}
