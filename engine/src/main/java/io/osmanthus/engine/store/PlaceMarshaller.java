package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Writes a place as one int. */
final class PlaceMarshaller implements SizedReader<Place>, SizedWriter<Place>, ReadResolvable<PlaceMarshaller> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final PlaceMarshaller INSTANCE = new PlaceMarshaller();

    private PlaceMarshaller() {}

    @Override
    public Place read(Bytes<?> in, long size, @Nullable Place using) {
        Place place = using == null ? new Place() : using;
        place.bits = in.readInt();
        return place;
    }

    @Override
    public long size(Place place) {
        return Place.BYTES;
    }

    @Override
    public void write(Bytes<?> out, long size, Place place) {
        out.writeInt(place.bits);
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
    public PlaceMarshaller readResolve() {
        return INSTANCE;
    }
}
