/**
 * What changes between snapshots, as rows of PostgreSQL: an append-only table with gap-free positions in commit order,
 * written by acts and tailed by every node. Payloads about persons are encrypted under a key of each person's own, which
 * leaving destroys.
 */
@NullMarked
package io.osmanthus.snapshots.ledger;

import org.jspecify.annotations.NullMarked;
