package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.hash.serialization.impl.EnumMarshallable;
import org.jspecify.annotations.Nullable;

/** Copies packed dossiers in and out of the map. */
enum DossierMarshaller
        implements
                SizedReader<Dossier>, SizedWriter<Dossier>, EnumMarshallable<DossierMarshaller>,
                ReadResolvable<DossierMarshaller> {
    INSTANCE;

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
    public DossierMarshaller readResolve() {
        return INSTANCE;
    }
}
