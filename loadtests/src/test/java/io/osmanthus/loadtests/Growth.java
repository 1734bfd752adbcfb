package io.osmanthus.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The growth curve: JMH's benchmarks at one, thirteen, fifty million persons, as {@code loadtests/GROWTH.md} and a chart.
 * Arguments: sizes, with commas (1000000,13000000,50000000), seconds an iteration (2). Fifty million take some 6 GiB.
 */
public final class Growth {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private Growth() {}

    /** Measures and writes. */
    public static void main(String[] args) throws RunnerException, IOException {
        String[] sizes = (args.length > 0 ? args[0] : "1000000,13000000,50000000").split(",", -1);
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        Collection<RunResult> growing = run(seconds, sizes, "GrowthBenchmark");
        Collection<RunResult> flat = run(
                seconds, new String[0], "PseudonymBenchmark", "TrailBenchmark", "ScoringBenchmark", "IntakeBenchmark");
        Path directory = ChildJvm.root().resolve("loadtests");
        chart(Files.createDirectories(directory.resolve("results")).resolve("growth.png"), growing);
        String text = text(growing, flat, String.join(",", sizes));
        Files.writeString(directory.resolve("GROWTH.md"), text);
        System.out.println(text);
    }

    private static Collection<RunResult> run(int seconds, String[] sizes, String... classes) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        for (String name : classes) {
            options.include("\\." + name + "\\.");
        }
        if (sizes.length > 0) {
            options.param("persons", sizes);
        }
        Options built = options.addProfiler(GCProfiler.class)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementTime(TimeValue.seconds(seconds))
                .shouldFailOnError(true)
                .build();
        return new Runner(built).run();
    }

    private static String text(Collection<RunResult> growing, Collection<RunResult> flat, String sizes)
            throws IOException {
        StringBuilder text = new StringBuilder("# Growth\n\nWritten by `Growth`: `mvn -q -pl loadtests -Prun test"
                + " -Dmain=io.osmanthus.loadtests.Growth -Dargs='" + sizes + "'`, on the "
                + LocalDate.now(ZoneId.of("Asia/Shanghai")) + ", one thread, JDK " + System.getProperty("java.version")
                + ", " + Runtime.getRuntime().availableProcessors() + " cores, load at the end "
                + Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]
                + ". The generation is filled directly, two identifiers a person, one dossier in eight.\n\n"
                + "| operation | persons | ns an operation | ± | bytes an operation |\n|---|---|---|---|---|\n");
        growing.forEach(result -> line(text, result, String.format(Locale.ROOT, "%,d", persons(result))));
        text.append("""

                ![growth](results/growth.png)

                ## What does not grow with the city

                | operation | | ns an operation | ± | bytes an operation |
                |---|---|---|---|---|
                """);
        flat.forEach(
                result -> line(text, result, result.getParams().getParamsKeys().isEmpty() ? "" : parameters(result)));
        return text.toString();
    }

    private static String parameters(RunResult result) {
        StringBuilder text = new StringBuilder();
        for (String key : result.getParams().getParamsKeys()) {
            text.append(key)
                    .append(' ')
                    .append(result.getParams().getParam(key))
                    .append(' ');
        }
        return text.toString().strip();
    }

    private static void line(StringBuilder text, RunResult result, String size) {
        @SuppressWarnings("rawtypes")
        Result rows = result.getSecondaryResults().get("rows");
        double scale =
                rows == null ? 1 : rows.getScore() / result.getPrimaryResult().getScore();
        @SuppressWarnings("rawtypes")
        Result allocated = result.getSecondaryResults().get(ALLOCATED);
        text.append(String.format(
                Locale.ROOT,
                "| %s | %s | %,.1f | %,.1f | %s |%n",
                name(result) + (rows == null ? "" : ", a row"),
                size,
                nanos(result) / scale,
                error(result) / scale,
                allocated == null ? "" : String.format(Locale.ROOT, "%,.0f", allocated.getScore() / scale)));
    }

    /** Benchmarks say times, or how often a second. */
    private static double nanos(RunResult result) {
        double score = result.getPrimaryResult().getScore();
        return throughput(result) ? 1e9 / score : score;
    }

    private static double error(RunResult result) {
        double score = result.getPrimaryResult().getScore();
        double error = result.getPrimaryResult().getScoreError();
        return throughput(result) ? 1e9 / score * (error / score) : error;
    }

    private static boolean throughput(RunResult result) {
        return result.getPrimaryResult().getScoreUnit().startsWith("ops/");
    }

    private static String name(RunResult result) {
        String[] parts = result.getParams().getBenchmark().split("\\.", -1);
        return parts[parts.length - 2].replace("Benchmark", "") + "." + parts[parts.length - 1];
    }

    private static long persons(RunResult result) {
        return Long.parseLong(result.getParams().getParam("persons"));
    }

    private static void chart(Path file, Collection<RunResult> growing) throws IOException {
        Map<String, TreeMap<Long, Double>> curves = new TreeMap<>();
        growing.forEach(result ->
                curves.computeIfAbsent(name(result), ignored -> new TreeMap<>()).put(persons(result), nanos(result)));
        List<Plots.Series> series = curves.entrySet().stream()
                .map(curve -> new Plots.Series(
                        curve.getKey(),
                        curve.getValue().keySet().stream()
                                .map(Long::doubleValue)
                                .toList(),
                        List.copyOf(curve.getValue().values())))
                .toList();
        Plots.lines(file, new Plots.Words("Growth with the city", "persons", "ns an operation"), series, true, true);
    }
}
