package io.osmanthus.loadtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bars of the hot path in one run, all sides by turns: single checks against a bare Vert.x server and {@code
 * redis-benchmark} GET, trail on against off, batches against pipelined GETs, and in open loops ({@link OpenLoopBars})
 * latencies, overload, scores, forged tokens. Prints each turn, and the bar beside each figure; it does not fail by them.
 *
 * <p>Arguments: turns (5), seconds a turn (6), seconds of an open loop (60), then the parts wanted of {@code single batch open
 * overload scores forged} (all). Any {@code OSMANTHUS_API_KEY} that {@code key new} makes will do. System properties: {@code
 * persons} (1,000,000), {@code seed}, {@code serverCpu} and {@code wrkCpu} to pin servers and load.
 */
public final class HotPath {
    static final int ADMITTED_PER_SECOND = 20_000;
    private static final int CONNECTIONS = 64;
    private static final int BATCH_CONNECTIONS = 4;
    private static final int BATCH_SUBJECTS = 1_000;
    private static final int PIPELINE = 32;
    private static final int WARM_UP_SECONDS = 10;
    private static final int TOKENS = 200_000;
    private static final int REDIS_KEYS = 1_000_000;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern FAULTS = Pattern.compile("Non-2xx.*|Socket errors.*");
    private static final Pattern REDIS_RATE = Pattern.compile("([0-9.]+) requests per second");
    private static final List<String> SCRIPTS = List.of("checks.lua", "batches.lua", "scores.lua");

    private final Path directory;
    private final int turns;
    private final int seconds;
    private int with;
    private int without;
    private int limited;
    private long serversPid;
    private double saturation;

    private HotPath(Path directory, int turns, int seconds) {
        this.directory = directory;
        this.turns = turns;
        this.seconds = seconds;
    }

