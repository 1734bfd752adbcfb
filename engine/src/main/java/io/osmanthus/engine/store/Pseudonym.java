package io.osmanthus.engine.store;

/** A 128-bit pseudonym as a reusable key of a look-up. Mutable and confined to one thread; never handed out. */
final class Pseudonym {
    static final int BYTES = 16;

    long high;
    long low;

    Pseudonym at(long highBits, long lowBits) {
        high = highBits;
        low = lowBits;
        return this;
    }
}
