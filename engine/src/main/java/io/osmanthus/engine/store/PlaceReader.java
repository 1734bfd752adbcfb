package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Reads a place as one int. */
final class PlaceReader implements SizedReader<Place>, ReadResolvable<PlaceReader> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final PlaceReader INSTANCE = new PlaceReader();

    private PlaceReader() {}

    @Override
    public Place read(Bytes<?> in, long size, @Nullable Place using) {
        Place place = using == null ? new Place() : using;
        place.bits = in.readInt();
        return place;
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
    public PlaceReader readResolve() {
        return INSTANCE;
    }
}
