package io.osmanthus.http;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The rate of one address, in a table that cannot grow: each address falls into a slot by a hash with a random seed,
 * and addresses of one slot share its rate. An IPv6 address counts by its /64. Thread-safe and lock-free.
 */
final class AddressLimit {
    private static final int SLOT_BITS = 16;

    /** 512 KiB. With a thousand active addresses about one in sixty shares a slot with another. */
    static final int SLOTS = 1 << SLOT_BITS;

    /** A burst of so many seconds of the rate is admitted at once. */
    private static final long BURST_SECONDS = 2;

    private final AtomicLongArray emptyAt = new AtomicLongArray(SLOTS);
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final long intervalNanos;
    private final long originNanos;

    AddressLimit(int perSecond, long nowNanos) {
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.originNanos = nowNanos;
    }

    /** Takes one request; false where the address has used its rate up. */
    boolean take(@Nullable String address, long nowNanos) {
        int slot = slot(address);
        long now = nowNanos - originNanos;
        while (true) {
            long before = emptyAt.get(slot);
            long level = Math.max(0, before - now);
            if (level > TimeUnit.SECONDS.toNanos(BURST_SECONDS) - intervalNanos) {
                return false;
            }
            if (emptyAt.compareAndSet(slot, before, now + level + intervalNanos)) {
                return true;
            }
        }
    }

    /** Whether a request would be admitted now; takes nothing. */
    boolean open(@Nullable String address, long nowNanos) {
        long level = Math.max(0, emptyAt.get(slot(address)) - (nowNanos - originNanos));
        return level <= TimeUnit.SECONDS.toNanos(BURST_SECONDS) - intervalNanos;
    }

    private int slot(@Nullable String address) {
        byte[] bytes = address == null ? null : AddressRange.literal(address);
        long key = 0;
        for (int i = 0; bytes != null && i < Math.min(bytes.length, Long.BYTES); i++) {
            key = key << Byte.SIZE | (bytes[i] & 0xFF);
        }
        return (int) (mixed(mixed(key ^ seed) + seed) >>> (Long.SIZE - SLOT_BITS));
    }

    /**
     * The finaliser of SplitMix64. Neighbouring addresses must not meet more often than others: under {@code
     * Arrays.hashCode}, a.b.c.d and a.b.c+1.d-31 met whatever the seed.
     */
    private static long mixed(long key) {
        long bits = (key ^ key >>> 30) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ bits >>> 27) * 0x94D049BB133111EBL;
        return bits ^ bits >>> 31;
    }
}
