package io.osmanthus.loadtests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Load in steps, each a quarter higher than the one before, until one breaks: too slow at p99.9, a failure, or less than 95 % of
 * what was asked answered in time. A generator that lags behind its schedule breaks a step too, and so does not hide a slow
 * server. Thread-safe.
 */
final class Steps {
    private static final double FACTOR = 1.25;
    private static final double ANSWERED_SHARE_MIN = 0.95;
    private static final long NANOS_MAX = 120_000_000_000L;

    private final double from;
    private final Duration step;
    private final double p999Ms;
    private final List<Step> steps = new ArrayList<>();
    private long beginNanos;
    private int broken = Integer.MAX_VALUE;

    /** One step, as far as it has come. */
    private static final class Step {
        private final Histogram waited = new Histogram(NANOS_MAX, 3);
        private long answered;
        private long failed;
    }

    /** Steps from a rate on, none higher than {@code most}. */
    Steps(double from, double most, Duration step, double p999Ms) {
        this.from = from;
        this.step = step;
        this.p999Ms = p999Ms;
        for (double rate = from; rate <= most; rate *= FACTOR) {
            steps.add(new Step());
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("the first step, " + from + "/s, is over the highest, " + most + "/s");
        }
    }

    int count() {
        return steps.size();
    }

    double rate(int index) {
        return from * Math.pow(FACTOR, index);
    }

    /** The step that a request belongs to, by when it begins. */
    synchronized int begun() {
        long now = System.nanoTime();
        if (beginNanos == 0) {
            beginNanos = now;
        }
        return (int) Math.min(steps.size() - 1, (now - beginNanos) / step.toNanos());
    }

    synchronized void done(int index, long waitedNanos, boolean answered) {
        Step of = steps.get(index);
        if (answered) {
            of.answered++;
            of.waited.recordValue(Math.min(waitedNanos, NANOS_MAX));
        } else {
            of.failed++;
        }
    }

    /** Whether the step before this one broke: there is nothing to learn any more. */
    synchronized boolean over(int index) {
        if (index > 0 && broken == Integer.MAX_VALUE && broke(index - 1)) {
            broken = index - 1;
        }
        return index > broken;
    }

    private boolean broke(int index) {
        Step of = steps.get(index);
        double asked = rate(index) * step.toSeconds();
        return of.failed > 0 || of.answered < ANSWERED_SHARE_MIN * asked || Latencies.ms(of.waited, 99.9) > p999Ms;
    }

    /** The highest rate that held, 0 where none did. */
    synchronized double capacity() {
        double capacity = 0;
        for (int i = 0; i < steps.size() && steps.get(i).answered > 0 && !broke(i); i++) {
            capacity = rate(i);
        }
        return capacity;
    }

    /** Whether the range ended before the server did. */
    synchronized boolean neverBroke() {
        return capacity() == rate(steps.size() - 1);
    }

    /** Every step in words. */
    synchronized List<String> words() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < steps.size() && steps.get(i).answered + steps.get(i).failed > 0; i++) {
            Step of = steps.get(i);
            words.add(String.format(
                    Locale.ROOT,
                    "%,.0f a second: %,d answered, %d failed, median %.2f ms, p99 %.2f ms, p99.9 %.2f ms: %s",
                    rate(i),
                    of.answered,
                    of.failed,
                    Latencies.ms(of.waited, 50),
                    Latencies.ms(of.waited, 99),
                    Latencies.ms(of.waited, 99.9),
                    broke(i) ? "broken" : "holds"));
        }
        return List.copyOf(words);
    }
}
