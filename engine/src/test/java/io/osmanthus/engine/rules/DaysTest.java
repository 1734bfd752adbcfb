package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DaysTest {
    @Test
    void plusMonths_leapDayPlusYears_firstOfMarch() {
        assertEquals(Shipped.day("2025-03-01"), Days.plusMonths(Shipped.day("2024-02-29"), 12));
        assertEquals(Shipped.day("2026-03-01"), Days.plusMonths(Shipped.day("2024-02-29"), 24));
        assertEquals(Shipped.day("2028-02-29"), Days.plusMonths(Shipped.day("2024-02-29"), 48));
        assertEquals(Shipped.day("2029-03-01"), Days.plusMonths(Shipped.day("2024-02-29"), 60));
    }

    @Test
    void plusMonths_dayLacking_firstOfNextMonth() {
        assertEquals(Shipped.day("2025-03-01"), Days.plusMonths(Shipped.day("2024-11-29"), 3));
        assertEquals(Shipped.day("2025-03-01"), Days.plusMonths(Shipped.day("2024-11-30"), 3));
        assertEquals(Shipped.day("2024-02-29"), Days.plusMonths(Shipped.day("2023-11-29"), 3));
        assertEquals(Shipped.day("2026-12-01"), Days.plusMonths(Shipped.day("2026-08-31"), 3));
        assertEquals(Shipped.day("2027-01-31"), Days.plusMonths(Shipped.day("2026-10-31"), 3));
    }

    @Test
    void plusMonths_everyDayOfAnEra_asJavaTime() {
        int[] months = {-24, -12, -3, -1, 1, 2, 3, 11, 12, 24, 36, 60};
        LocalDate date = LocalDate.parse("1850-01-01");
        LocalDate last = LocalDate.parse("2250-01-01");
        for (; date.isBefore(last); date = date.plusDays(1)) {
            int day = (int) date.toEpochDay();
            assertEquals(date.getYear(), Days.year(day));
            for (int one : months) {
                assertEquals(StraightModel.plusMonths(date, one).toEpochDay(), Days.plusMonths(day, one));
            }
        }
    }

    @Test
    void plusMonths_randomDaysAndPeriods_asJavaTime() {
        Random random = Shipped.random("DaysTest.plusMonths");
        int first = Shipped.day("0200-01-01");
        int span = Shipped.day("9800-01-01") - first;
        for (int n = 0; n < 200_000; n++) {
            int day = first + random.nextInt(span);
            int months = random.nextInt(2_401) - 1_200;
            LocalDate date = LocalDate.ofEpochDay(day);
            assertEquals(date.getYear(), Days.year(day));
            assertEquals(StraightModel.plusMonths(date, months).toEpochDay(), Days.plusMonths(day, months));
        }
    }

    @Test
    void countsFrom_everyDay_isTheFirstStartThatCounts() {
        for (int months : new int[] {1, 3, 12, 24, 60}) {
            for (int day = Shipped.day("2019-12-25"); day < Shipped.day("2028-03-10"); day++) {
                int from = Days.countsFrom(day, months);
                assertTrue(Days.plusMonths(from, months) > day);
                assertTrue(Days.plusMonths(from - 1, months) <= day);
            }
        }
    }
}
