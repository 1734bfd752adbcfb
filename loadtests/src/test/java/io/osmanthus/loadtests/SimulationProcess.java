package io.osmanthus.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A simulation in a process of its own, as the Gatling plugin runs it. It passed where Gatling says so: every assertion held.
 *
 * @param output of the process, for whoever wants to know why
 */
record SimulationProcess(String simulation, boolean passed, Path output) {
    private static final int BEYOND_SECONDS = 600;

    /** Runs a simulation against a demonstration and waits for its end. */
    static SimulationProcess run(
            DemoProcess demo, Class<?> simulation, Map<String, String> properties, Path directory, String xmx)
            throws IOException, InterruptedException {
        Path output = directory.resolve(simulation.getSimpleName() + ".log");
        Map<String, String> all = new HashMap<>(properties);
        all.put("baseUrl", demo.baseUrl());
        all.putIfAbsent("summaryDirectory", directory.resolve("summaries").toString());
        all.put("osmanthus.root", ChildJvm.root().toString());
        List<String> command = ChildJvm.command(
                List.of("-Xmx" + xmx),
                all,
                "io.gatling.app.Gatling",
                List.of(
                        "--simulation",
                        simulation.getName(),
                        "--results-folder",
                        directory.resolve("gatling").toString()));
        ProcessBuilder builder = new ProcessBuilder(CompareWithBare.pinned("wrkCpu", command.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(demo.environment());
        Process process = builder.start();
        long secondsMax =
                Settings.span(properties.getOrDefault("duration", "10m")).toSeconds() + BEYOND_SECONDS;
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return new SimulationProcess(simulation.getSimpleName(), process.exitValue() == 0, output);
    }

    /** What it printed last. */
    String tail(int lines) throws IOException {
        List<String> all = Files.readAllLines(output);
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }
}
