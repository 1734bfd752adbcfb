package io.osmanthus.engine.store;

/** A number as a reusable key or value of a look-up, a place or that of a bucket; confined to one thread. */
final class Place {
    static final int BYTES = 4;

    int bits;
}
