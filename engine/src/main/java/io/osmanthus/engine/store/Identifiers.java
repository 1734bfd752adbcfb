package io.osmanthus.engine.store;

import net.openhft.chronicle.map.ChronicleMap;

/**
 * Every identifier the engine knows, 128-bit pseudonym (person, card, plate, app, organisation) → ordinal, in one Chronicle
 * Map in anonymous memory: never in a file, since a process killed inside a lock would leave it locked for others.
 *
 * <p>Look-ups go through a {@link Lookup} of the calling thread and allocate nothing. Writes may come from several loader
 * threads; {@link #close} once, when nobody looks up any more.
 */
public final class Identifiers implements AutoCloseable {
    /** What a look-up answers for an identifier that is not known. */
    public static final int ABSENT = -1;

    /** Set in a place that is an organisation's. */
    public static final int ORGANISATION = 1 << 30;

    private final ChronicleMap<Pseudonym, Place> map;
    private final long capacity;

    private Identifiers(ChronicleMap<Pseudonym, Place> map, long capacity) {
        this.map = map;
        this.capacity = capacity;
    }

    /** Room for {@code capacity} identifiers; pages are taken as they are written. */
    public static Identifiers create(long capacity) {
        long entries = Math.max(capacity, 1_024);
        ChronicleMap<Pseudonym, Place> map = Anonymous.map("identifiers", Pseudonym.class, Place.class, entries)
                .constantKeySizeBySample(new Pseudonym())
                .constantValueSizeBySample(new Place())
                .keyReaderAndDataAccess(PseudonymReader.INSTANCE, new PseudonymData())
                .valueReaderAndDataAccess(PlaceReader.INSTANCE, new PlaceData())
                .create();
        return new Identifiers(map, entries);
    }

    /** A look-up for one thread. */
    public Lookup lookup() {
        return new Lookup(map);
    }

    public long count() {
        return map.longSize();
    }

    /** How many identifiers were declared; beyond it a new generation is due. */
    public long capacity() {
        return capacity;
    }

    /** Bytes of address space taken; resident are only the pages written. */
    public long offHeapBytes() {
        return map.offHeapMemoryUsed();
    }

    @Override
    public void close() {
        map.close();
    }

    /** One thread's way into the map: its key and value are reused from call to call. */
    public static final class Lookup {
        private final ChronicleMap<Pseudonym, Place> map;
        private final Pseudonym key = new Pseudonym();
        private final Place place = new Place();

        private Lookup(ChronicleMap<Pseudonym, Place> map) {
            this.map = map;
        }

        /** The place of an identifier, {@link #ORGANISATION} set or not, or {@link #ABSENT}. */
        public int find(long high, long low) {
            return map.getUsing(key.at(high, low), place) == null ? ABSENT : place.bits;
        }

        /** Adds or replaces an identifier. */
        public void put(long high, long low, int bits) {
            place.bits = bits;
            map.put(key.at(high, low), place);
        }

        /** Removes an identifier; nothing happens where it is absent. */
        public void remove(long high, long low) {
            map.remove(key.at(high, low));
        }
    }
}
