@NullMarked
package io.osmanthus.engine;

import org.jspecify.annotations.NullMarked;
