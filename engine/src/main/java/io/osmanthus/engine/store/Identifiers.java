package io.osmanthus.engine.store;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.map.ChronicleMap;

/*
 * Why buckets: a Chronicle Map answers for an absent key in half the time of a present one, which tells who is enrolled;
 * no second look-up of the opposite kind hides it, since the processor overlaps the loads of the two orders differently
 * (known 900 ns, unknown 1,010 ns). Here every look-up hits: all buckets are there from the start, a pseudonym falls into
 * one, and all of that one is compared. A bucket holds twelve of 32 at capacity; one in some millions is full, and what
 * does not fit stands in the overflow, all of which is compared too.
 */

/**
 * Every identifier the engine knows, 128-bit pseudonym (person, card, plate, app, organisation) → ordinal, in one Chronicle
 * Map of buckets in anonymous memory: never in a file, since a process killed inside a lock would leave it locked for others.
 * A look-up does the same work for a known identifier as for an unknown one.
 *
 * <p>Look-ups go through a {@link Lookup} of the calling thread and allocate nothing. Writes may come from several loader
 * threads; {@link #close} once, when nobody looks up any more.
 */
public final class Identifiers implements AutoCloseable {
    /** What a look-up answers for an identifier that is not known. */
    public static final int ABSENT = -1;

    /** Set in a place that is an organisation's. */
    public static final int ORGANISATION = 1 << 30;

    static final int OVERFLOW_MAX = 1_024;

    private static final int IDENTIFIERS_OF_A_BUCKET = 12;
    private static final int STRIPES = 256;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final ChronicleMap<Place, Bucket> map;
    private final long capacity;
    private final int buckets;
    private final AtomicLong count = new AtomicLong();

    /** Each guards the buckets whose number ends so, between reading one and writing it back. */
    private final Object[] stripes = new Object[STRIPES];

    /** Slots that found no room; replaced as a whole under its monitor, which is this object's. */
    private volatile long[] overflow = new long[0];

    private Identifiers(ChronicleMap<Place, Bucket> map, long capacity, int buckets) {
        this.map = map;
        this.capacity = capacity;
        this.buckets = buckets;
        Arrays.setAll(stripes, ignored -> new Object());
    }

    /** Room for {@code capacity} identifiers. */
    public static Identifiers create(long capacity) {
        long identifiers = Math.max(capacity, 1_024);
        int buckets = Math.toIntExact(identifiers / IDENTIFIERS_OF_A_BUCKET + 1);
        ChronicleMap<Place, Bucket> map = Anonymous.map("identifiers", Place.class, Bucket.class, buckets)
                .constantKeySizeBySample(new Place())
                .constantValueSizeBySample(new Bucket())
                .keyMarshaller(PlaceMarshaller.INSTANCE)
                .valueMarshaller(BucketMarshaller.INSTANCE)
                .create();
        Place number = new Place();
        Bucket empty = new Bucket();
        for (int i = 0; i < buckets; i++) {
            number.bits = i;
            map.put(number, empty);
        }
        return new Identifiers(map, identifiers, buckets);
    }

    /** A look-up for one thread. */
    public Lookup lookup() {
        return new Lookup();
    }

    public long count() {
        return count.get();
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

    private int bucket(long high, long low) {
        long mixed = (high ^ low) * GOLDEN;
        return (int) (((mixed >>> 32) * buckets) >>> 32);
    }

    private synchronized void overflow(long high, long low, int place) {
        long[] slots = overflow;
        if (slots.length == 2 * OVERFLOW_MAX) {
            throw new IllegalStateException("more than " + OVERFLOW_MAX + " identifiers fall into full buckets of "
                    + capacity + ": the pseudonyms are not uniform, or the capacity is exceeded by far");
        }
        long[] more = Arrays.copyOf(slots, slots.length + 2);
        more[slots.length] = high;
        more[slots.length + 1] = Bucket.tagged(low, place);
        overflow = more;
    }

    private synchronized boolean removeOverflow(long high, long low) {
        long[] slots = overflow;
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] == high && (slots[i + 1] ^ low) >>> 32 == 0) {
                long[] fewer = Arrays.copyOf(slots, slots.length - 2);
                System.arraycopy(slots, i + 2, fewer, i, slots.length - i - 2);
                overflow = fewer;
                return true;
            }
        }
        return false;
    }

    /** One thread's way into the map: its key and value are reused from call to call. */
    public final class Lookup {
        private final Place number = new Place();
        private final Bucket bucket = new Bucket();

        private Lookup() {}

        /** The place of an identifier, {@link #ORGANISATION} set or not, or {@link #ABSENT}. */
        public int find(long high, long low) {
            read(bucket(high, low));
            long[] more = overflow;
            // One of the two is ABSENT, all ones.
            return bucket.find(high, low) & Bucket.find(more, more.length, high, low);
        }

        /** Adds or replaces an identifier. */
        public void put(long high, long low, int place) {
            int at = bucket(high, low);
            synchronized (stripes[at % STRIPES]) {
                boolean known = find(high, low) != ABSENT;
                if (known && removeOverflow(high, low)) {
                    overflow(high, low, place);
                    return;
                }
                if (bucket.put(high, low, place)) {
                    map.put(number, bucket);
                } else {
                    overflow(high, low, place);
                }
                if (!known) {
                    count.incrementAndGet();
                }
            }
        }

        /** Removes an identifier; nothing happens where it is absent. */
        public void remove(long high, long low) {
            int at = bucket(high, low);
            synchronized (stripes[at % STRIPES]) {
                read(at);
                if (bucket.remove(high, low)) {
                    map.put(number, bucket);
                    count.decrementAndGet();
                } else if (removeOverflow(high, low)) {
                    count.decrementAndGet();
                }
            }
        }

        private void read(int at) {
            number.bits = at;
            if (map.getUsing(number, bucket) == null) {
                throw new IllegalStateException("bucket " + at + " is gone");
            }
        }
    }
}
