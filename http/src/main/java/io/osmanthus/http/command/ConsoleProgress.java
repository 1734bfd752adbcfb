package io.osmanthus.http.command;

import io.osmanthus.snapshots.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress on stderr: a bar on a terminal, a line every few seconds otherwise. */
final class ConsoleProgress implements Progress {
    private static final int BAR_INTERVAL_MS = 200;
    private static final int LINE_INTERVAL_MS = 5_000;
    private static final int QUIET_MS = 3_000;
    private static final int LINE_COLUMNS = 120;

    private final PrintStream err;
    private final boolean terminal;

    private ConsoleProgress(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    static Progress onStderr() {
        return new ConsoleProgress(System.err, terminal());
    }

    /** A step that is done before anyone has wondered says nothing. */
    private void line(String line, long beginNanos) {
        if (System.nanoTime() - beginNanos > TimeUnit.MILLISECONDS.toNanos(QUIET_MS)) {
            err.println(line.strip());
        }
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
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(total)
                .setUnit(" " + unit, 1)
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII);
        long beginNanos = System.nanoTime();
        ProgressBar bar = terminal
                ? builder.setUpdateIntervalMillis(BAR_INTERVAL_MS)
                        .setConsumer(new ConsoleProgressBarConsumer(err))
                        .build()
                : builder.setUpdateIntervalMillis(LINE_INTERVAL_MS)
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
}
