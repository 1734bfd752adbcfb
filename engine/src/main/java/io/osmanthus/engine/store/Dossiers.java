package io.osmanthus.engine.store;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import net.openhft.chronicle.map.ChronicleMap;

/**
 * Ordinal → packed facts, only for subjects that have any: most of a city stands exactly at the base, and the exceptions
 * are what is stored. One Chronicle Map in anonymous memory; threads and ownership as {@link Identifiers}.
 */
public final class Dossiers implements AutoCloseable {
    private final ChronicleMap<Place, Dossier> map;

    private Dossiers(ChronicleMap<Place, Dossier> map) {
        this.map = map;
    }

    /** Room for {@code capacity} dossiers of {@code averageBytes} each. */
    public static Dossiers create(long capacity, double averageBytes) {
        return new Dossiers(Anonymous.map("dossiers", Place.class, Dossier.class, Math.max(capacity, 1_024))
                .constantKeySizeBySample(new Place())
                .averageValueSize(Math.max(8, averageBytes))
                .keyMarshaller(PlaceMarshaller.INSTANCE)
                .valueMarshaller(DossierMarshaller.INSTANCE)
                .maxBloatFactor(4)
                .create());
    }

    /** A way into the map for one thread. */
    public Lookup lookup() {
        return new Lookup(map);
    }

    public long count() {
        return map.longSize();
    }

    /** Bytes of address space taken; resident are only the pages written. */
    public long offHeapBytes() {
        return map.offHeapMemoryUsed();
    }

    @Override
    public void close() {
        map.close();
    }

    /** One thread's way into the map. */
    public static final class Lookup {
        private final ChronicleMap<Place, Dossier> map;
        private final Place key = new Place();
        private final Dossier dossier = new Dossier();

        private Lookup(ChronicleMap<Place, Dossier> map) {
            this.map = map;
        }

        /**
         * Fills {@code facts} with what is held about the subject at a place ({@link Identifiers#ORGANISATION} set or not);
         * empty facts where nothing is.
         */
        public void read(int place, SubjectFacts facts, boolean ids) {
            SubjectType type = (place & Identifiers.ORGANISATION) == 0 ? SubjectType.PERSON : SubjectType.ORGANISATION;
            key.bits = place;
            if (map.getUsing(key, dossier) == null) {
                facts.clear(type);
                return;
            }
            dossier.unpack(facts, type, ids);
        }

        /** Stores the facts in place of what was held; empty facts leave no dossier. Facts must carry their ids. */
        public void write(int place, SubjectFacts facts) {
            key.bits = place;
            if (Dossier.empty(facts)) {
                map.remove(key);
                return;
            }
            map.put(key, dossier.pack(facts));
        }
    }
}
