package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden values: the examples of GB 11643 itself, and codes that large organisations publish. */
final class IdentifiersOfTheStandardsTest {
    @Test
    void valid_examplesOfGb11643_are() {
        for (String id : List.of("11010519491231002X", "11010519491231002x", "440524188001010014")) {
            assertTrue(CitizenIds.valid(id, 0), id);
        }
        assertEquals(LocalDate.of(1949, 12, 31).toEpochDay(), CitizenIds.birthday("11010519491231002X", 0));
    }

    @Test
    void valid_oneDigitWrong_neverIs() {
        String id = "440524188001010014";
        for (int at = 0; at < id.length(); at++) {
            for (char c = '0'; c <= '9'; c++) {
                if (c != id.charAt(at)) {
                    String wrong = id.substring(0, at) + c + id.substring(at + 1);
                    assertFalse(CitizenIds.valid(wrong, 0), wrong);
                }
            }
        }
    }

    @Test
    void find_idWithinText_isFoundWhereverItStands() {
        assertEquals(3, CitizenIds.find("no 11010519491231002x.", 0));
        assertEquals(2, CitizenIds.find("R9440524188001010014", 0));
        assertEquals(-1, CitizenIds.find("440524188001010014", 1));
        assertEquals(-1, CitizenIds.find("44052418800101001", 0));
    }

    @Test
    void checked_publishedCodes_haveBothChecks() {
        for (String code : List.of(
                "91330100799655058B",
                "9144030071526726XG",
                "91110000802100433B",
                "914403001922038216",
                "12100000400002259P",
                "91100000100003962T")) {
            assertTrue(Usccs.shaped(code), code);
            assertTrue(Usccs.checked(code), code);
        }
    }

    @Test
    void check_remainderZero_isZero() {
        // Σ is a multiple of 31 here: without the outer modulus there would be no such character.
        StringBuilder code = new StringBuilder("91320508X00000010");
        boolean met = false;
        for (int i = 0; i < 31 && !met; i++) {
            code.setCharAt(15, "0123456789ABCDEFGHJKLMNPQRTUWXY".charAt(i));
            met = Usccs.check(code + "0") == '0';
        }
        assertTrue(met);
    }

    @Test
    void shaped_lettersOfTheAlphabetOnly() {
        for (String code : List.of(
                "9133010079965505IB",
                "9133010079965505OB",
                "0133010079965505BB",
                "B1330100799655058B",
                "91A30100799655058B",
                "91330100799655058",
                "91330100799655058BB",
                "")) {
            assertFalse(Usccs.shaped(code), code);
        }
        assertTrue(Usccs.individualTrader("92330100799655058B"));
        assertFalse(Usccs.individualTrader("91330100799655058B"));
    }

    @Test
    void days_everyDayOfFourCenturies_isThatOfTheCalendar() {
        LocalDate day = LocalDate.of(1799, 12, 31);
        for (int i = 0; i < 400 * 366; i++, day = day.plusDays(1)) {
            assertEquals(day.toEpochDay(), Days.parse(day.toString()), day::toString);
        }
    }

    @Test
    void days_anyNumbers_areRealOrMalformed() {
        for (int year : new int[] {0, 1, 1900, 2000, 2024, 2026, 9999}) {
            for (int month = 0; month <= 13; month++) {
                for (int day = 0; day <= 32; day++) {
                    assertEquals(calendar(year, month, day), Days.of(year, month, day));
                }
            }
        }
        for (String text : List.of(
                "2026-1-01", "2026-01-1 ", "2026/01/01", "20260101", " 2026-01-01", "２026-01-01", "+026-01-01")) {
            assertEquals(Days.MALFORMED, Days.parse(text), text);
        }
        assertEquals(Days.NONE, Days.parse(""));
    }

    private static int calendar(int year, int month, int day) {
        try {
            return year < 1
                    ? Days.MALFORMED
                    : (int) LocalDate.of(year, month, day).toEpochDay();
        } catch (DateTimeException e) {
            return Days.MALFORMED;
        }
    }
}
