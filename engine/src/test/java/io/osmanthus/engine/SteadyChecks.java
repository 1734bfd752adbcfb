package io.osmanthus.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Checks in bursts at a steady rate on a thread of its own, timed from when each burst was due: who waits is counted, also
 * for what they were not even asked.
 */
final class SteadyChecks implements AutoCloseable {
    static final int BURST = 64;
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
                                Thread.onSpinWait();
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

    /** Microseconds below which 99.9 % of the bursts since the last call were done. */
    synchronized int p999Micros() {
        int[] taken = buckets;
        buckets = new int[MICROS_MAX + 1];
        long all = 0;
        for (int count : taken) {
            all += count;
        }
        long below = 0;
        for (int micros = 0; micros <= MICROS_MAX; micros++) {
            below += taken[micros];
            if (below >= all * 0.999) {
                return micros;
            }
        }
        return MICROS_MAX;
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
