package io.osmanthus.snapshots.vocabulary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkingDaysTest {
    private static final Path SHIPPED =
            Path.of(System.getProperty("osmanthus.root", ".")).resolve("config/holidays");

    @TempDir
    Path directory = Path.of("");

    @Test
    void after_goldenCases_areTheDaysOfTheNotices() {
        WorkingDays days = WorkingDays.load(SHIPPED);
        assertEquals("2020-02-04", after(days, "2020-01-20", 5));
        assertEquals("2020-02-06", after(days, "2020-01-20", 7));
        assertEquals("2026-10-12", after(days, "2026-09-25", 7));
        assertTrue(days.working(day("2020-01-19")), "a make-up Sunday");
        assertFalse(days.working(day("2026-10-01")));
        assertTrue(days.covers(2018) && days.covers(2026));
        assertFalse(days.covers(2017) || days.covers(2027) || days.covers(1) || days.covers(9_999));
    }

    @Test
    void between_countsWhatAfterGoes() {
        WorkingDays days = WorkingDays.load(SHIPPED);
        for (int count = 0; count < 30; count++) {
            int from = day("2026-09-18");
            assertEquals(count, days.between(from, days.after(from, count)));
        }
        assertEquals(0, days.between(day("2026-10-15"), day("2026-10-15")));
        assertEquals(0, days.between(day("2026-10-15"), day("2026-10-01")));
    }

    @Test
    void after_yearsWithoutNotice_haveWeekendsOnly() {
        WorkingDays days = WorkingDays.load(directory.resolve("missing"));
        assertEquals("2026-10-06", after(days, "2026-09-25", 7));
        assertEquals("1900-01-08", after(days, "1900-01-01", 5));
        assertEquals("2026-09-25", after(days, "2026-09-25", 0));
    }

    @Test
    void load_faultyNotice_isNamedWithItsLine() throws IOException {
        Files.writeString(
                directory.resolve("2027.json"), "{\"year\": 2027,\n\"days\": [{\"name\": \"x\", \"date\": \"x\"}]}");
        ConfigException refused = assertThrows(ConfigException.class, () -> WorkingDays.load(directory));
        assertEquals("2027.json", refused.findings().get(0).file());
        assertEquals(2, refused.findings().get(0).line());
    }

    private static String after(WorkingDays days, String day, int count) {
        return LocalDate.ofEpochDay(days.after(day(day), count)).toString();
    }

    private static int day(String date) {
        return (int) LocalDate.parse(date).toEpochDay();
    }
}
