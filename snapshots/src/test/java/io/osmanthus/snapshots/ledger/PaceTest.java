package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class PaceTest {
    private static final long MS = 1_000_000;
    private static final long MINUTE = 60_000 * MS;

    @Test
    void backlog_small_isHandedOnAtTheUsualPace() {
        Pace pace = Pace.of(1_000, 5 * MS, 5 * MS + MINUTE);
        assertEquals(30_000, pace.changesASecond());
        assertEquals(9 * MS, pace.restNanos(300, 6 * MS));
        assertEquals(10 * MS, pace.restNanos(300, 15 * MS));
        assertEquals(0, pace.restNanos(300, 40 * MS), "the work took longer");
    }

    @Test
    void backlog_large_isDoneInHalfOfTheTimeThatIsLeft() {
        assertEquals(30_000, Pace.of(900_000, 0, MINUTE).changesASecond());
        assertEquals(30_001, Pace.of(900_030, 0, MINUTE).changesASecond());
        assertEquals(180_000, Pace.of(900_000, 0, MINUTE / 6).changesASecond());
        Pace pace = Pace.of(30_000_000, 0, MINUTE);
        assertEquals(1_000_000, pace.changesASecond());
        assertEquals(30_000 * MS, pace.restNanos(30_000_000, 0));
    }

    @Test
    void backlog_whereNobodyIsAnswered_isHandedOnWithoutARest() {
        for (long until : new long[] {-MINUTE, 0, MS}) {
            assertEquals(0, Pace.of(1_000_000, 0, until).restNanos(256, 0));
        }
        assertEquals(0, Pace.of(1_000_000, Long.MAX_VALUE, Long.MIN_VALUE).restNanos(256, Long.MAX_VALUE), "1 ns");
        assertEquals(
                30_000, Pace.of(1, Long.MAX_VALUE, Long.MAX_VALUE + MINUTE).changesASecond(), "the clock goes round");
    }

    @Test
    void backlog_ofThousandMillions_restsWithoutOverflow() {
        Pace pace = Pace.of(6_000_000_000L, 0, MINUTE);
        for (int i = 0; i < 3; i++) {
            pace.restNanos(2_000_000_000, 0);
        }
        assertEquals(30_000 * MS + 5_000, pace.restNanos(1_000, 0));
    }
}
