package io.osmanthus.engine.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** Reads a pseudonym as two longs; by hand, since a generated value interface allocates on each look-up. */
final class PseudonymReader implements SizedReader<Pseudonym>, ReadResolvable<PseudonymReader> {
    /** The only one: Chronicle Map finds it again by {@link #readResolve}, since it takes no Java enum. */
    static final PseudonymReader INSTANCE = new PseudonymReader();

    private PseudonymReader() {}

    @Override
    public Pseudonym read(Bytes<?> in, long size, @Nullable Pseudonym using) {
        Pseudonym pseudonym = using == null ? new Pseudonym() : using;
        pseudonym.high = in.readLong();
        pseudonym.low = in.readLong();
        return pseudonym;
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
    public PseudonymReader readResolve() {
        return INSTANCE;
    }
}
