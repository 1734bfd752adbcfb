package io.osmanthus.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one client may still ask: subjects per second and per day. Thread-safe and lock-free; shared by all event loops.
 *
 * <p>The rate is a leaky bucket kept as one number, the time at which it will be empty (GCRA). A request is admitted
 * while the bucket has room for one subject, and then pours in all of its own: a batch may overdraw and is paid off by
 * waiting. The day's budget is never overdrawn.
 */
final class SubjectBudget {
    /** The bucket holds this much of the rate. */
    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Asia/Shanghai has kept one offset since 1991: a constant, since the hot path must not allocate. */
    private static final long OFFSET_MS = TimeUnit.HOURS.toMillis(8);

    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

    /** What {@link #take} answers. */
    static final int ADMITTED = 0;

    private final long intervalNanos;
    private final int perDay;

    /** When the bucket will be empty, on the clock of {@code System.nanoTime}, relative to {@link #originNanos}. */
    private final AtomicLong emptyAt = new AtomicLong();

    /** The day (epoch day × 2³²) and the subjects taken on it. */
    private final AtomicLong spent = new AtomicLong();

    private final long originNanos;

    SubjectBudget(int perSecond, int perDay, long nowNanos) {
        this.intervalNanos = Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
        this.perDay = perDay;
        this.originNanos = nowNanos;
    }

    /**
     * Takes subjects from both budgets, all or nothing.
     *
     * @return {@link #ADMITTED}; a positive number of seconds after which the rate has room; or a negative one, after
     *     which the day is over
     */
    int take(int subjects, long nowNanos, long nowMs) {
        long day = Math.floorDiv(nowMs + OFFSET_MS, DAY_MS);
        if (!spend(day, subjects)) {
            long endMs = (day + 1) * DAY_MS - OFFSET_MS;
            return (int) -Math.max(1, (endMs - nowMs + 999) / 1000);
        }
        int wait = pour(subjects, nowNanos - originNanos);
        if (wait != ADMITTED) {
            spend(day, -subjects);
        }
        return wait;
    }

    /** Subjects taken on the day of {@code nowMs}. */
    long spentToday(long nowMs) {
        long day = Math.floorDiv(nowMs + OFFSET_MS, DAY_MS);
        long word = spent.get();
        return word >>> 32 == day ? word & 0xFFFF_FFFFL : 0;
    }

    /** The share of the day's budget that is taken, 0 … 1. */
    double shareToday(long nowMs) {
        return (double) spentToday(nowMs) / perDay;
    }

    private boolean spend(long day, int subjects) {
        while (true) {
            long word = spent.get();
            long known = word >>> 32;
            if (subjects < 0 && known != day) {
                return true;
            }
            // A thread that read its clock just before midnight must not open the day before again.
            long on = known == day + 1 ? known : day;
            long taken = known == on ? word & 0xFFFF_FFFFL : 0;
            long after = Math.max(0, taken + subjects);
            if (after > perDay && subjects > 0) {
                return false;
            }
            if (spent.compareAndSet(word, on << 32 | after)) {
                return true;
            }
        }
    }

    private int pour(int subjects, long now) {
        while (true) {
            long before = emptyAt.get();
            long level = Math.max(0, before - now);
            long over = level - (BURST_NANOS - intervalNanos);
            if (over > 0) {
                return (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(over + BURST_NANOS - 1));
            }
            if (emptyAt.compareAndSet(before, now + level + subjects * intervalNanos)) {
                return ADMITTED;
            }
        }
    }
}
