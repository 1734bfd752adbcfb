package io.osmanthus.snapshots.trail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a person waits for the first page with a year behind them. A reading touches one bucket of 256, so one bucket is
 * made: a full one of a city of 13 million in {@code -Pslow} (100,000 answers a day in the bucket, 26 million in the city), a
 * small one otherwise. The time is asserted in {@code -Pslow} only.
 */
final class YearOfAccessesTest {
    private static final boolean SLOW = Boolean.getBoolean("osmanthus.slow");
    private static final int PERSONS = SLOW ? 51_000 : 500;
    private static final int ANSWERS_A_DAY = SLOW ? 100_000 : 1_000;
    private static final int LIVE_ANSWERS = SLOW ? 60_000 : 1_000;
    private static final int READINGS = SLOW ? 100 : 5;
    private static final long P99_MS_MAX = 300;
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 23);

    @TempDir
    private Path directory;

    @Test
    void accesses_withAYear_arePagedFast() throws IOException, SQLException {
        Path rolled = Files.createDirectories(directory.resolve("rolled"));
        year(rolled);
        long now = Unit.startOfDay(TODAY) + 3_600_000;
        TrailOptions options = new TrailOptions(directory.resolve("queues"), rolled, "a", 1 << 20, 1_000, 12);
        Random random = new Random(7);
        try (AccessTrail trail =
                        AccessTrail.open(options, () -> Instant.ofEpochMilli(now), List.of(() -> 1L << 40), 0);
                TrailWriter writer = trail.writer()) {
            long what = trail.what(Asked.CHECK, "gate-1", "transit", null);
            for (int i = 0; i < LIVE_ANSWERS; i++) {
                int person = random.nextInt(PERSONS);
                writer.add(true, high(person), person, what);
                assertTrue(writer.commit());
            }
            long[] nanos = new long[READINGS];
            long lines = 0;
            OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            long cpu = machine.getProcessCpuTime();
            for (int i = -5; i < READINGS; i++) {
                int person = random.nextInt(PERSONS);
                long begin = System.nanoTime();
                AccessPage page = trail.accesses(high(person), person, 0, Long.MAX_VALUE / 2, null, 100);
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - begin;
                }
                lines += page.accesses().size();
            }
            long cpuMs = (machine.getProcessCpuTime() - cpu) / 1_000_000 / (READINGS + 5);
            Arrays.sort(nanos);
            long p99 = nanos[Math.max(0, READINGS * 99 / 100 - 1)] / 1_000_000;
            System.out.println("first page of a year, " + PERSONS + " persons a bucket: median "
                    + nanos[READINGS / 2] / 1_000_000 + " ms, p99 " + p99 + " ms, CPU " + cpuMs + " ms, "
                    + lines / (READINGS + 5)
                    + " lines a page");
            assertTrue(lines > 0);
            assertTrue(!SLOW || p99 <= P99_MS_MAX, p99 + " ms");
            assertEquals(0, trail.failures());
        }
    }

    private static long high(int person) {
        return person * 1_000_003L;
    }

    /** Ninety days with times and the months before with counts, of the bucket 00. */
    private static void year(Path rolled) throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET threads = 2");
            for (int back = 1; back <= TrailOptions.EXACT_DAYS; back++) {
                LocalDate day = TODAY.minusDays(back);
                Path unit = unit(rolled, Unit.Span.DAY, day);
                copy(
                        statement,
                        "SELECT (r * 7919 + " + back + " * 31) % " + PERSONS + " AS p, " + Unit.startOfDay(day)
                                + " + (r * 104729) % 86400000 AS at_ms, 0 AS day_count FROM range(" + ANSWERS_A_DAY
                                + ") t(r)",
                        unit);
            }
            for (LocalDate month = LocalDate.of(2025, 11, 1);
                    month.isBefore(LocalDate.of(2026, 9, 1));
                    month = month.plusMonths(1)) {
                copy(
                        statement,
                        "SELECT p, " + Unit.startOfDay(month) + " + d * 86400000 AS at_ms, 2 AS day_count FROM range("
                                + PERSONS + ") a(p), range(28) b(d) WHERE (p + d) % 2 = 0",
                        unit(rolled, Unit.Span.COUNTS, month));
            }
        }
    }

    private static Path unit(Path rolled, Unit.Span span, LocalDate day) throws IOException {
        return Files.createDirectories(
                rolled.resolve(Unit.at(span, Unit.startOfDay(day), "0000aaaa").name()));
    }

    private static void copy(Statement statement, String rows, Path unit) throws SQLException {
        statement.execute("COPY (SELECT CAST(p * 1000003 AS BIGINT) AS high, CAST(p AS BIGINT) AS low,"
                + " CAST(at_ms AS BIGINT) AS at_ms, CAST(0 AS TINYINT) AS asked, 'gate-' || (p % 40) AS client,"
                + " 'transit' AS scene, 'fare-discount' AS answer, CAST(day_count AS INTEGER) AS day_count FROM ("
                + rows + ") ORDER BY high, low, at_ms) TO '" + unit.resolve("00.parquet")
                + "' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384)");
    }
}
