/**
 * At rest: immutable snapshots of a city's public-credit facts, where they are kept, and the pseudonyms in which they
 * speak of persons.
 *
 * <p>A delivery goes through {@code intake} into a snapshot directory; the store announces one of them as current; the
 * engine reads it back in streams. Nothing is opened before its checksum holds.
 */
@NullMarked
package io.osmanthus.snapshots;

import org.jspecify.annotations.NullMarked;
