package io.osmanthus.snapshots.vocabulary;

/** A list on which an organisation may stand (红黑名单). {@code index} is dense from 0 in the file's order. */
public record ListDefinition(int index, String id, Title title, Kind kind) {
    /** Red (incentive), attention (重点关注), black (discipline). */
    public enum Kind {
        RED,
        ATTENTION,
        BLACK
    }
}
