package io.osmanthus.snapshots.trail;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that never goes back, so that a minute once closed stays closed. Thread-safe; milliseconds since 1970-01-01. */
final class TrailClock {
    static final long MINUTE_MS = 60_000;

    private final InstantSource source;
    private final AtomicLong latest = new AtomicLong();

    TrailClock(InstantSource source) {
        this.source = source;
    }

    long now() {
        long now = source.millis();
        long before = latest.get();
        while (now > before) {
            if (latest.compareAndSet(before, now)) {
                return now;
            }
            before = latest.get();
        }
        return before;
    }

    static long minute(long ms) {
        return Math.floorDiv(ms, MINUTE_MS);
    }
}
