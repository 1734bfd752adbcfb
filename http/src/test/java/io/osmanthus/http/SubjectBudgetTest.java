package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SubjectBudgetTest {
    private static final long EVE = Instant.parse("2026-10-15T15:59:59.999Z").toEpochMilli();
    private static final long MORROW = EVE + 1;

    private final AtomicInteger suspensions = new AtomicInteger();
    private final SubjectBudget budget = new SubjectBudget(1_000_000, 10, 0, suspensions::incrementAndGet);

    @Test
    void take_dayAtLimitAndOneMore_refusedUntilMidnight() {
        assertEquals(SubjectBudget.ADMITTED, budget.take(10, 0, EVE));
        assertEquals(-1, budget.take(1, 0, EVE));
        assertEquals(SubjectBudget.ADMITTED, budget.take(10, 0, MORROW));
        assertTrue(budget.take(1, 0, MORROW) < 0);
    }

    @Test
    void take_clockReadBeforeMidnightByAnotherThread_doesNotOpenTheDayAgain() {
        assertEquals(SubjectBudget.ADMITTED, budget.take(10, 0, MORROW));
        assertTrue(budget.take(1, 0, EVE) < 0);
        assertTrue(budget.take(1, 0, MORROW) < 0);
        assertEquals(10, budget.spentToday(MORROW));
    }

    @Test
    void take_goneOnBeyondTheBudget_suspendedAtOneMoreThanAllowed() {
        assertEquals(SubjectBudget.ADMITTED, budget.take(10, 0, EVE));
        for (int i = 0; i < 20; i++) {
            assertEquals(-1, budget.take(10_000, 0, EVE), "a large batch is no search through numbers: " + i);
        }
        assertFalse(budget.suspended());
        assertEquals(SubjectBudget.SUSPENDED, budget.take(1, 0, EVE));
        assertTrue(budget.suspended());
        assertEquals(SubjectBudget.SUSPENDED, budget.take(1, 0, MORROW));
        assertEquals(1, suspensions.get());
        budget.lift();
        assertEquals(SubjectBudget.ADMITTED, budget.take(1, 0, MORROW));
    }

    @Test
    void takes_withNothingLeft_countsNoRefusal() {
        assertTrue(budget.takes(10, 0, EVE));
        for (int i = 0; i <= 2 * SubjectBudget.REFUSED_MIN; i++) {
            assertFalse(budget.takes(1, 0, EVE));
        }
        assertEquals(-1, budget.take(SubjectBudget.REFUSED_MIN, 0, EVE));
        assertFalse(budget.suspended());
        assertEquals(10, budget.spentToday(EVE));
    }

    @Test
    void take_refusedALittleEachDay_neverSuspended() {
        for (int day = 0; day < 10; day++) {
            long now = MORROW + day * 86_400_000L;
            assertEquals(SubjectBudget.ADMITTED, budget.take(10, 0, now));
            assertTrue(budget.take(SubjectBudget.REFUSED_MIN, 0, now) < 0);
            assertFalse(budget.suspended());
        }
    }
}
