package io.osmanthus.engine.store;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;
import org.jspecify.annotations.Nullable;

/*
 * Why buckets: a Chronicle Map answers for an absent key in half the time of a present one, which tells who is enrolled;
 * no second look-up of the opposite kind hides it, since the processor overlaps the loads of the two orders differently
 * (known 900 ns, unknown 1,010 ns). Here every look-up hits: all buckets are there from the start, a pseudonym falls into
 * one, and all of that one is compared. With the usual head-room a bucket holds 31 of 56; one in some hundred thousands is full, and what
 * does not fit stands in the overflow, all of which is compared too.
 */

/**
 * Every identifier the engine knows, 128-bit pseudonym (person, card, plate, app, organisation) → ordinal, in one Chronicle
 * Map of buckets in anonymous memory: never in a file, since a process killed inside a lock would leave it locked for others.
 * A look-up does the same work for a known identifier as for an unknown one. Of the 128 bits 96 stand in a slot, and the
 * other 32 choose the bucket.
 *
 * <p>Look-ups go through a {@link Lookup} of the calling thread and allocate nothing. Writes may come from several loader
 * threads, fastest in the order of pseudonyms; {@link #close} once, when nobody looks up any more.
 */
public final class Identifiers implements AutoCloseable {
    /** What a look-up answers for an identifier that is not known. */
    public static final int ABSENT = -1;

    /** Set in a place that is an organisation's. */
    public static final int ORGANISATION = 1 << 30;

    static final int OVERFLOW_MAX = 1_024;

    private static final int IDENTIFIERS_OF_A_BUCKET = 34;

    private final ChronicleMap<BucketNumber, Bucket> map;
    private final long capacity;
    private final int buckets;

    /** Where the buckets lie, for look-ups. An entry of one size never moves. */
    private final BytesStore<?, Void> addresses;

    private final LongAdder count = new LongAdder();

    /** Writes that have begun, and writes that have ended: a look-up that saw neither move has seen no half of a write. */
    private final AtomicLong begun = new AtomicLong();

    private final AtomicLong ended = new AtomicLong();

    /** Slots that found no room: upper half, lower half, place. Replaced as a whole under this object's monitor. */
    private volatile long[] overflow = new long[0];

    private Identifiers(ChronicleMap<BucketNumber, Bucket> map, long capacity, int buckets) {
        this.map = map;
        this.capacity = capacity;
        this.buckets = buckets;
        this.addresses = BytesStore.nativeStoreWithFixedCapacity((long) buckets * Long.BYTES);
    }

    /** Room for {@code capacity} identifiers. */
    public static Identifiers create(long capacity) {
        long identifiers = Math.max(capacity, 1_024);
        int buckets = Math.toIntExact(identifiers / IDENTIFIERS_OF_A_BUCKET + 1);
        ChronicleMap<BucketNumber, Bucket> map = Anonymous.map("identifiers", BucketNumber.class, Bucket.class, buckets)
                .constantKeySizeBySample(new BucketNumber())
                .constantValueSizeBySample(new Bucket())
                .keyReaderAndDataAccess(BucketNumberReader.INSTANCE, new BucketNumberData(buckets))
                .valueMarshaller(BucketMarshaller.INSTANCE)
                .create();
        BucketNumber number = new BucketNumber();
        Bucket empty = new Bucket();
        Identifiers made = new Identifiers(map, identifiers, buckets);
        for (int i = 0; i < buckets; i++) {
            map.put(number.at(i), empty);
            try (ExternalMapQueryContext<BucketNumber, Bucket, ?> query = map.queryContext(number)) {
                made.addresses.writeLong((long) i * Long.BYTES, address(number, query.entry()));
            }
        }
        return made;
    }

    /** A look-up for one thread. */
    public Lookup lookup() {
        return new Lookup();
    }

    public long count() {
        return count.sum();
    }

    /** How many identifiers were declared; beyond it a new generation is due. */
    public long capacity() {
        return capacity;
    }

    /** Bytes taken. */
    public long offHeapBytes() {
        return map.offHeapMemoryUsed() + (long) buckets * Long.BYTES;
    }

    @Override
    public void close() {
        map.close();
        addresses.releaseLast();
    }

    /** In the order of pseudonyms. */
    private int bucket(long high) {
        return (int) (((high >>> 32) * buckets) >>> 32);
    }

    /** What is written after it is not seen before it: a volatile write alone would let that happen on other processors than x86. */
    private void begin() {
        begun.getAndIncrement();
        VarHandle.storeStoreFence();
    }

    private synchronized void overflow(long high, long low, int place) {
        long[] slots = overflow;
        if (slots.length == 3 * OVERFLOW_MAX) {
            throw new IllegalStateException("more than " + OVERFLOW_MAX + " identifiers fall into full buckets of "
                    + capacity + ": the pseudonyms are not uniform, or the capacity is exceeded by far");
        }
        long[] more = Arrays.copyOf(slots, slots.length + 3);
        more[slots.length] = high;
        more[slots.length + 1] = low;
        more[slots.length + 2] = place;
        overflow = more;
    }

    private synchronized boolean removeOverflow(long high, long low) {
        long[] slots = overflow;
        for (int i = 0; i < slots.length; i += 3) {
            if (slots[i] == high && slots[i + 1] == low) {
                long[] fewer = Arrays.copyOf(slots, slots.length - 3);
                System.arraycopy(slots, i + 3, fewer, i, slots.length - i - 3);
                overflow = fewer;
                return true;
            }
        }
        return false;
    }

