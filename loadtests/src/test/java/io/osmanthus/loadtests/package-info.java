/**
 * Load on a running server, and what it is compared with: the rush hour (Gatling), the hot path alone (JMH), a bare
 * Vert.x server that does nothing but answer.
 */
@NullMarked
package io.osmanthus.loadtests;

import org.jspecify.annotations.NullMarked;
