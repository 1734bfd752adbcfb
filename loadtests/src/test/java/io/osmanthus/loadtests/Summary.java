package io.osmanthus.loadtests;

import io.osmanthus.loadtests.Latencies.Second;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a run came to, beside Gatling's report: latency against load, and over time, as plots; every second as CSV; what the
 * server said of itself.
 */
final class Summary {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);
    private static final int SECONDS_MIN = 2;

    private final String simulation;
    private final Latencies latencies;
    private final List<String> words;

    Summary(String simulation, Latencies latencies, List<String> words) {
        this.simulation = simulation;
        this.latencies = latencies;
        this.words = List.copyOf(words);
    }

    /** Writes the summary under {@code -DsummaryDirectory=} (target/summaries) and prints it. */
    void write() throws IOException {
        Path directory = Path.of(Settings.text("summaryDirectory", "target/summaries"))
                .resolve(simulation.toLowerCase(Locale.ROOT) + "-"
                        + LocalDateTime.now(ZoneId.of("Asia/Shanghai")).format(TIME));
        Files.createDirectories(directory);
        List<Second> seconds = latencies.seconds();
        Files.writeString(directory.resolve("seconds.csv"), csv(seconds));
        if (seconds.size() >= SECONDS_MIN) {
            try {
                plot(directory, seconds);
            } catch (RuntimeException | LinkageError | InternalError e) {
                // A machine without fonts: the run is no worse for it.
                System.err.println("no plots; are fonts installed (fontconfig, fonts-dejavu-core)? " + e.getMessage());
            }
        }
        String text = text();
        Files.writeString(directory.resolve("summary.md"), text);
        System.out.println(text);
        System.out.println("Summary and plots: " + directory.toAbsolutePath());
    }

    private String text() {
        Latencies.Whole whole = latencies.whole();
        StringBuilder text = new StringBuilder();
        text.append("# ").append(simulation).append("\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%,d requests answered, %,d failed; the client waited %.2f ms in the median, %.2f ms at p99, %.2f ms at p99.9,"
                        + " %.2f ms at most.%n%n",
                whole.answered(),
                whole.failed(),
                whole.p50Ms(),
                whole.p99Ms(),
                whole.p999Ms(),
                whole.maxMs()));
        words.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append(
                "\n![latency against load](latency-against-load.png)\n\n![latency over time](latency-over-time.png)\n");
        return text.toString();
    }

    private void plot(Path directory, List<Second> seconds) throws IOException {
        List<Double> load = column(seconds, Second::answered);
        Plots.points(
                directory.resolve("latency-against-load.png"),
                new Plots.Words(simulation + ": latency against load", "answers in a second", "ms, seen by the client"),
                percentiles(seconds, load));
        Plots.lines(
                directory.resolve("latency-over-time.png"),
                new Plots.Words(simulation + ": latency over time", "second of the run", "ms, seen by the client"),
                percentiles(seconds, column(seconds, Second::second)),
                false,
                true);
    }

    private static List<Plots.Series> percentiles(List<Second> seconds, List<Double> x) {
        return List.of(
                new Plots.Series("median", x, column(seconds, Second::p50Ms)),
                new Plots.Series("p99", x, column(seconds, Second::p99Ms)),
                new Plots.Series("p99.9", x, column(seconds, Second::p999Ms)));
    }

    /** A logarithmic axis takes no zeros. */
    private static List<Double> column(List<Second> seconds, ToDoubleFunction<Second> value) {
        return seconds.stream()
                .mapToDouble(value)
                .map(number -> Math.max(number, 0.001))
                .boxed()
                .toList();
    }

    private static String csv(List<Second> seconds) {
        StringBuilder csv = new StringBuilder("second,answered,failed,p50_ms,p99_ms,p999_ms,max_ms\n");
        for (Second row : seconds) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%.3f,%.3f,%.3f,%.3f%n",
                    row.second(),
                    row.answered(),
                    row.failed(),
                    row.p50Ms(),
                    row.p99Ms(),
                    row.p999Ms(),
                    row.maxMs()));
        }
        return csv.toString();
    }
}
