package io.osmanthus.snapshots.trail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trail of every kind of unit under another key: each person reads what they read before. */
final class RekeyTrailTest {
    private static final String FINGERPRINT = "0123456789abcdef";
    private static final int PERSONS = 4;

    /** After each event so many minutes pass: in the end there are counts, days, hours and minutes. */
    private static final int[] MINUTES = {1_440, 1_440, 60 * 1_440, 40 * 1_440, 1_440, 60, 60, 2};

    private final AtomicLong now =
            new AtomicLong(Instant.parse("2026-03-10T02:05:10Z").toEpochMilli());

    @TempDir
    private Path directory;

    private AccessTrail open() {
        TrailOptions options =
                new TrailOptions(directory.resolve("queues"), directory.resolve("rolled"), "a", 1 << 20, 1_000, 12);
        return AccessTrail.open(options, () -> Instant.ofEpochMilli(now.get()), List.of(() -> 1L << 40), 0);
    }

    private static long before(int person) {
        return person * 0x3100_0000_0000_0000L;
    }

    /** In other buckets, and in another order. */
    private static long after(int person) {
        return (PERSONS - person) * 0x1700_0000_0000_0000L + 5;
    }

    /** Some four months: counts, days, hours and minutes. */
    private void fill() {
        try (AccessTrail trail = open();
                TrailWriter writer = trail.writer()) {
            for (int minutes : MINUTES) {
                for (int person = 0; person < PERSONS; person++) {
                    writer.add(
                            true, before(person), person, trail.what(Asked.CHECK, "gate", "transit", "fare-discount"));
                }
                assertTrue(writer.commit());
                now.addAndGet(Duration.ofMinutes(minutes).toMillis());
                trail.pass();
                assertEquals(0, trail.failures());
            }
        }
    }

    private List<String> read(long high, long low) {
        try (AccessTrail trail = open()) {
            List<String> lines = new ArrayList<>();
            trail.accesses(high, low, 0, Long.MAX_VALUE / 2, null, 1_000)
                    .accesses()
                    .forEach(access -> lines.add(access.toString()));
            return lines;
        }
    }

    private static RekeyTrail.Names names(int persons) {
        return to -> {
            for (int person = 0; person < persons; person++) {
                to.person(before(person), person, after(person), person + 100L);
                to.person(before(person), person, after(person), person + 100L);
            }
        };
    }

    private RekeyTrail.Result run(int named, boolean leaveOut, boolean count) {
        return RekeyTrail.run(directory.resolve("rolled"), FINGERPRINT, names(named), leaveOut, count);
    }

    private List<String> units() throws Exception {
        try (Stream<Path> entries = Files.list(directory.resolve("rolled"))) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> Unit.parse(name) != null)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void run_everybodyNamed_eachReadsTheSameAndNothingOldIsLeft() throws Exception {
        fill();
        List<List<String>> expected = new ArrayList<>();
        for (int person = 0; person < PERSONS; person++) {
            expected.add(read(before(person), person));
            assertFalse(expected.get(person).isEmpty());
        }
        for (Unit.Span span : Unit.Span.values()) {
            assertTrue(units().stream().anyMatch(name -> name.startsWith(span.word())), span + " in " + units());
        }
        List<String> untouched = units();
        RekeyTrail.Result counted = run(PERSONS, false, true);
        assertFalse(counted.done());
        assertEquals(untouched, units());
        RekeyTrail.Result result = run(PERSONS, false, false);
        assertTrue(result.done());
        assertEquals(counted.events(), result.events());
        assertEquals(0, result.leftOut());
        for (int person = 0; person < PERSONS; person++) {
            assertEquals(expected.get(person), read(after(person), person + 100L));
            assertEquals(List.of(), read(before(person), person));
        }
        assertNothingOld();
        assertEquals(0, run(PERSONS, false, false).events(), "a second run finds it done");
        goesOn(expected.get(1));
    }

    private void assertNothingOld() throws Exception {
        String glob = directory.resolve("rolled") + "/*/*.parquet";
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*), count(*) FILTER (low < 100) FROM read_parquet('" + glob + "')")) {
            rows.next();
            assertTrue(rows.getLong(1) > 0);
            assertEquals(0, rows.getLong(2));
        }
    }

    /** Units go on to be merged: nothing is lost or read twice for it. */
    private void goesOn(List<String> expected) {
        try (AccessTrail trail = open()) {
            now.addAndGet(Duration.ofDays(2).toMillis());
            trail.pass();
            assertEquals(0, trail.failures());
        }
        assertEquals(expected.size(), read(after(1), 101).size());
    }

    @Test
    void run_somebodyNotNamed_isDroppedOnlyIfThatIsSaid() throws Exception {
        fill();
        List<String> before = units();
        RekeyTrail.Result refused = run(PERSONS - 1, false, false);
        assertFalse(refused.done());
        assertEquals(refused.events() / PERSONS, refused.leftOut());
        assertEquals(before, units());
        assertTrue(run(PERSONS - 1, true, false).done());
        assertEquals(List.of(), read(after(PERSONS - 1), PERSONS + 99L));
        assertFalse(read(after(0), 100).isEmpty());
    }

    /** Who has left stays away, also where the files have not been rewritten yet. */
    @Test
    void run_erasureUnderWay_isFinished() {
        fill();
        try (AccessTrail trail = open()) {
            trail.erase(before(2), 2);
        }
        assertTrue(run(PERSONS, false, false).done());
        assertEquals(List.of(), read(after(2), 102));
        assertFalse(read(after(1), 101).isEmpty());
    }

    @Test
    void run_startThatHasNotHandedIn_isRefused() throws Exception {
        try (AccessTrail trail = open();
                TrailWriter writer = trail.writer()) {
            writer.add(true, before(1), 1, trail.what(Asked.CHECK, "gate", "transit", null));
            assertTrue(writer.commit());
            trail.letGo();
        }
        TrailException refused = assertThrows(TrailException.class, () -> run(PERSONS, true, false));
        assertTrue(String.valueOf(refused.getMessage()).contains("a."), refused.getMessage());
    }
}
