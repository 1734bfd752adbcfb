@NullMarked
package io.osmanthus.snapshots.city;

import org.jspecify.annotations.NullMarked;