    /** Measures. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 6;
        int openSeconds = args.length > 2 ? Integer.parseInt(args[2]) : 60;
        List<String> parts = args.length > 3
                ? List.of(args).subList(3, args.length)
                : List.of("single", "batch", "open", "overload", "scores", "forged");
        Workshop.apiKey(); // wrk's scripts read it: found missing now, not after half an hour
        if (System.getProperty("persons", "").isBlank()) {
            System.setProperty("persons", "1000000");
        }
        Path directory = Files.createTempDirectory("osmanthus-hot-path");
        List<Process> started = new ArrayList<>();
        try {
            new HotPath(directory, turns, seconds).run(parts, openSeconds, started);
        } finally {
            for (Process process : started) {
                process.destroyForcibly().waitFor();
            }
            remove(directory);
        }
    }

    private void run(List<String> parts, int openSeconds, List<Process> started)
            throws IOException, InterruptedException {
        say(
                "load of the machine before: %s",
                Files.readString(Path.of("/proc/loadavg")).strip());
        for (String script : SCRIPTS) {
            try (InputStream lua = HotPath.class.getResourceAsStream("/" + script)) {
                Files.copy(
                        java.util.Objects.requireNonNull(lua, script),
                        directory.resolve(script),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        TokenFile.write(directory.resolve("tokens.csv"), TOKENS);
        servers(started);
        if (parts.contains("single")) {
            single(started);
        }
        if (parts.contains("batch")) {
            batch(started);
        }
        if (parts.contains("open") || parts.contains("forged")) {
            saturation = saturation > 0 ? saturation : wrk("checks.lua", CONNECTIONS, with, "tokens.csv");
        }
        OpenLoopBars bars = new OpenLoopBars(directory, openSeconds);
        if (parts.contains("open")) {
            bars.latency(with, saturation / 2);
        }
        if (parts.contains("overload")) {
            bars.overload(limited, ADMITTED_PER_SECOND, serversPid);
        }
        if (parts.contains("scores")) {
            scores();
            bars.scores(with);
        }
        if (parts.contains("forged")) {
            bars.forged(with, saturation / 2);
        }
        say(
                "load of the machine after: %s",
                Files.readString(Path.of("/proc/loadavg")).strip());
    }

    private void servers(List<Process> started) throws IOException {
        Process servers =
                java(HotPathServers.class.getName(), directory.toString(), String.valueOf(ADMITTED_PER_SECOND));
        started.add(servers);
        String line = awaited(servers, "ports ");
        String[] ports = line.split(" ", -1);
        with = Integer.parseInt(ports[1]);
        without = Integer.parseInt(ports[2]);
        limited = Integer.parseInt(ports[3]);
        // taskset becomes what it starts
        serversPid = servers.pid();
    }

    private void single(List<Process> started) throws IOException, InterruptedException {
        Process bareServer = java(BareServer.class.getName(), "0", "1", "44");
        started.add(bareServer);
        Matcher address = Pattern.compile("127.0.0.1:([0-9]+)").matcher(awaited(bareServer, "bare server"));
        int bare = address.find() ? Integer.parseInt(address.group(1)) : 0;
        int redis = redis(started);
        for (int port : new int[] {with, without, bare}) {
            wrk(WARM_UP_SECONDS, "checks.lua", CONNECTIONS, port, "tokens.csv");
        }
        double[] ofBare = new double[turns];
        double[] ofRedis = new double[turns];
        double[] ofOff = new double[turns];
        double[] ours = new double[turns];
        double[] cpu = new double[turns];
        double[] bareCpu = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            long before = loopNanos(serversPid);
            double on = wrk("checks.lua", CONNECTIONS, with, "tokens.csv");
            double onMicros = (loopNanos(serversPid) - before) / (on * seconds) / 1e3;
            before = loopNanos(bareServer.pid());
            double other = wrk("checks.lua", CONNECTIONS, bare, "tokens.csv");
            double otherMicros = (loopNanos(bareServer.pid()) - before) / (other * seconds) / 1e3;
            double off = wrk("checks.lua", CONNECTIONS, without, "tokens.csv");
            double again = wrk("checks.lua", CONNECTIONS, with, "tokens.csv");
            cpu[turn] = onMicros;
            bareCpu[turn] = otherMicros;
            double gets = redis(redis, (int) (seconds * 100_000L), 1);
            double middle = (on + again) / 2;
            ours[turn] = middle;
            ofBare[turn] = middle / other;
            ofRedis[turn] = middle / gets;
            ofOff[turn] = middle / off;
            say(
                    "turn %d: osmanthus %,.0f and %,.0f/s, bare Vert.x %,.0f/s, no trail %,.0f/s, redis GET %,.0f/s;"
                            + " ratios %.3f, %.3f, %.3f",
                    turn + 1, on, again, other, off, gets, ofBare[turn], ofOff[turn], ofRedis[turn]);
        }
        saturation = CompareWithBare.median(ours);
        say("single check, %d connections, trail and metrics on: %,.0f/s", CONNECTIONS, saturation);
        say(
                "  processor time of the event loop a request: %.2f µs, bare Vert.x %.2f µs",
                CompareWithBare.median(cpu), CompareWithBare.median(bareCpu));
        say("  against bare Vert.x %.3f (bar 0.90)", CompareWithBare.median(ofBare));
        say("  against redis GET   %.3f (bar 1.00)", CompareWithBare.median(ofRedis));
        say("  trail on / off      %.3f (bar 0.95)", CompareWithBare.median(ofOff));
        bareServer.destroyForcibly().waitFor();
    }

    private void batch(List<Process> started) throws IOException, InterruptedException {
        int redis = redis(started);
        wrk(WARM_UP_SECONDS, "batches.lua", BATCH_CONNECTIONS, with, "tokens.csv");
        double[] ofRedis = new double[turns];
        double[] ours = new double[turns];
        double[] cpu = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            long before = loopNanos(serversPid);
            ours[turn] = BATCH_SUBJECTS * wrk("batches.lua", BATCH_CONNECTIONS, with, "tokens.csv");
            cpu[turn] = (loopNanos(serversPid) - before) / (ours[turn] * seconds);
            double gets = redis(redis, (int) (seconds * 500_000L), PIPELINE);
            ofRedis[turn] = ours[turn] / gets;
            say(
                    "turn %d: %,.0f subjects/s, redis GET -P 32 %,.0f/s, ratio %.3f",
                    turn + 1, ours[turn], gets, ofRedis[turn]);
        }
        say("batches of 1,000, one event loop: %,.0f subjects/s (bar 1,000,000)", CompareWithBare.median(ours));
        say("  processor time of the event loop a subject: %.0f ns", CompareWithBare.median(cpu));
        say("  against redis GET -P 32 %.3f (bar 1.50)", CompareWithBare.median(ofRedis));
    }

    private void scores() throws IOException, InterruptedException {
        wrk(WARM_UP_SECONDS, "scores.lua", CONNECTIONS, with, "citizens.txt");
        double[] ours = new double[turns];
        double[] cpu = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            long before = loopNanos(serversPid);
            ours[turn] = wrk("scores.lua", CONNECTIONS, with, "citizens.txt");
            cpu[turn] = (loopNanos(serversPid) - before) / (ours[turn] * seconds) / 1e3;
        }
        say(
                "scores with a cached token: %,.0f/s (bar 30,000), processor time of the event loop %.1f µs each",
                CompareWithBare.median(ours), CompareWithBare.median(cpu));
    }

    private double wrk(String script, int connections, int port, String data) throws IOException, InterruptedException {
        return wrk(seconds, script, connections, port, data);
    }

    private double wrk(int duration, String script, int connections, int port, String data)
            throws IOException, InterruptedException {
        String output = output(CompareWithBare.pinned(
                "wrkCpu",
                "wrk",
                "-t1",
                "-c" + connections,
                "-d" + duration + "s",
                "-s",
                directory.resolve(script).toString(),
                "http://127.0.0.1:" + port,
                "--",
                directory.resolve(data).toString(),
                String.valueOf(BATCH_SUBJECTS)));
        Matcher rate = RATE.matcher(output);
        if (FAULTS.matcher(output).find() || !rate.find()) {
            throw new IOException("wrk with " + script + " failed:\n" + output);
        }
        return Double.parseDouble(rate.group(1));
    }

    /** Starts a Redis with a million keys. */
    private int redis(List<Process> started) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process redis = CompareWithBare.start(CompareWithBare.pinned(
                "serverCpu",
                "redis-server",
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString()));
        started.add(redis);
        awaited(redis, "eady to accept connections");
        output(benchmark(port, 2 * REDIS_KEYS, PIPELINE, "set"));
        return port;
    }

    private double redis(int port, int requests, int pipeline) throws IOException, InterruptedException {
        String output = output(benchmark(port, requests, pipeline, "get"));
        Matcher rate = REDIS_RATE.matcher(output);
        if (!rate.find()) {
            throw new IOException("redis-benchmark failed:\n" + output);
        }
        return Double.parseDouble(rate.group(1));
    }

    /** Processor time of a process's event loops, which tells more than a rate where others have the processor too. */
    private static long loopNanos(long pid) throws IOException {
        long nanos = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).startsWith("vert.x-eventloo")) {
                    nanos += Long.parseLong(
                            Files.readString(task.resolve("schedstat")).split(" ", -1)[0]);
                }
            }
        }
        return nanos;
    }

    private static List<String> benchmark(int port, int requests, int pipeline, String command) {
        return CompareWithBare.pinned(
                "wrkCpu",
                "redis-benchmark",
                "-p",
                String.valueOf(port),
                "-c",
                String.valueOf(CONNECTIONS),
                "-n",
                String.valueOf(requests),
                "-r",
                String.valueOf(REDIS_KEYS),
                "-P",
                String.valueOf(pipeline),
                "-t",
                command,
                "-q");
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = CompareWithBare.start(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            throw new IOException(command.get(0) + " ended with " + exit + ":\n" + output);
        }
        return output;
    }

    /** A JVM with this one's class path and flags, on the servers' core. */
    private static Process java(String... arguments) throws IOException {
        Stream<String> flags = Stream.of(System.getProperty("osmanthus.jvm", "").split(" ", -1))
                .filter(flag -> !flag.isEmpty());
        Stream<String> properties = Stream.of("osmanthus.root", "persons", "seed")
                .map(name -> "-D" + name + "=" + System.getProperty(name, name.equals("osmanthus.root") ? ".." : ""));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return CompareWithBare.start(CompareWithBare.pinned(
                "serverCpu",
                Stream.of(
                                Stream.of(java),
                                flags,
                                properties,
                                Stream.of("-cp", System.getProperty("java.class.path")),
                                Stream.of(arguments))
                        .flatMap(part -> part)
                        .toArray(String[]::new)));
    }

    private static String awaited(Process process, String beginning) throws IOException {
        BufferedReader output = process.inputReader();
        List<String> all = new ArrayList<>();
        @Nullable String line = output.readLine();
        while (line != null) {
            if (line.contains(beginning)) {
                drain(output);
                return line;
            }
            all.add(line);
            line = output.readLine();
        }
        throw new IOException("it did not start:\n" + String.join("\n", all));
    }

    /** Reads on, so that nobody waits with a full pipe. */
    private static void drain(BufferedReader output) {
        Thread reader = new Thread(() -> output.lines().forEach(line -> {}), "drain");
        reader.setDaemon(true);
        reader.start();
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
