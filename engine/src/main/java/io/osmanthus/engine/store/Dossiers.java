package io.osmanthus.engine.store;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Place → packed facts, only for subjects that have any: most of a city stands exactly at the base, and the exceptions are
 * what is stored. An arena in native memory: a dossier is appended and never written again, then its place is told where it
 * lies (release), so that readers take no lock and never see half of one. What a change leaves behind is {@link
 * #abandonedBytes}, given back with the generation.
 *
 * <p>Why no map: places are dense, so that one int a place finds a dossier, and a load writes memory from front to back.
 * Writes may come from several loader threads, afterwards from the single writer; reads from any thread; {@link #close}
 * once, when nobody reads any more.
 */
public final class Dossiers implements AutoCloseable {
    /** Dossiers begin at multiples of this many bytes: 32 bits of them reach 16 GiB. */
    private static final int UNIT = 4;

    private static final int CHUNK_UNITS_LOG2 = 22;
    private static final int CHUNK_UNITS = 1 << CHUNK_UNITS_LOG2;
    private static final long CHUNK_BYTES = (long) CHUNK_UNITS * UNIT;
    private static final int CHUNKS_MAX = 1 << (32 - CHUNK_UNITS_LOG2);

    /** What a lookup takes from the arena at once. */
    private static final int BLOCK_UNITS = 1 << 14;

    /** Before each dossier stands its length. */
    private static final int LENGTH_BYTES = 4;

    private final BytesStore<?, Void> begins;
    private final int persons;
    private final int organisations;
    private final BytesStore<?, ?>[] chunks = new BytesStore<?, ?>[CHUNKS_MAX];
    private final LongAdder count = new LongAdder();
    private final LongAdder heldUnits = new LongAdder();

    /** The first unit that nobody has taken; unit 0 stands for no dossier. */
    private long free = 1;

    private Dossiers(BytesStore<?, Void> begins, int persons, int organisations) {
        this.begins = begins;
        this.persons = persons;
        this.organisations = organisations;
    }

    /** Room for the places of so many persons and organisations; memory for dossiers is taken as they are written. */
    public static Dossiers create(int persons, int organisations) {
        long places = Math.max(1L, (long) persons + organisations);
        return new Dossiers(BytesStore.nativeStoreWithFixedCapacity(Integer.BYTES * places), persons, organisations);
    }

    /** A way in for one thread. */
    public Lookup lookup() {
        return new Lookup(this);
    }

    /** How many subjects have a dossier. */
    public long count() {
        return count.sum();
    }

    /** Bytes taken, with what was abandoned. */
    public synchronized long offHeapBytes() {
        return (long) Integer.BYTES * (persons + (long) organisations) + free * UNIT;
    }

    /** Bytes of dossiers that a later one has replaced, and of blocks that nobody filled. */
    public synchronized long abandonedBytes() {
        return (free - heldUnits.sum()) * UNIT;
    }

    @Override
    public synchronized void close() {
        begins.releaseLast();
        for (BytesStore<?, ?> chunk : chunks) {
            if (chunk != null) {
                chunk.releaseLast();
            }
        }
    }

    private long slot(int place) {
        int ordinal = place & ~Identifiers.ORGANISATION;
        return Integer.BYTES
                * (place == ordinal
                        ? (long) Objects.checkIndex(ordinal, persons)
                        : persons + (long) Objects.checkIndex(ordinal, organisations));
    }

    /** Takes units that lie in one chunk. */
    private synchronized long take(int units) {
        if (units > CHUNK_UNITS) {
            throw new IllegalStateException("one subject's facts take more than " + CHUNK_BYTES
                    + " bytes; look at what the delivery says of it");
        }
        long begin = free;
        if (begin / CHUNK_UNITS != (begin + units - 1) / CHUNK_UNITS) {
            begin = (begin / CHUNK_UNITS + 1) * CHUNK_UNITS;
        }
        int chunk = Math.toIntExact(begin / CHUNK_UNITS);
        if (chunk >= CHUNKS_MAX) {
            throw new IllegalStateException("dossiers take more than the " + CHUNKS_MAX * CHUNK_BYTES
                    + " bytes that places can name; build the next generation, or spread the city over more nodes");
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = BytesStore.lazyNativeBytesStoreWithFixedCapacity(CHUNK_BYTES);
        }
        free = begin + units;
        return begin;
    }

    private BytesStore<?, ?> chunk(long unit) {
        return chunks[(int) (unit / CHUNK_UNITS)];
    }

    private static long offset(long unit) {
        return (unit % CHUNK_UNITS) * UNIT;
    }

    private static int units(int length) {
        return (LENGTH_BYTES + length + UNIT - 1) / UNIT;
    }

    /** One thread's way in: its buffers are reused from call to call. */
    public static final class Lookup {
        private final Dossiers dossiers;
        private final Dossier dossier = new Dossier();
        private long block;
        private long blockEnd;

        private Lookup(Dossiers dossiers) {
            this.dossiers = dossiers;
        }

        /**
         * Fills {@code facts} with what is held about the subject at a place ({@link Identifiers#ORGANISATION} set or not);
         * empty facts where nothing is.
         */
        public void read(int place, SubjectFacts facts, boolean ids) {
            SubjectType type = (place & Identifiers.ORGANISATION) == 0 ? SubjectType.PERSON : SubjectType.ORGANISATION;
            long unit = Integer.toUnsignedLong(dossiers.begins.readVolatileInt(dossiers.slot(place)));
            if (unit == 0) {
                facts.clear(type);
                return;
            }
            BytesStore<?, ?> chunk = dossiers.chunk(unit);
            long at = offset(unit);
            int length = chunk.readInt(at);
            dossier.ensure(length);
            chunk.read(at + LENGTH_BYTES, dossier.bytes, 0, length);
            dossier.length = length;
            dossier.unpack(facts, type, ids);
        }

        /** Stores the facts in place of what was held; empty facts leave no dossier. Facts must carry their ids. */
        public void write(int place, SubjectFacts facts) {
            long slot = dossiers.slot(place);
            long former = Integer.toUnsignedLong(dossiers.begins.readInt(slot));
            if (former != 0) {
                dossiers.heldUnits.add(-units(dossiers.chunk(former).readInt(offset(former))));
                dossiers.count.decrement();
            }
            if (Dossier.empty(facts)) {
                dossiers.begins.writeOrderedInt(slot, 0);
                return;
            }
            dossier.pack(facts);
            int units = units(dossier.length);
            long unit = room(units);
            long at = offset(unit);
            BytesStore<?, ?> chunk = dossiers.chunk(unit);
            chunk.writeInt(at, dossier.length);
            chunk.write(at + LENGTH_BYTES, dossier.bytes, 0, dossier.length);
            dossiers.begins.writeOrderedInt(slot, (int) unit);
            dossiers.heldUnits.add(units);
            dossiers.count.increment();
        }

        private long room(int units) {
            if (blockEnd - block < units) {
                int taken = Math.max(units, BLOCK_UNITS);
                block = dossiers.take(taken);
                blockEnd = block + taken;
            }
            long begin = block;
            block += units;
            return begin;
        }
    }
}
