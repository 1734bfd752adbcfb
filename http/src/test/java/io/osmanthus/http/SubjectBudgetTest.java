package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SubjectBudgetTest {
    private static final long EVE = Instant.parse("2026-10-15T15:59:59.999Z").toEpochMilli();
    private static final long MORROW = EVE + 1;

    private final SubjectBudget budget = new SubjectBudget(1_000_000, 10, 0);

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
}
