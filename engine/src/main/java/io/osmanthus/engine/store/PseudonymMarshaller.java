package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Writes a pseudonym as two longs; by hand, since a generated value interface allocates on each look-up. */
final class PseudonymMarshaller
        implements SizedReader<Pseudonym>, SizedWriter<Pseudonym>, ReadResolvable<PseudonymMarshaller> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final PseudonymMarshaller INSTANCE = new PseudonymMarshaller();

    private PseudonymMarshaller() {}

    @Override
    public Pseudonym read(Bytes<?> in, long size, @Nullable Pseudonym using) {
        Pseudonym pseudonym = using == null ? new Pseudonym() : using;
        pseudonym.high = in.readLong();
        pseudonym.low = in.readLong();
        return pseudonym;
    }

    @Override
    public long size(Pseudonym pseudonym) {
        return Pseudonym.BYTES;
    }

    @Override
    public void write(Bytes<?> out, long size, Pseudonym pseudonym) {
        out.writeLong(pseudonym.high);
        out.writeLong(pseudonym.low);
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
    public PseudonymMarshaller readResolve() {
        return INSTANCE;
    }
}
