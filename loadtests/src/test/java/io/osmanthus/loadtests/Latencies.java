package io.osmanthus.loadtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a simulation's users waited, second by second, and how many answers about persons they received: the one account
 * behind plots and the comparison with the server's trail. Thread-safe.
 */
final class Latencies {
    private static final long NANOS_OF_A_SECOND = 1_000_000_000;
    private static final int DIGITS = 3;
    private static final long NANOS_MAX = 120 * NANOS_OF_A_SECOND;

    private final long begin = System.nanoTime();
    private final List<Second> seconds = new ArrayList<>();
    private final Histogram all = new Histogram(NANOS_MAX, DIGITS);
    private final Histogram current = new Histogram(NANOS_MAX, DIGITS);
    private final LongAdder answersAboutPersons = new LongAdder();
    private final Map<String, LongAdder> answersByToken = new ConcurrentHashMap<>();
    private volatile @Nullable Map<String, Long> watched;
    private long second;
    private int failedInSecond;
    private long failed;

    /**
     * One second of a run.
     *
     * @param second since the begin
     * @param answered how many answers came in it, by when they came
     */
    record Second(long second, long answered, int failed, double p50Ms, double p99Ms, double p999Ms, double maxMs) {}

    /** The whole of a run. */
    record Whole(long answered, long failed, double p50Ms, double p99Ms, double p999Ms, double maxMs) {}

    /** From now on answers about these tokens are counted by token. */
    void watch(Map<String, Long> ownersByToken) {
        watched = Map.copyOf(ownersByToken);
    }

    /** An answer has come, or a request has failed. */
    synchronized void record(long startedNanos, boolean answered) {
        long now = System.nanoTime();
        long at = (now - begin) / NANOS_OF_A_SECOND;
        if (at > second) {
            close();
            second = at;
        }
        if (!answered) {
            failed++;
            failedInSecond++;
            return;
        }
        long waited = Math.min(now - startedNanos, NANOS_MAX);
        current.recordValue(waited);
        all.recordValue(waited);
    }

    /** Answers about persons were received: each has an event in the trail. */
    void aboutPersons(int answers) {
        answersAboutPersons.add(answers);
    }

    /** The same about one token. */
    void aboutToken(String token) {
        answersAboutPersons.increment();
        Map<String, Long> owners = watched;
        if (owners != null && owners.containsKey(token)) {
            answersByToken.computeIfAbsent(token, ignored -> new LongAdder()).increment();
        }
    }

    long answersAboutPersons() {
        return answersAboutPersons.sum();
    }

    /** Answers received about a person by the tokens that are watched. */
    long answersAbout(long person) {
        Map<String, Long> owners = watched;
        return owners == null
                ? 0
                : answersByToken.entrySet().stream()
                        .filter(entry -> owners.getOrDefault(entry.getKey(), -1L) == person)
                        .mapToLong(entry -> entry.getValue().sum())
                        .sum();
    }

    /** The seconds so far. */
    synchronized List<Second> seconds() {
        close();
        return List.copyOf(seconds);
    }

    synchronized Whole whole() {
        return new Whole(all.getTotalCount(), failed, ms(all, 50), ms(all, 99), ms(all, 99.9), all.getMaxValue() / 1e6);
    }

    private void close() {
        if (current.getTotalCount() > 0 || failedInSecond > 0) {
            seconds.add(new Second(
                    second,
                    current.getTotalCount(),
                    failedInSecond,
                    ms(current, 50),
                    ms(current, 99),
                    ms(current, 99.9),
                    current.getMaxValue() / 1e6));
        }
        current.reset();
        failedInSecond = 0;
    }

    static double ms(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
