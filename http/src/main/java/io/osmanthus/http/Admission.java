package io.osmanthus.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/*
 * Asked first and filled last: whoever is then refused for another reason (a client beyond its own rate) has taken nothing
 * from the others. Loops that ask at the same moment may overdraw by one each.
 */

/**
 * How much of something the server takes on, of all who ask together: subjects of checks, tokens that turn out to be forged. A
 * leaky bucket kept as one number (GCRA), with room for {@link #BURST_NANOS} of its rate; a batch may overdraw it. Thread-safe
 * and lock-free; shared by all event loops.
 */
final class Admission {
    /** Short, since what is admitted at once waits in line; longer than a pause of the collector. */
    static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final AtomicLong emptyAt = new AtomicLong();
    private final long intervalNanosMillionths;
    private final long originNanos;

    Admission(int perSecond, long nowNanos) {
        this.intervalNanosMillionths = TimeUnit.SECONDS.toNanos(1) * 1_000_000 / perSecond;
        this.originNanos = nowNanos;
    }

    /** Whether there is room for one more. */
    boolean open(long nowNanos) {
        return emptyAt.get() - (nowNanos - originNanos) <= BURST_NANOS;
    }

    /** Takes so many on. */
    void take(int subjects, long nowNanos) {
        long now = nowNanos - originNanos;
        long nanos = Math.max(1, subjects * intervalNanosMillionths / 1_000_000);
        while (true) {
            long before = emptyAt.get();
            if (emptyAt.compareAndSet(before, Math.max(before, now) + nanos)) {
                return;
            }
        }
    }
}
