@NullMarked
package io.osmanthus.snapshots;

import org.jspecify.annotations.NullMarked;
