@NullMarked
package io.osmanthus.snapshots.intake;

import org.jspecify.annotations.NullMarked;
