package io.osmanthus.loadtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A demonstration server in a process of its own, on a free port, with two snapshots to swap and citizens' tokens in a file; its
 * keys are read from what it prints, as a person would. {@link #close} ends it and lets it tidy up.
 */
final class DemoProcess implements AutoCloseable {
    private static final Pattern EXPORT = Pattern.compile("export ([A-Z_]+)=(\\S+)");
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:[0-9]+");
    private static final String LAST_LINE = "Ctrl-C ends the demo.";
    private static final int END_SECONDS_MAX = 60;

    private final Process process;
    private final String baseUrl;
    private final Map<String, String> environment;

    private DemoProcess(Process process, String baseUrl, Map<String, String> environment) {
        this.process = process;
        this.baseUrl = baseUrl;
        this.environment = Map.copyOf(environment);
    }

    /**
     * Generates, builds, loads and serves; returns when it is ready.
     *
     * @param directory where its log and the citizens' file go
     */
    static DemoProcess start(Path directory, long persons, int citizens, String xmx)
            throws IOException, InterruptedException {
        Path citizensFile = directory.resolve("citizens.txt");
        Path log = directory.resolve("demo.log");
        Files.deleteIfExists(citizensFile);
        List<String> arguments = List.of(
                "demo",
                "--persons=" + persons,
                "--port=0",
                "--snapshots=2",
                "--citizens=" + citizens,
                "--citizens-file=" + citizensFile);
        List<String> command =
                ChildJvm.command(List.of("-Xmx" + xmx), Map.of(), "io.osmanthus.http.command.Osmanthus", arguments);
        Process process = new ProcessBuilder(CompareWithBare.pinned("serverCpu", command.toArray(String[]::new)))
                .directory(ChildJvm.root().toFile())
                .redirectError(log.toFile())
                .start();
        Map<String, String> environment = new HashMap<>();
        environment.put("OSMANTHUS_CITIZENS_FILE", citizensFile.toString());
        String baseUrl = "";
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.equals(LAST_LINE)) {
            Matcher export = EXPORT.matcher(line);
            if (export.matches()) {
                environment.put(export.group(1), export.group(2));
            }
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                baseUrl = address.group();
            }
            line = output.readLine();
        }
        if (line == null || baseUrl.isEmpty()) {
            process.destroy();
            process.waitFor();
            throw new IOException("the demonstration did not start, see " + log);
        }
        return new DemoProcess(process, baseUrl, environment);
    }

    String baseUrl() {
        return baseUrl;
    }

    /** Keys, and where the citizens' tokens are: what a simulation finds in its environment. */
    Map<String, String> environment() {
        return environment;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
