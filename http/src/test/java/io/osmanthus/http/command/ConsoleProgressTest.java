package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What an operator sees of long work: how much is done, how fast, and what is left of it. */
final class ConsoleProgressTest {
    private static final int INTERVAL_MS = 20;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void lines_rowsOfAKnownTotal_sayRowsRateAndTimeLeft() {
        Progress progress = ConsoleProgress.lines(err, INTERVAL_MS, 0);
        try (Progress.Task task = progress.begin("write records.parquet", 4_000, "rows")) {
            task.advance(1_000);
            await("write records\\.parquet: 1,000 of 4,000 rows, [1-9][0-9,]* a second, [0-9]+ s left\\R");
            task.advance(3_000);
        }
        await("write records\\.parquet: 4,000 of 4,000 rows, [0-9,]+ a second, done\\R");
    }

    @Test
    void lines_slowWork_saysMinutes() {
        try (Progress.Task task = ConsoleProgress.lines(err, INTERVAL_MS, 0).begin("compare", 100_000_000, "rows")) {
            task.advance(1);
            await("compare: 1 of 100,000,000 rows, [0-9,]+ a second, [0-9,]+ min [0-9]{1,2} s left\\R");
        }
    }

    @Test
    void lines_bytes_areMebibytes() {
        try (Progress.Task task = ConsoleProgress.lines(err, INTERVAL_MS, 0).begin("checksums", 8L << 20, "bytes")) {
            task.advance(2L << 20);
            await("checksums: 2 of 8 MiB, [0-9,]+ a second, [0-9]+ s left\\R");
        }
    }

    @Test
    void lines_totalNotKnown_sayRowsAndRate() {
        try (Progress.Task task = ConsoleProgress.lines(err, INTERVAL_MS, 0).begin("tokens.csv", -1, "rows")) {
            task.advance(7);
            await("tokens\\.csv: 7 rows, [0-9,]+ a second\\R");
        }
    }

    @Test
    void lines_doneBeforeAnyoneWonders_sayNothing() {
        Progress progress = ConsoleProgress.lines(err, INTERVAL_MS, 60_000);
        try (Progress.Task task = progress.begin("tokens.csv", 10, "rows")) {
            task.advance(10);
        }
        assertEquals("", written.toString(StandardCharsets.UTF_8));
    }

    @Test
    void bars_onATerminal_areDrawnOverThemselves() {
        Progress progress = ConsoleProgress.bars(err, INTERVAL_MS);
        try (Progress.Task task = progress.begin("load", 1_000, "rows")) {
            task.advance(250);
            await("\r.*load .*25%.*=+.* 250/1000 rows \\([0-9:]+ / [0-9:]+\\) .*rows/s");
        }
    }

    private void await(String regex) {
        Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!pattern.matcher(written.toString(StandardCharsets.UTF_8)).find()) {
            assertTrue(
                    System.nanoTime() < until, () -> regex + " is not in: " + written.toString(StandardCharsets.UTF_8));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
