@NullMarked
package io.osmanthus.engine.store;

import org.jspecify.annotations.NullMarked;
