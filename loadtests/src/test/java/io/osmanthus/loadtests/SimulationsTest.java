package io.osmanthus.loadtests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every simulation runs for twenty seconds at a low rate against a real server, some at once, and passes by its own assertions:
 * none rots. Latencies are not judged as in a rehearsal, since CI shares its machine: what fails must be wrong, not slow.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulationsTest {
    private static final int PERSONS = 20_000;
    private static final int CITIZENS = 400;
    private static final int TAIL_LINES = 60;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    private @Nullable DemoProcess demo;

    /** A simulation and what is said to it beside what all are told. */
    private record Run(Class<?> simulation, Map<String, String> properties) {}

    @BeforeAll
    void start() throws IOException, InterruptedException {
        demo = DemoProcess.start(directory, PERSONS, CITIZENS, "1g");
    }

    @AfterAll
    void end() {
        if (demo != null) {
            demo.close();
        }
    }

    @Test
    void cityMix_aloneOnTheServer_itsTrailHoldsEveryAnswer() throws Exception {
        runAtOnce(List.of(new Run(CityMix.class, Map.of("rate", "80", "swapPause", "4s"))));
    }

    @Test
    void simulationsOfTheDay_atOnce_pass() throws Exception {
        runAtOnce(List.of(
                new Run(TransitRushHour.class, Map.of("rate", "60")),
                new Run(ParkingExit.class, Map.of("rate", "40")),
                new Run(RetailDay.class, Map.of("rate", "40")),
                new Run(CitizenApp.class, Map.of("rate", "3")),
                new Run(ClerkBatch.class, Map.of("rate", "1", "subjects", "200", "organisations", "50"))));
    }

    @Test
    void simulationsOfTroubles_atOnce_pass() throws Exception {
        runAtOnce(List.of(
                new Run(SwapUnderLoad.class, Map.of("rate", "60", "swapPause", "4s")),
                new Run(ConsentStorm.class, Map.of("rate", "5", "checkRate", "40")),
                new Run(Soak.class, Map.of("rate", "60", "alone", "false")),
                new Run(Saturation.class, Map.of("rate", "20", "rateMax", "60", "step", "4s")),
                new Run(
                        Saturation.class,
                        Map.of("ask", "batch", "rate", "2", "rateMax", "5", "step", "4s", "subjects", "100"))));
    }

    private void runAtOnce(List<Run> runs) throws InterruptedException, ExecutionException, IOException {
        DemoProcess server = Objects.requireNonNull(demo);
        ExecutorService threads = Executors.newFixedThreadPool(runs.size());
        try {
            List<Future<SimulationProcess>> running = new ArrayList<>();
            for (int i = 0; i < runs.size(); i++) {
                Run run = runs.get(i);
                Map<String, String> properties = new HashMap<>(Map.of(
                        "duration", "20s",
                        "persons", String.valueOf(PERSONS),
                        "p999Ms", "10000",
                        "serverP999Seconds", "+Inf"));
                properties.putAll(run.properties());
                Path own = directory.resolve("run-" + i + "-" + run.simulation().getSimpleName());
                running.add(threads.submit(() -> {
                    java.nio.file.Files.createDirectories(own);
                    return SimulationProcess.run(server, run.simulation(), properties, own, "384m");
                }));
            }
            for (Future<SimulationProcess> each : running) {
                SimulationProcess ended = each.get();
                assertTrue(ended.passed(), ended.simulation() + " failed:\n" + ended.tail(TAIL_LINES));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
