@NullMarked
package io.osmanthus.snapshots.cases;

import org.jspecify.annotations.NullMarked;
