package io.osmanthus.snapshots.vocabulary;

import java.util.Set;

/**
 * A list on which an organisation may stand (红黑名单).
 *
 * @param index dense from 0 in the file's order
 * @param sources who may report entries of it between deliveries; none: nobody
 */
public record ListDefinition(int index, String id, Title title, Kind kind, Set<String> sources) {
    public ListDefinition {
        sources = Set.copyOf(sources);
    }

    /** Red (incentive), attention (重点关注), black (discipline). */
    public enum Kind {
        RED,
        ATTENTION,
        BLACK
    }
}
