package io.osmanthus.loadtests.compare;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's Redis on a free port of this machine, in a directory of its own; started here and ended by {@link #close}. */
final class RedisServer implements AutoCloseable {
    private static final long START_NANOS_MAX = 10_000_000_000L;
    private static final int POLL_MS = 20;

    private final Process process;
    private final int port;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** What to do with mass insertion: give commands to the sink. */
    interface Commands {
        void write(Sink sink) throws IOException;
    }

    /** Takes commands in the protocol of Redis. */
    static final class Sink {
        private final BufferedWriter out;

        private Sink(BufferedWriter out) {
            this.out = out;
        }

        void command(List<String> words) throws IOException {
            out.write("*" + words.size() + "\r\n");
            for (String word : words) {
                out.write("$" + word.length() + "\r\n" + word + "\r\n");
            }
        }
    }

    /**
     * Starts one.
     *
     * @param durable keeps an append-only file, synced every second, as its documentation recommends for data that must
     *     survive; otherwise a cache without files
     */
    static RedisServer start(Path directory, boolean durable) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port = Shell.freePort();
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--dir",
                directory.toString(),
                "--daemonize",
                "no",
                "--save",
                "",
                "--auto-aof-rewrite-percentage",
                "0"));
        if (durable) {
            command.addAll(List.of("--appendonly", "yes", "--appendfsync", "everysec"));
        }
        Process process = new ProcessBuilder(Shell.pinned("serverCpu", command))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis.log").toFile())
                .start();
        RedisServer server = new RedisServer(process, port);
        long deadline = System.nanoTime() + START_NANOS_MAX;
        while (!server.answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                server.close();
                throw new IOException("redis-server did not start, see " + directory.resolve("redis.log"));
            }
            Thread.sleep(POLL_MS);
        }
        return server;
    }

    int port() {
        return port;
    }

    /** Bytes of the process. */
    long residentBytes() throws IOException {
        return Shell.residentBytes(process);
    }

    /** Bytes that Redis says its data take, its own buffers included. */
    long usedBytes() throws IOException, InterruptedException {
        Matcher used = Pattern.compile("used_memory:([0-9]+)").matcher(client("INFO", "memory"));
        if (!used.find()) {
            throw new IOException("redis-cli INFO says no used_memory");
        }
        return Long.parseLong(used.group(1));
    }

    String version() throws IOException, InterruptedException {
        Matcher version = Pattern.compile("redis_version:(\\S+)").matcher(client("INFO", "server"));
        return version.find() ? version.group(1) : "unknown";
    }

    /** Mass insertion by redis-cli, as the documentation recommends. */
    void fill(Path log, Commands commands) throws IOException, InterruptedException {
        Process pipe = new ProcessBuilder("redis-cli", "-p", String.valueOf(port), "--pipe")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try (BufferedWriter out = pipe.outputWriter(StandardCharsets.US_ASCII)) {
            commands.write(new Sink(out));
        }
        String said = pipe.waitFor() == 0 ? Files.readString(log) : "";
        if (!said.contains("errors: 0")) {
            throw new IOException("mass insertion failed: " + Files.readString(log));
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            return client("PING").startsWith("PONG");
        } catch (IOException e) {
            return false; // not yet
        }
    }

    private String client(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-p", String.valueOf(port)));
        command.addAll(List.of(words));
        return Shell.run(command);
    }

    @Override
    public void close() {
        Shell.end(process);
    }
}