    /** Where an identifier of the overflow points, or {@link #ABSENT}; all of it is compared. */
    private int findOverflow(long high, long low) {
        long[] slots = overflow;
        long found = 0;
        for (int i = 0; i < slots.length; i += 3) {
            long difference = (slots[i] ^ high) | (slots[i + 1] ^ low);
            found |= ~slots[i + 2] & ~((difference | -difference) >> 63);
        }
        return ~(int) found;
    }

    /** One thread's way into the map: its key and value are reused from call to call. */
    public final class Lookup {
        private final BucketNumber number = new BucketNumber();
        private final Bucket bucket = new Bucket();

        /** Staged identifiers, all of one bucket: upper half, lower half, place. */
        private final long[] staged = new long[3 * Bucket.SLOTS];

        private int stagedCount;
        private int stagedBucket;

        /** Written so that touching is not found to be of no use, and left out. */
        @SuppressWarnings("UnusedVariable")
        private long touched;

        private Lookup() {}

        /** The place of an identifier, {@link #ORGANISATION} set or not, or {@link #ABSENT}. */
        public int find(long high, long low) {
            int at = bucket(high);
            long address = addresses.readLong((long) at * Long.BYTES);
            // In this order: what has ended had begun, so that equal numbers mean that nobody was writing.
            long before = ended.get();
            if (begun.get() == before) {
                // One of the two is ABSENT, all ones.
                int place = bucket.of(high, low).search(address).place() & findOverflow(high, low);
                VarHandle.loadLoadFence();
                if (begun.get() == before) {
                    return place;
                }
            }
            return findLocked(at, high, low);
        }

        /** Beside a writer: under the lock of the map's segment. */
        private int findLocked(int at, long high, long low) {
            try (ExternalMapQueryContext<BucketNumber, Bucket, ?> query = map.queryContext(number.at(at))) {
                query.readLock().lock();
                // The overflow too: an identifier moves between it and its bucket under this lock.
                return bucket.of(high, low).search(address(query.entry())).place() & findOverflow(high, low);
            }
        }

        /**
         * Brings what {@link #find} compares near the processor, and waits for nothing: of many identifiers that are touched
         * before they are looked up, the way to memory is gone for all at once. What is read here is not looked at.
         */
        public void touch(long high) {
            touched = Bucket.touch(addresses.readLong((long) bucket(high) * Long.BYTES));
        }

        /** Adds or replaces an identifier. */
        public void put(long high, long low, int place) {
            stage(high, low, place);
            flush();
        }

        /**
         * Adds or replaces an identifier, at the latest at the next {@link #flush}. In the order of pseudonyms those of one
         * bucket go in together: to find and lock a bucket costs far more than to write to it.
         */
        public void stage(long high, long low, int place) {
            int at = bucket(high);
            if (stagedCount > 0 && (at != stagedBucket || stagedCount == staged.length / 3)) {
                flush();
            }
            stagedBucket = at;
            staged[3 * stagedCount] = high;
            staged[3 * stagedCount + 1] = low;
            staged[3 * stagedCount + 2] = place;
            stagedCount++;
        }

        /** Writes what is staged. */
        public void flush() {
            if (stagedCount == 0) {
                return;
            }
            int waiting = stagedCount;
            stagedCount = 0;
            int fresh = 0;
            try (ExternalMapQueryContext<BucketNumber, Bucket, ?> query = map.queryContext(number.at(stagedBucket))) {
                query.writeLock().lock();
                long address = address(query.entry());
                begin();
                try {
                    for (int i = 0; i < waiting; i++) {
                        fresh += put(address, staged[3 * i], staged[3 * i + 1], (int) staged[3 * i + 2]) ? 1 : 0;
                    }
                } finally {
                    ended.getAndIncrement();
                }
            }
            count.add(fresh);
        }

        /** Whether it was not there. */
        private boolean put(long address, long high, long low, int place) {
            boolean elsewhere = overflow.length > 0 && removeOverflow(high, low);
            boolean known = elsewhere || bucket.of(high, low).search(address).place() != ABSENT;
            if (elsewhere || !bucket.of(high, low).put(address, place)) {
                overflow(high, low, place);
            }
            return !known;
        }

        /** Removes an identifier; nothing happens where it is absent. */
        public void remove(long high, long low) {
            try (ExternalMapQueryContext<BucketNumber, Bucket, ?> query = map.queryContext(number.at(bucket(high)))) {
                query.writeLock().lock();
                long address = address(query.entry());
                begin();
                try {
                    if (bucket.of(high, low).remove(address) || removeOverflow(high, low)) {
                        count.decrement();
                    }
                } finally {
                    ended.getAndIncrement();
                }
            }
        }

        private long address(@Nullable MapEntry<BucketNumber, Bucket> entry) {
            return Identifiers.address(number, entry);
        }
    }

    private static long address(BucketNumber number, @Nullable MapEntry<BucketNumber, Bucket> entry) {
        if (entry == null) {
            throw new IllegalStateException("bucket " + number.number + " is gone");
        }
        Data<Bucket> value = entry.value();
        return value.bytes().addressForRead(value.offset());
    }
}
