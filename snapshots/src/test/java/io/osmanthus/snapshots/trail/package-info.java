@NullMarked
package io.osmanthus.snapshots.trail;

import org.jspecify.annotations.NullMarked;
