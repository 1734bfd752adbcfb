package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.SubjectFacts;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whether {@link Reader#check} takes as long for a token that nobody has bound as for one that somebody has: a Welch t-test
 * in the manner of dudect over interleaved pairs, in the process.
 *
 * <p>What it measures: the time between two readings of the clock about one call, whose resolution is some 20 ns, on whatever
 * machine runs it; times above the 90th percentile of both together (interrupts, pages) are cut off alike. It says nothing of
 * the network, and |t| grows with the number of pairs. The bar is |t| &lt; 4.5 over a million pairs, a difference of some two
 * nanoseconds. It is asserted where {@code -Dosmanthus.timing=true} asks for it: what else runs on the machine moves it. The
 * figure is always printed, and the answers are always checked.
 */
final class CheckTimingTest {
    private static final boolean SLOW = Boolean.getBoolean("osmanthus.slow");
    private static final int PERSONS = SLOW ? 500_000 : 2_000;
    private static final int PAIRS = SLOW ? 1_000_000 : 20_000;
    private static final int WARM_UP = SLOW ? 200_000 : 1_000;
    private static final double T_MAX = 4.5;
    private static final double KEPT = 0.9;

    private final Random random = Seed.random("CheckTimingTest");
    private final int scene = Fixtures.scene("culture");

    @Test
    void check_knownAndUnknown_notToldApartByTime() {
        Generation generation = city();
        long[] known = new long[PAIRS];
        long[] unknown = new long[PAIRS];
        long benefits = 0;
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            engine.publish(generation);
            reader.advance();
            for (int i = -WARM_UP; i < PAIRS; i++) {
                Change.Subject bound = token(random.nextInt(PERSONS));
                long high = random.nextLong();
                long low = random.nextLong();
                boolean knownFirst = random.nextBoolean();
                for (int turn = 0; turn < 2; turn++) {
                    boolean ofKnown = knownFirst == (turn == 0);
                    // One call site: two would be compiled apart.
                    long tokenHigh = ofKnown ? bound.high() : high;
                    long tokenLow = ofKnown ? bound.low() : low;
                    long from = System.nanoTime();
                    int code = reader.check(scene, tokenHigh, tokenLow);
                    long nanos = System.nanoTime() - from;
                    benefits += i < 0 ? 0 : code;
                    if (i >= 0) {
                        (ofKnown ? known : unknown)[i] = nanos;
                    }
                }
            }
        }
        // Every second person has consented, everyone stands at the base: the code is 1 or 0.
        assertEquals(PAIRS / 2.0, (double) benefits, PAIRS * 0.05);
        double t = t(known, unknown);
        System.out.printf(
                "CheckTimingTest: %,d pairs, %,d persons, |t| = %.2f, medians %d and %d ns%n",
                PAIRS, PERSONS, Math.abs(t), median(known), median(unknown));
        if (Boolean.getBoolean("osmanthus.timing")) {
            assertTrue(Math.abs(t) < T_MAX, "known and unknown tokens differ in time: |t| = " + Math.abs(t));
        }
    }

    private static Generation city() {
        Generation generation = Fixtures.empty(PERSONS, 0);
        long position = 0;
        try (Writer writer = Writer.of(generation)) {
            for (int i = 0; i < PERSONS; i++) {
                Change.Subject token = token(i);
                writer.apply(++position, new Change.Enrol(Fixtures.person(i), -1));
                writer.apply(++position, new Change.BindToken(Fixtures.person(i), token));
                if (i % 2 == 0) {
                    Change consent = new Change.GiveConsent(
                            Fixtures.person(i), Fixtures.scene("culture"), Fixtures.TODAY, SubjectFacts.NONE);
                    writer.apply(++position, consent);
                }
            }
        }
        return generation;
    }

    /** As uniform as a real pseudonym: keys with a structure of their own probe the map differently. */
    private static Change.Subject token(int number) {
        SplittableRandom random = new SplittableRandom(number);
        return new Change.Subject(random.nextLong(), random.nextLong());
    }

    private static double t(long[] left, long[] right) {
        long[] all = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, all, left.length, right.length);
        Arrays.sort(all);
        long cut = all[(int) (all.length * KEPT)];
        double[] one = moments(left, cut);
        double[] other = moments(right, cut);
        return (one[0] - other[0]) / Math.sqrt(one[1] / one[2] + other[1] / other[2]);
    }

    /** Mean, variance and number of the times up to a bound. */
    private static double[] moments(long[] nanos, long cut) {
        double count = 0;
        double mean = 0;
        double squares = 0;
        for (long one : nanos) {
            if (one <= cut) {
                count++;
                double delta = (double) one - mean;
                mean += delta / count;
                squares += delta * ((double) one - mean);
            }
        }
        return new double[] {mean, squares / (count - 1), count};
    }

    private static long median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
