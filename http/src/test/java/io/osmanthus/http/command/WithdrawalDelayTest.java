package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.ledger.Ledger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A consent withdrawn on one server, checked on it and on another of the same ledger: none has a benefit on the first once it
 * is acknowledged, and how long the second still gives one is measured.
 */
final class WithdrawalDelayTest {
    private static final boolean DRILLS = Boolean.getBoolean("osmanthus.drills");
    private static final int TRIALS = Integer.getInteger("trials", DRILLS ? 2_000 : 60);
    private static final int WARM_UP = 20;
    private static final double MEDIAN_MS_MAX = 100;
    private static final double P999_MS_MAX = 1_000;
    private static final String CONSENT = "/v1/me/consents/transit";

    @TempDir
    Path directory = Path.of("");

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void consent_withdrawnOnOne_goneOnTheOtherInTime() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, 200);
        Ledger.Place place = Database.fresh();
        try (Serving one = rig.serve(place);
                Serving two = rig.serve(place)) {
            long person = rig.entitled(one.port(), 0);
            String card = rig.city.token(person).token();
            String citizen = rig.citizen(person);
            double[] delays = new double[TRIALS];
            for (int trial = -WARM_UP; trial < TRIALS; trial++) {
                double delay = trial(rig, one.port(), two.port(), citizen, card);
                if (trial >= 0) {
                    delays[trial] = delay;
                }
            }
            Arrays.sort(delays);
            System.out.printf(
                    "withdrawn on one server, gone on the other after (ms, %d trials): min %.1f, median %.1f, p90 %.1f,"
                            + " p99 %.1f, p99.9 %.1f, max %.1f%n",
                    TRIALS,
                    delays[0],
                    at(delays, 0.5),
                    at(delays, 0.9),
                    at(delays, 0.99),
                    at(delays, 0.999),
                    delays[TRIALS - 1]);
            assertTrue(at(delays, 0.5) <= MEDIAN_MS_MAX, () -> "median " + at(delays, 0.5) + " ms");
            assertTrue(at(delays, 0.999) <= P999_MS_MAX, () -> "p99.9 " + at(delays, 0.999) + " ms");
        }
    }

    /** Milliseconds from the acknowledgement to the first check on the other server that gives nothing. */
    private static double trial(LedgerRig rig, int one, int two, String citizen, String card) throws Exception {
        LedgerRig.Answer given = rig.ask(one, "PUT", CONSENT, citizen, "{\"purpose_version\":1}");
        assertEquals(200, given.status(), given.body());
        await(rig, two, card, true);
        LedgerRig.Answer withdrawn = rig.ask(one, "DELETE", CONSENT, citizen, null);
        long acknowledged = System.nanoTime();
        assertEquals(200, withdrawn.status(), withdrawn.body());
        assertFalse(rig.benefit(one, card), "a benefit on the answering server after the acknowledgement");
        await(rig, two, card, false);
        return (System.nanoTime() - acknowledged) / 1e6;
    }

    private static void await(LedgerRig rig, int port, String card, boolean benefit) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (rig.benefit(port, card) != benefit) {
            assertTrue(System.nanoTime() < until, "the other server does not follow");
        }
    }

    private static double at(double[] sorted, double quantile) {
        return sorted[Math.min(sorted.length - 1, (int) Math.ceil(quantile * sorted.length) - 1)];
    }
}
