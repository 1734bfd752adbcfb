package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.hash.serialization.impl.EnumMarshallable;
import org.jspecify.annotations.Nullable;

/** Writes a place as one int. */
enum PlaceMarshaller
        implements
                SizedReader<Place>, SizedWriter<Place>, EnumMarshallable<PlaceMarshaller>,
                ReadResolvable<PlaceMarshaller> {
    INSTANCE;

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
    public PlaceMarshaller readResolve() {
        return INSTANCE;
    }
}
