package io.osmanthus.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Ten times the city's peak, in one command: starts a demonstration, runs {@link CityMix} against it with swaps and consents, and
 * ends with 0 if no request failed, p99.9 on the server stayed within 10 ms, the heap flat and the trail whole.
 *
 * <p>Arguments: arrivals a second (5000), duration (10m), persons (1000000). System properties: {@code serverCpu}, {@code
 * wrkCpu} pin server and generator.
 */
public final class CityPeak {
    private static final int CITIZENS = 8_000;
    private static final int TAIL_LINES = 60;

    private CityPeak() {}

    /** Rehearses. */
    public static void main(String[] args) throws IOException, InterruptedException {
        String rate = args.length > 0 ? args[0] : "5000";
        String duration = args.length > 1 ? args[1] : "10m";
        long persons = args.length > 2 ? Long.parseLong(args[2]) : 1_000_000;
        Path directory = Files.createDirectories(Path.of("target", "city-peak").toAbsolutePath());
        SimulationProcess ended;
        try (DemoProcess demo = DemoProcess.start(directory, persons, CITIZENS, "4g")) {
            CompareWithBare.say("server ready on %s, process %d", demo.baseUrl(), demo.pid());
            ended = SimulationProcess.run(
                    demo,
                    CityMix.class,
                    Map.of(
                            "rate",
                            rate,
                            "duration",
                            duration,
                            "persons",
                            String.valueOf(persons),
                            "summaryDirectory",
                            directory.resolve("summaries").toString()),
                    directory,
                    "2g");
        }
        System.out.println(ended.tail(TAIL_LINES));
        System.out.println(ended.passed() ? "held" : "missed, see " + ended.output());
        System.exit(ended.passed() ? 0 : 1);
    }
}
