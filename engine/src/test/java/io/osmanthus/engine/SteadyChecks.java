package io.osmanthus.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Checks in bursts at a steady rate on a thread of its own, timed from when each burst was due: who waits is counted, also
 * for what they were not even asked. Between bursts the thread sleeps, as an event loop does that nobody asks.
 */
final class SteadyChecks implements AutoCloseable {
    static final int BURST = 256;

    /** What a thread sleeps too long; so near to a burst it stays awake. */
    private static final long AWAKE_NANOS = 10_000;

    private static final int MICROS_MAX = 1_000_000;

    private final Engine engine;
    private final int persons;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private int[] buckets = new int[MICROS_MAX + 1];
    private int next;

    SteadyChecks(Engine engine, int persons) {
        this.engine = engine;
        this.persons = persons;
    }

    /** Bursts a second that one thread manages when it does nothing else. */
    double saturation() {
        try (Reader reader = engine.reader()) {
            long begin = System.nanoTime();
            long bursts = 0;
            while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(2)) {
                burst(reader);
                bursts++;
            }
            return bursts * 1e9 / (System.nanoTime() - begin);
        }
    }

    /** Begins to check at a rate of bursts a second, until closed. */
    Thread start(double rate) {
        Thread thread = new Thread(
                () -> {
                    try (Reader reader = engine.reader()) {
                        double interval = 1e9 / rate;
                        long begin = System.nanoTime();
                        for (long i = 0; open.get(); i++) {
                            long due = begin + (long) (i * interval);
                            while (System.nanoTime() < due) {
                                long early = due - System.nanoTime() - AWAKE_NANOS;
                                if (early > 0) {
                                    LockSupport.parkNanos(early);
                                } else {
                                    Thread.onSpinWait();
                                }
                            }
                            burst(reader);
                            count(System.nanoTime() - due);
                        }
                    }
                },
                "checks");
        thread.start();
        return thread;
    }

    private void burst(Reader reader) {
        reader.advance();
        for (int i = 0; i < BURST; i++) {
            next = next * 1_103_515_245 + 12_345;
            Change.Subject token = Fixtures.token(1 + (next >>> 8) % persons);
            reader.check(i & 3, token.high(), token.low());
        }
    }

    private synchronized void count(long nanos) {
        buckets[(int) Math.min(MICROS_MAX, nanos / 1_000)]++;
    }

    /** How long bursts waited since the last call. */
    synchronized Waits take() {
        int[] taken = buckets;
        buckets = new int[MICROS_MAX + 1];
        return new Waits(taken);
    }

    /** Bursts by how many microseconds passed from when each was due until it was answered. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Waits(int[] buckets) {
        /** Microseconds below which a share of the bursts was done. */
        int micros(double share) {
            long all = IntStream.of(buckets).asLongStream().sum();
            long below = 0;
            for (int micros = 0; micros <= MICROS_MAX; micros++) {
                below += buckets[micros];
                if (below >= all * share) {
                    return micros;
                }
            }
            return MICROS_MAX;
        }

        Waits and(Waits other) {
            return new Waits(IntStream.rangeClosed(0, MICROS_MAX)
                    .map(i -> buckets[i] + other.buckets[i])
                    .toArray());
        }

        @Override
        public String toString() {
            return "p50 " + micros(0.5) + ", p99 " + micros(0.99) + ", p99.9 " + micros(0.999) + ", p99.99 "
                    + micros(0.9999);
        }
    }

    /** No more bursts after the one at hand. */
    void stop() {
        open.set(false);
    }

    @Override
    public void close() {
        stop();
    }
}
