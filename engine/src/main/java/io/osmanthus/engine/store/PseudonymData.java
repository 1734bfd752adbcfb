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
 * Hands a pseudonym to Chronicle Map as two longs, without the detour over a byte buffer.
 *
 * <p>A pseudonym is 128 bits of a keyed SHA-256: whoever has not the key cannot choose it, and its bits need no second hash.
 * The map's segment comes from the lowest bits of the hash; bits reversed, from the highest of the pseudonym. A snapshot's
 * files are in the order of pseudonyms, so that a load fills one segment after the other, each while it lies in the cache.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // as Chronicle's interface has them
final class PseudonymData extends AbstractData<Pseudonym> implements DataAccess<Pseudonym> {
    private final BytesStore<?, ?> bytes = BytesStore.wrap(new byte[Pseudonym.BYTES]);
    private @Nullable Pseudonym pseudonym;

    @Override
    public Data<Pseudonym> getData(Pseudonym instance) {
        pseudonym = instance;
        return this;
    }

    @Override
    public void uninit() {
        pseudonym = null;
    }

    @Override
    public DataAccess<Pseudonym> copy() {
        return new PseudonymData();
    }

    @Override
    public long hash(LongHashFunction function) {
        return Long.reverse(get().high);
    }

    @Override
    public boolean equivalent(RandomDataInput source, long sourceOffset) {
        Pseudonym held = get();
        return source.readLong(sourceOffset) == held.high && source.readLong(sourceOffset + Long.BYTES) == held.low;
    }

    @Override
    public void writeTo(RandomDataOutput target, long targetOffset) {
        Pseudonym held = get();
        target.writeLong(targetOffset, held.high);
        target.writeLong(targetOffset + Long.BYTES, held.low);
    }

    @Override
    public RandomDataInput bytes() {
        writeTo(bytes, 0);
        return bytes;
    }

    @Override
    public long offset() {
        return 0;
    }

    @Override
    public long size() {
        return Pseudonym.BYTES;
    }

    @Override
    public Pseudonym get() {
        return Objects.requireNonNull(pseudonym, "getData comes first");
    }

    @Override
    public Pseudonym getUsing(@Nullable Pseudonym using) {
        Pseudonym held = get();
        return (using == null ? new Pseudonym() : using).at(held.high, held.low);
    }

    @Override
    public void readMarshallable(WireIn wire) {
        // it has no settings
    }

    @Override
    public void writeMarshallable(WireOut wire) {
        // it has no settings
    }
}
