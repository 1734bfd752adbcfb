package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Writes an empty bucket; reads by searching it where it lies, under the map's lock, without a copy. */
final class BucketMarshaller implements SizedReader<Bucket>, SizedWriter<Bucket>, ReadResolvable<BucketMarshaller> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final BucketMarshaller INSTANCE = new BucketMarshaller();

    private BucketMarshaller() {}

    @Override
    public Bucket read(Bytes<?> in, long size, @Nullable Bucket using) {
        Bucket found = (using == null ? new Bucket() : using).search(in.addressForRead(in.readPosition()));
        in.readSkip(Bucket.BYTES);
        return found;
    }

    @Override
    public long size(Bucket bucket) {
        return Bucket.BYTES;
    }

    @Override
    public void write(Bytes<?> out, long size, Bucket bucket) {
        for (int i = 0; i < Bucket.BYTES; i += Long.BYTES) {
            out.writeLong(0);
        }
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
    public BucketMarshaller readResolve() {
        return INSTANCE;
    }
}
