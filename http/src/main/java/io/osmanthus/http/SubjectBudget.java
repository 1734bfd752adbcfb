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

    /** What {@link #take} answers to who has gone on asking for too long. */
    static final int SUSPENDED = Integer.MIN_VALUE;

    /** No answer of {@link #take}: the day's budget has no room. */
    private static final int DAY_SPENT = Integer.MIN_VALUE + 1;

    /** So many subjects may be asked about in vain on one day, whatever the budget. */
    static final int REFUSED_MIN = 1_000;

    /** So many requests are refused before a client is suspended, however many subjects they name. */
    private static final int REFUSALS_MIN = 20;

    private final Runnable onSuspension;

    /** When the bucket will be empty, on the clock of {@code System.nanoTime}, relative to {@link #originNanos}. */
    private final AtomicLong emptyAt = new AtomicLong();

    /** The day (epoch day × 2³²) and the subjects taken on it. */
    private final AtomicLong spent = new AtomicLong();

    /** The same for subjects that were asked about after the day's budget was spent. */
    private final AtomicLong refused = new AtomicLong();

    private final long originNanos;

    private volatile Limits limits;
    private volatile boolean suspended;

    /** What may be taken; replaced as a whole. */
    private record Limits(long intervalNanos, int perDay, int refusedMax) {
        static Limits of(int perSecond, int perDay) {
            return new Limits(
                    Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond), perDay, Math.max(REFUSED_MIN, perDay / 10));
        }
    }

    /** Who is refused more subjects a day than a tenth of the budget is suspended; {@code onSuspension} is told once. */
    SubjectBudget(int perSecond, int perDay, long nowNanos, Runnable onSuspension) {
        this.onSuspension = onSuspension;
        this.originNanos = nowNanos;
        this.limits = Limits.of(perSecond, perDay);
    }

    /** Other limits of the same bucket and the same day, from now on and for whoever takes from them: also for a batch under way. */
    void limit(int perSecond, int perDay) {
        limits = Limits.of(perSecond, perDay);
    }

    /** Whether there is nothing to remember: no rate to be paid off, nothing taken or refused today. */
    boolean untouched(long nowNanos, long nowMs) {
        return emptyAt.get() <= nowNanos - originNanos && spentToday(nowMs) == 0 && refused.get() >>> 32 != day(nowMs);
    }

    /**
     * Takes subjects from both budgets, all or nothing.
     *
     * @return {@link #ADMITTED}; a positive number of seconds after which the rate has room; or a negative one, after
     *     which the day is over; {@link #SUSPENDED}
     */
    int take(int subjects, long nowNanos, long nowMs) {
        int answer = attempt(subjects, nowNanos, nowMs);
        if (answer != DAY_SPENT) {
            return answer;
        }
        long day = day(nowMs);
        if (refuse(day, subjects)) {
            return SUSPENDED;
        }
        long endMs = (day + 1) * DAY_MS - OFFSET_MS;
        return (int) -Math.max(1, (endMs - nowMs + 999) / 1000);
    }

    /**
     * Takes subjects as {@link #take} does, where there is nothing to refuse; else leaves both budgets and the count of
     * refusals as they are, for {@link #take} to judge.
     */
    boolean takes(int subjects, long nowNanos, long nowMs) {
        return attempt(subjects, nowNanos, nowMs) == ADMITTED;
    }

    private int attempt(int subjects, long nowNanos, long nowMs) {
        if (suspended) {
            return SUSPENDED;
        }
        long day = day(nowMs);
        if (!spend(day, subjects)) {
            return DAY_SPENT;
        }
        int wait = pour(subjects, nowNanos - originNanos);
        if (wait != ADMITTED) {
            spend(day, -subjects);
        }
        return wait;
    }

    private static long day(long nowMs) {
        return Math.floorDiv(nowMs + OFFSET_MS, DAY_MS);
    }

    /** Subjects taken on the day of {@code nowMs}. */
    long spentToday(long nowMs) {
        long day = day(nowMs);
        long word = spent.get();
        return word >>> 32 == day ? word & 0xFFFF_FFFFL : 0;
    }

    /** The share of the day's budget that is taken, 0 … 1. */
    double shareToday(long nowMs) {
        return (double) spentToday(nowMs) / limits.perDay();
    }

    /** Whether nothing is answered any more. */
    boolean suspended() {
        return suspended;
    }

    /** Answers nothing any more. */
    void suspend() {
        suspended = true;
    }

    /** Answers again, as far as the day's budget goes. */
    void lift() {
        refused.set(0);
        suspended = false;
    }

    /** A request counts a {@link #REFUSALS_MIN}th of what is borne at the most: one large batch is no search through numbers. */
    private boolean refuse(long day, int subjects) {
        int refusedMax = limits.refusedMax();
        int counted = Math.min(subjects, Math.max(1, refusedMax / REFUSALS_MIN));
        long before;
        long count;
        do {
            before = refused.get();
            count = (before >>> 32 == day ? before & 0xFFFF_FFFFL : 0) + counted;
        } while (!refused.compareAndSet(before, day << 32 | Math.min(count, Integer.MAX_VALUE)));
        if (count <= refusedMax) {
            return false;
        }
        suspended = true;
        onSuspension.run();
        return true;
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
            if (after > limits.perDay() && subjects > 0) {
                return false;
            }
            if (spent.compareAndSet(word, on << 32 | after)) {
                return true;
            }
        }
    }

    private int pour(int subjects, long now) {
        long intervalNanos = limits.intervalNanos();
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
