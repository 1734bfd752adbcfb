package io.osmanthus.engine.store;

/** Where an identifier points: a reusable value of a look-up, confined to one thread. */
final class Place {
    static final int BYTES = 4;

    int bits;
}
