package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long ORIGIN = -77;

    private static int admitted(Admission admission, long from, long to, long step) {
        int admitted = 0;
        for (long now = from; now < to; now += step) {
            if (admission.open(now)) {
                admission.take(1, now);
                admitted++;
            }
        }
        return admitted;
    }

    @Test
    void open_threeTimesTheRate_theRateAndOneBurst() {
        Admission admission = new Admission(20_000, ORIGIN);
        int burst = (int) (20_000 * Admission.BURST_NANOS / SECOND);
        int first = admitted(admission, ORIGIN, ORIGIN + SECOND, SECOND / 60_000);
        assertEquals(20_000 + burst, first, 2);
        assertEquals(20_000, admitted(admission, ORIGIN + SECOND, ORIGIN + 2 * SECOND, SECOND / 60_000), 2);
    }

    @Test
    void open_belowTheRate_all() {
        Admission admission = new Admission(20_000, ORIGIN);
        assertEquals(10_000, admitted(admission, ORIGIN, ORIGIN + SECOND, SECOND / 10_000));
    }

    @Test
    void take_batch_overdrawsAndIsPaidOff() {
        Admission admission = new Admission(1_000, ORIGIN);
        assertTrue(admission.open(ORIGIN));
        admission.take(10_000, ORIGIN);
        assertFalse(admission.open(ORIGIN + 9 * SECOND));
        assertTrue(admission.open(ORIGIN + 10 * SECOND));
    }

    @Test
    void open_afterALongPause_oneBurstOnly() {
        Admission admission = new Admission(1_000, ORIGIN);
        admission.take(1, ORIGIN);
        long later = ORIGIN + 3_600 * SECOND;
        int burst = (int) (1_000 * Admission.BURST_NANOS / SECOND);
        assertEquals(burst + 1, admitted(admission, later, later + 100, 1), 1);
    }
}
