@NullMarked
package io.osmanthus;

import org.jspecify.annotations.NullMarked;
