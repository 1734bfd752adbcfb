package io.osmanthus.snapshots.trail;

import java.util.List;
import java.util.PriorityQueue;

/** Keeps the first so many of {@link Access#ORDER}, whatever is offered. */
final class Newest {
    private final int limit;
    private final PriorityQueue<Access> kept = new PriorityQueue<>(Access.ORDER.reversed());

    Newest(int limit) {
        this.limit = limit;
    }

    void add(Access access) {
        kept.add(access);
        if (kept.size() > limit) {
            kept.poll();
        }
    }

    /** What is older than this is not kept any more; the beginning of time while there is room. */
    long oldest() {
        Access last = kept.peek();
        return kept.size() < limit || last == null ? Long.MIN_VALUE : last.at();
    }

    List<Access> sorted() {
        return kept.stream().sorted(Access.ORDER).toList();
    }
}
