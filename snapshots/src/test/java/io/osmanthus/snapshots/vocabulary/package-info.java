@NullMarked
package io.osmanthus.snapshots.vocabulary;

import org.jspecify.annotations.NullMarked;
