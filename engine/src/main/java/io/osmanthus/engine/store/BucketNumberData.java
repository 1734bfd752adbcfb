package io.osmanthus.engine.store;

import java.util.Objects;
import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/**
 * Hands a bucket's number to Chronicle Map as one int, without the detour over a byte buffer.
 *
 * <p>The map's segment comes from the lowest bits of the hash. The hash is the number's fraction of all, bits reversed:
 * neighbours share a segment, all segments are filled alike, and a load that comes in the order of pseudonyms fills one after
 * the other, each while it lies in the cache.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // as Chronicle's interface has them
final class BucketNumberData extends AbstractData<BucketNumber> implements DataAccess<BucketNumber> {
    private final BytesStore<?, ?> bytes = BytesStore.wrap(new byte[BucketNumber.BYTES]);
    private long step;
    private @Nullable BucketNumber number;

    BucketNumberData(int buckets) {
        this(Long.divideUnsigned(-1, buckets));
    }

    private BucketNumberData(long step) {
        this.step = step;
    }

    @Override
    public Data<BucketNumber> getData(BucketNumber instance) {
        number = instance;
        return this;
    }

    @Override
    public void uninit() {
        number = null;
    }

    @Override
    public DataAccess<BucketNumber> copy() {
        return new BucketNumberData(step);
    }

    @Override
    public long hash(LongHashFunction function) {
        return Long.reverse(get().number * step);
    }

    @Override
    public boolean equivalent(RandomDataInput source, long sourceOffset) {
        return source.readInt(sourceOffset) == get().number;
    }

    @Override
    public void writeTo(RandomDataOutput target, long targetOffset) {
        target.writeInt(targetOffset, get().number);
    }

    @Override
    public RandomDataInput bytes() {
        bytes.writeInt(0, get().number);
        return bytes;
    }

    @Override
    public long offset() {
        return 0;
    }

    @Override
    public long size() {
        return BucketNumber.BYTES;
    }

    @Override
    public BucketNumber get() {
        return Objects.requireNonNull(number, "getData comes first");
    }

    @Override
    public BucketNumber getUsing(@Nullable BucketNumber using) {
        return (using == null ? new BucketNumber() : using).at(get().number);
    }

    @Override
    public void readMarshallable(WireIn wire) {
        step = wire.read("step").int64();
    }

    @Override
    public void writeMarshallable(WireOut wire) {
        wire.write("step").int64(step);
    }
}
