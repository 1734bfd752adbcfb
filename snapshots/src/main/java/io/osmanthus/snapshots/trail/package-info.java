/**
 * The access trail: each answer about a person, written before the answer leaves, and how the person reads it.
 *
 * <p>Each event loop writes to a queue of its own ({@code <node>/<start>/loop-<n>/}, a new directory at every start, one
 * file a minute). Closed minutes are rolled in the background into Parquet in a directory that all nodes share, by hour and
 * day; exact times become daily counts after 90 days, and counts end by a named date. A minute's file is deleted only when
 * its Parquet is durable. What a person reads is both together, with the time up to which all nodes have handed in.
 */
@NullMarked
package io.osmanthus.snapshots.trail;

import org.jspecify.annotations.NullMarked;
