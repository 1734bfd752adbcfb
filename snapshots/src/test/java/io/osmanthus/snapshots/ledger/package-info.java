@NullMarked
package io.osmanthus.snapshots.ledger;

import org.jspecify.annotations.NullMarked;
