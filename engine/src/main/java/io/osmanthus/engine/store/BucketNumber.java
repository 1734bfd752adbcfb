package io.osmanthus.engine.store;

/** Which bucket: the reusable key of a look-up, confined to one thread. */
final class BucketNumber {
    static final int BYTES = Integer.BYTES;

    int number;

    BucketNumber at(int bucket) {
        number = bucket;
        return this;
    }
}
