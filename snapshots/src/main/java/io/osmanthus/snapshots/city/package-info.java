/**
 * The synthetic city (合成城市): a delivery of any size whose people were never born and whose companies do not exist, with
 * the published shape of Suzhou, for demonstrations, tests and load.
 *
 * <p>Everything about person {@code i} is a pure function of the seed and {@code i}: nothing is held, so that 100 million
 * persons need no more memory than one, and whoever makes traffic can name any card of the city without reading it.
 * Numbers come from a counter-based mix ({@link io.osmanthus.snapshots.city.Draw}), unique identifiers from
 * permutations of their whole space ({@link io.osmanthus.snapshots.city.Permutation}).
 */
@NullMarked
package io.osmanthus.snapshots.city;

import org.jspecify.annotations.NullMarked;
