package io.osmanthus.http.command;

import io.osmanthus.snapshots.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/**
 * Progress on stderr: a bar on a terminal, a line every few seconds otherwise; both with how much is done, how fast, and how
 * long the rest will take at that speed.
 */
final class ConsoleProgress implements Progress {
    private static final int BAR_INTERVAL_MS = 200;
    private static final int LINE_INTERVAL_MS = 5_000;
    private static final int QUIET_MS = 3_000;
    private static final int LINE_COLUMNS = 160;
    private static final String BYTES = "bytes";

    private final PrintStream err;
    private final boolean terminal;
    private final int intervalMs;
    private final int quietMs;

    private ConsoleProgress(PrintStream err, boolean terminal, int intervalMs, int quietMs) {
        this.err = err;
        this.terminal = terminal;
        this.intervalMs = intervalMs;
        this.quietMs = quietMs;
    }

    static Progress onStderr() {
        return terminal() ? bars(System.err, BAR_INTERVAL_MS) : lines(System.err, LINE_INTERVAL_MS, QUIET_MS);
    }

    /** One bar a step, drawn over itself. */
    static Progress bars(PrintStream to, int intervalMs) {
        return new ConsoleProgress(to, true, intervalMs, 0);
    }

    /** One line now and then; a step that is done before anyone has wondered says nothing. */
    static Progress lines(PrintStream to, int intervalMs, int quietMs) {
        return new ConsoleProgress(to, false, intervalMs, quietMs);
    }

    /** Whether standard error is a terminal. Not System.console(): it speaks of the two other streams, and since 22 of none. */
    private static boolean terminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Override
    public Task begin(String what, long total, String unit) {
        boolean bytes = unit.equals(BYTES);
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(total)
                .setUnit(bytes ? " MiB" : " " + unit, bytes ? 1 << 20 : 1)
                .continuousUpdate() // a step that stands still says so
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(intervalMs);
        long beginNanos = System.nanoTime();
        ProgressBar bar = terminal
                ? builder.setConsumer(new ConsoleProgressBarConsumer(err)).build()
                : builder.setRenderer(new Line(bytes ? "MiB" : unit, bytes ? 1 << 20 : 1))
                        .setConsumer(new DelegatingProgressBarConsumer(line -> line(line, beginNanos), LINE_COLUMNS))
                        .build();
        return new Task() {
            @Override
            public void advance(long count) {
                bar.stepBy(count);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }

    private void line(String line, long beginNanos) {
        if (System.nanoTime() - beginNanos >= TimeUnit.MILLISECONDS.toNanos(quietMs)) {
            err.println(line.strip());
        }
    }

    /** A step in words, to be read in a log: {@code write records.parquet: 1,200 of 8,000 rows, 400 a second, 17 s left}. */
    private record Line(String unit, int size) implements ProgressBarRenderer {
        @Override
        public String render(ProgressState state, int columns) {
            long done = state.getCurrent();
            double seconds = state.getElapsedAfterStart().toNanos() / 1e9;
            double rate = seconds > 0 ? done / seconds : 0;
            boolean known = !state.isIndefinite() && state.getMax() > 0;
            String all = known ? String.format(Locale.ROOT, " of %,d", state.getMax() / size) : "";
            String left = "";
            if (known && rate > 0) {
                left = done >= state.getMax()
                        ? ", done"
                        : ", " + words((long) ((state.getMax() - done) / rate)) + " left";
            }
            return String.format(
                    Locale.ROOT,
                    "%s: %,d%s %s, %,.0f a second%s",
                    state.getTaskName(),
                    done / size,
                    all,
                    unit,
                    rate / size,
                    left);
        }

        private static String words(long seconds) {
            Duration duration = Duration.ofSeconds(seconds);
            return duration.toMinutes() == 0
                    ? seconds + " s"
                    : duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
    }
}
