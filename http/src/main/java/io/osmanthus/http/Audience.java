package io.osmanthus.http;

import io.osmanthus.snapshots.ledger.Subject;
import org.jspecify.annotations.Nullable;

/** Somebody who is told something as it comes about: a citizen of notices, an organisation or a department of alerts. */
interface Audience {
    /** Whose places and streams they are. */
    Subject self();

    /** {@code notice} or {@code alert}: what one of it is called; a list of it has an s. */
    String word();

    /** Everything to tell, on a worker; null: nothing is held about them. */
    Notices.@Nullable Read read();

    /** Records, in this turn, that it has been shown, or that nothing could be. */
    void shown(Turn turn, boolean found);

    /** What the answer is where nothing is held about them. */
    Problem absent();

    /** Whether what is told is of list entries of others too: then each of them wakes its streams. */
    boolean followsEntries();
}
