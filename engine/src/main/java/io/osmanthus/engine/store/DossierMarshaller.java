package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Copies packed dossiers in and out of the map. */
final class DossierMarshaller implements SizedReader<Dossier>, SizedWriter<Dossier>, ReadResolvable<DossierMarshaller> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final DossierMarshaller INSTANCE = new DossierMarshaller();

    private DossierMarshaller() {}

    @Override
    public Dossier read(Bytes<?> in, long size, @Nullable Dossier using) {
        Dossier dossier = using == null ? new Dossier() : using;
        dossier.ensure((int) size);
        in.read(dossier.bytes, 0, (int) size);
        dossier.length = (int) size;
        return dossier;
    }

    @Override
    public long size(Dossier dossier) {
        return dossier.length;
    }

    @Override
    public void write(Bytes<?> out, long size, Dossier dossier) {
        out.write(dossier.bytes, 0, dossier.length);
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
    public DossierMarshaller readResolve() {
        return INSTANCE;
    }
}
