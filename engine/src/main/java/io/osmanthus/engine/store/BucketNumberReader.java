package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Reads a bucket's number as one int. */
final class BucketNumberReader implements SizedReader<BucketNumber>, ReadResolvable<BucketNumberReader> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final BucketNumberReader INSTANCE = new BucketNumberReader();

    private BucketNumberReader() {}

    @Override
    public BucketNumber read(Bytes<?> in, long size, @Nullable BucketNumber using) {
        return (using == null ? new BucketNumber() : using).at(in.readInt());
    }

    @Override
    public void readMarshallable(WireIn wire) {
        // it has no state
    }

    @Override
    public void writeMarshallable(WireOut wire) {
        // it has no state
    }

    @Override
    public BucketNumberReader readResolve() {
        return INSTANCE;
    }
}
