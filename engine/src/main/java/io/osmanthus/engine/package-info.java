/**
 * In memory: generations of a city's facts, and the answers they give.
 *
 * <p>A generation is built off to the side, published by one write of one field, read once per request, and closed when
 * the last reader has let go. Readers belong to one thread each; a single writer applies live changes.
 */
@NullMarked
package io.osmanthus.engine;

import org.jspecify.annotations.NullMarked;
