package io.osmanthus.snapshots.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the ledger, as it is read.
 *
 * @param position 1 … without gaps, in commit order
 * @param kind null for a kind that a later version writes
 * @param payload JSON in UTF-8; null where the key is gone, or where the row stands for one about whom nothing is held
 * @param actor the client or the member of staff, {@code self} for the person
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Entry(
        long position, Subject subject, @Nullable Kind kind, byte @Nullable [] payload, String actor, Instant at) {}
