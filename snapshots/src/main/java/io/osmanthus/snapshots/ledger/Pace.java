package io.osmanthus.snapshots.ledger;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast a tail hands on a backlog: not as fast as it can, since checks are answered on the same processors, but at {@value
 * #CHANGES_MIN} changes a second, or faster where it takes that to have caught up in half of the time for which the node
 * still vouches for consents. Where it does not any more nobody is answered, and there is no rest.
 *
 * <p>For one backlog and one thread.
 */
final class Pace {
    /** Changes a second. */
    static final long CHANGES_MIN = 30_000;

    private final long changesASecond;
    private final long beganNanos;
    private long handed;

    private Pace(long changesASecond, long beganNanos) {
        this.changesASecond = changesASecond;
        this.beganNanos = beganNanos;
    }

    /** A pace for a backlog that begins now. */
    static Pace of(long behind, long nowNanos, long vouchedUntilNanos) {
        long halfMs = TimeUnit.NANOSECONDS.toMillis(vouchedUntilNanos - nowNanos) / 2;
        return new Pace(halfMs <= 0 ? Long.MAX_VALUE : Math.max(CHANGES_MIN, behind * 1_000 / halfMs), nowNanos);
    }

    /** Changes a second. */
    long changesASecond() {
        return changesASecond;
    }

    /** How long to rest after so many changes more; 0 where the work itself took longer. */
    long restNanos(int changes, long nowNanos) {
        handed += changes;
        // fits into 63 bits while a backlog has fewer than nine thousand million changes
        long due = beganNanos + handed * TimeUnit.SECONDS.toNanos(1) / changesASecond;
        return Math.max(0, due - nowNanos);
    }

    /** Rests; an interrupted thread does not. */
    void rest(int changes) {
        long nanos = restNanos(changes, System.nanoTime());
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
    }
}
