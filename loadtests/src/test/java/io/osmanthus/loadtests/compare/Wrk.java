package io.osmanthus.loadtests.compare;

import io.osmanthus.loadtests.TokenFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Loads HTTP peers with the same tokens, by wrk or by redis-benchmark, 64 connections each; any fault fails the comparison. */
final class Wrk {
    static final int CONNECTIONS = 64;

    /** As many batches as one event loop takes on by default (limits.batches_max); one more is 503. */
    static final int BATCH_CONNECTIONS = 16;

    private static final int TOKENS = 100_000;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern FAULTS = Pattern.compile("Non-2xx.*|Socket errors.*");

    private final Path directory;
    private final Path tokens;
    private final String apiKey;

    Wrk(Path directory, String apiKey) throws IOException {
        this.directory = directory;
        this.apiKey = apiKey;
        this.tokens = directory.resolve("tokens.csv");
        TokenFile.write(tokens, TOKENS);
        for (String script : List.of("checks.lua", "batches.lua")) {
            try (InputStream lua = Wrk.class.getResourceAsStream("/" + script)) {
                if (lua == null) {
                    throw new IOException(script + " is not on the class path");
                }
                Files.copy(lua, directory.resolve(script));
            }
        }
    }

    Path tokens() {
        return tokens;
    }

    /** Checks a second. */
    double checks(String address, int seconds) throws IOException, InterruptedException {
        return load("checks.lua", CONNECTIONS, address, seconds, List.of());
    }

    /** Subjects a second, in batches. */
    double subjects(String address, int seconds, int batch) throws IOException, InterruptedException {
        return batch * load("batches.lua", BATCH_CONNECTIONS, address, seconds, List.of(String.valueOf(batch)));
    }

    private double load(String script, int connections, String address, int seconds, List<String> more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "wrk",
                "-t1",
                "-c" + connections,
                "-d" + seconds + "s",
                "-s",
                directory.resolve(script).toString(),
                address,
                "--",
                tokens.toString()));
        command.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(Shell.pinned("wrkCpu", command)).redirectErrorStream(true);
        builder.environment().put("OSMANTHUS_API_KEY", apiKey);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        Matcher rate = RATE.matcher(output);
        if (exit != 0 || FAULTS.matcher(output).find() || !rate.find()) {
            throw new IOException("wrk against " + address + " failed with " + exit + ":\n" + output);
        }
        return Double.parseDouble(rate.group(1));
    }

    /** GETs a second of random ones of so many keys, so many in a pipeline. */
    static double gets(int port, long keys, int pipeline, long requests) throws IOException, InterruptedException {
        String output = Shell.run(Shell.pinned(
                "wrkCpu",
                List.of(
                        "redis-benchmark",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(port),
                        "-c",
                        String.valueOf(CONNECTIONS),
                        "-n",
                        String.valueOf(requests),
                        "-r",
                        String.valueOf(keys),
                        "-P",
                        String.valueOf(pipeline),
                        "--csv",
                        "GET",
                        "key:__rand_int__")));
        String[] lines = output.strip().split("\n", -1);
        return Double.parseDouble(lines[lines.length - 1].split(",", -1)[1].replace("\"", ""));
    }
}
