package io.osmanthus.engine.store;

import java.util.Objects;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Hands a place to Chronicle Map as one int, without the detour over a byte buffer. */
@SuppressWarnings({"rawtypes", "unchecked"}) // as Chronicle's interface has them
final class PlaceData extends AbstractData<Place> implements DataAccess<Place> {
    private final BytesStore<?, ?> bytes = BytesStore.wrap(new byte[Place.BYTES]);
    private @Nullable Place place;

    @Override
    public Data<Place> getData(Place instance) {
        place = instance;
        return this;
    }

    @Override
    public void uninit() {
        place = null;
    }

    @Override
    public DataAccess<Place> copy() {
        return new PlaceData();
    }

    @Override
    public void writeTo(RandomDataOutput target, long targetOffset) {
        target.writeInt(targetOffset, get().bits);
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
        return Place.BYTES;
    }

    @Override
    public Place get() {
        return Objects.requireNonNull(place, "getData comes first");
    }

    @Override
    public Place getUsing(@Nullable Place using) {
        Place target = using == null ? new Place() : using;
        target.bits = get().bits;
        return target;
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
