package io.osmanthus.loadtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server in a process of its own, whose event loop runs on one core, and everything else of it (loads, garbage collection,
 * compilation) on another, together with whoever measures.
 */
final class MeasuredServer implements AutoCloseable {
    private static final String EVENT_LOOP = "vert.x-eventloo"; // the kernel keeps 15 characters
    private static final int START_SECONDS_MAX = 900;
    private static final Pattern READY = Pattern.compile("ready on \\S*?:(\\d+)");

    private final Process process;
    private final Path log;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private MeasuredServer(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts the command and waits for its line "ready on …:port" on standard error, which goes on into a file. */
    static MeasuredServer start(
            List<String> java, Map<String, String> environment, Path log, String loopCpu, String restCpu)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", restCpu));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // With one core in sight it would choose another collector than on a machine of two.
        command.add("-XX:ActiveProcessorCount=2");
        command.addAll(java);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            int port = port(process, log);
            pin(process.pid(), EVENT_LOOP, loopCpu);
            return new MeasuredServer(process, log, port);
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static int port(Process process, Path log) throws IOException, InterruptedException {
        return Integer.parseInt(line(process, log, READY, START_SECONDS_MAX).group(1));
    }

    /** Writes a line to its standard input. */
    void tell(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    /** The first line of its output with a pattern in it, once it is there. */
    Matcher line(Pattern pattern, int seconds) throws IOException, InterruptedException {
        return line(process, log, pattern, seconds);
    }

    private static Matcher line(Process process, Path log, Pattern pattern, int seconds)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (process.isAlive() && System.nanoTime() < until) {
            try (BufferedReader lines = Files.newBufferedReader(log)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher found = pattern.matcher(line);
                    if (found.find()) {
                        return found;
                    }
                }
            }
            Thread.sleep(50);
        }
        throw new IOException("the server did not say '" + pattern + "', see " + log);
    }

    /** Gives this thread precedence on its core, so that its own waiting is not measured; false where that is not allowed. */
    static boolean prefer() throws IOException, InterruptedException {
        String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName() + "";
        return new ProcessBuilder("chrt", "-f", "-p", "1", thread)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Puts this whole process on a core. */
    static void pinSelf(String cpu) throws IOException, InterruptedException {
        run("taskset", "-a", "-pc", cpu, String.valueOf(ProcessHandle.current().pid()));
    }

    private static void pin(long pid, String name, String cpu) throws IOException, InterruptedException {
        int found = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).startsWith(name)) {
                    run("taskset", "-pc", cpu, String.valueOf(thread.getFileName()));
                    found++;
                }
            }
        }
        if (found == 0) {
            throw new IOException("process " + pid + " has no thread " + name);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", command) + " failed with " + exit);
        }
    }

    int port() {
        return port;
    }

    /** Memory that lies in RAM, in MiB. */
    long residentMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmRSS"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElse(0)
                >> 10;
    }

    /** CPU seconds of all its threads so far. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(0.0);
    }

    /** CPU seconds of its event loops so far. */
    double loopSeconds() throws IOException {
        double nanos = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).startsWith(EVENT_LOOP)) {
                    nanos += Long.parseLong(
                            Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
                }
            }
        }
        return nanos / 1e9;
    }

    /** What {@code /health/ready} says, once it is as wanted. */
    JsonNode await(Predicate<JsonNode> wanted, int seconds) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode body = new ObjectMapper().readTree(answer.body());
            if (answer.statusCode() == 200 && wanted.test(body)) {
                return body;
            }
            if (System.nanoTime() > until || !process.isAlive()) {
                throw new IOException("the server is not as awaited: " + answer.body());
            }
            Thread.sleep(100);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
