package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.UnsafeMemory;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Copies a bucket as it is, in one piece. */
final class BucketMarshaller implements SizedReader<Bucket>, SizedWriter<Bucket>, ReadResolvable<BucketMarshaller> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final BucketMarshaller INSTANCE = new BucketMarshaller();

    private static final int SLOTS_OFFSET = UnsafeMemory.MEMORY.arrayBaseOffset(long[].class);

    private BucketMarshaller() {}

    @Override
    public Bucket read(Bytes<?> in, long size, @Nullable Bucket using) {
        Bucket bucket = using == null ? new Bucket() : using;
        UnsafeMemory.MEMORY.copyMemory(in.addressForRead(in.readPosition()), bucket.slots, SLOTS_OFFSET, Bucket.BYTES);
        in.readSkip(Bucket.BYTES);
        return bucket;
    }

    @Override
    public long size(Bucket bucket) {
        return Bucket.BYTES;
    }

    @Override
    public void write(Bytes<?> out, long size, Bucket bucket) {
        UnsafeMemory.MEMORY.copyMemory(
                bucket.slots, SLOTS_OFFSET, out.addressForWrite(out.writePosition()), Bucket.BYTES);
        out.writeSkip(Bucket.BYTES);
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
