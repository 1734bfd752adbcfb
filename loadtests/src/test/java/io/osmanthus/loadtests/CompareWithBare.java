package io.osmanthus.loadtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks on a running server against {@link BareServer}, in one run: wrk with 64 connections on both sides by turns, so that
 * a drifting machine drifts for both. Prints each turn and the ratio of the medians. The bare server is started here, with as
 * many event loops and an answer of the same length, and ended again.
 *
 * <p>Arguments: address of the server (http://127.0.0.1:8080), event loops it runs with (1), turns a side (5), seconds a turn
 * (10). The key comes from {@code OSMANTHUS_API_KEY}. System properties: {@code serverCpu} and {@code wrkCpu} pin the bare
 * server and wrk to cores (pin the server likewise), {@code persons}, {@code seed}.
 */
public final class CompareWithBare {
    private static final int CONNECTIONS = 64;
    private static final int WARM_UP_SECONDS = 5;
    private static final int TOKENS = 100_000;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern FAULTS = Pattern.compile("Non-2xx.*|Socket errors.*");

    private final Path script;
    private final Path tokens;

    CompareWithBare(Path directory) throws IOException {
        script = directory.resolve("checks.lua");
        tokens = directory.resolve("tokens.csv");
        try (InputStream lua = CompareWithBare.class.getResourceAsStream("/checks.lua")) {
            if (lua == null) {
                throw new IOException("checks.lua is not on the class path");
            }
            Files.copy(lua, script, StandardCopyOption.REPLACE_EXISTING);
        }
        TokenFile.write(tokens, TOKENS);
    }

    /** Compares. */
    public static void main(String[] args) throws IOException, InterruptedException {
        String server = args.length > 0 ? args[0] : "http://127.0.0.1:8080";
        int eventLoops = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        int turns = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 10;
        Path directory = Files.createTempDirectory("osmanthus-compare");
        CompareWithBare comparison = new CompareWithBare(directory);
        try {
            comparison.run(server, eventLoops, turns, seconds);
        } finally {
            Files.deleteIfExists(comparison.script);
            Files.deleteIfExists(comparison.tokens);
            Files.deleteIfExists(directory);
        }
    }

    private void run(String server, int eventLoops, int turns, int seconds) throws IOException, InterruptedException {
        int answerBytes = answerBytes(server);
        Process bareServer = start(pinned(
                "serverCpu",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BareServer.class.getName(),
                "0",
                String.valueOf(eventLoops),
                String.valueOf(answerBytes)));
        try {
            String bare = address(bareServer);
            wrk(server, WARM_UP_SECONDS);
            wrk(bare, WARM_UP_SECONDS);
            double[] ours = new double[turns];
            double[] theirs = new double[turns];
            for (int turn = 0; turn < turns; turn++) {
                ours[turn] = wrk(server, seconds);
                theirs[turn] = wrk(bare, seconds);
                say(
                        "turn %d: osmanthus %,.0f/s, bare %,.0f/s, ratio %.3f",
                        turn + 1, ours[turn], theirs[turn], ours[turn] / theirs[turn]);
            }
            double our = median(ours);
            double their = median(theirs);
            say(
                    "osmanthus %,.0f/s, bare Vert.x %,.0f/s, ratio %.3f (medians of %d turns of %d s, %d connections,"
                            + " answers of %d bytes)",
                    our, their, our / their, turns, seconds, CONNECTIONS, answerBytes);
        } finally {
            bareServer.destroy();
            bareServer.waitFor();
        }
    }

    /** The length of a check's answer; fails early where the key or the scene is wrong. */
    private int answerBytes(String server) throws IOException, InterruptedException {
        String key = System.getenv("OSMANTHUS_API_KEY");
        String[] first;
        try (BufferedReader lines = Files.newBufferedReader(tokens)) {
            String line = lines.readLine();
            first = line == null ? new String[0] : line.split(",", 2);
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + "/v1/scenes/transit/checks"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + (key == null ? "" : key))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"scheme\":\"" + first[0] + "\",\"token\":\"" + first[1] + "\"}"))
                .build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("expected 200 from " + server + ", found " + response.statusCode()
                    + "; is OSMANTHUS_API_KEY the key of a transit terminal?");
        }
        return response.body().length;
    }

    double wrk(String server, int seconds) throws IOException, InterruptedException {
        Process wrk = start(pinned(
                "wrkCpu",
                "wrk",
                "-t1",
                "-c" + CONNECTIONS,
                "-d" + seconds + "s",
                "-s",
                script.toString(),
                server,
                "--",
                tokens.toString()));
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = wrk.waitFor();
        Matcher faults = FAULTS.matcher(output);
        Matcher rate = RATE.matcher(output);
        if (exit != 0 || faults.find() || !rate.find()) {
            throw new IOException("wrk against " + server + " failed with " + exit + ":\n" + output);
        }
        return Double.parseDouble(rate.group(1));
    }

    private static String address(Process bareServer) throws IOException {
        BufferedReader output = bareServer.inputReader();
        String line = output.readLine();
        Matcher address = Pattern.compile("http://[0-9.:]+").matcher(line == null ? "" : line);
        if (!address.find()) {
            throw new IOException("the bare server did not start: " + line);
        }
        return address.group();
    }

    static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** The command, on the cores of a system property where one is given. */
    static List<String> pinned(String property, String... command) {
        List<String> all = new ArrayList<>();
        String cores = System.getProperty(property, "");
        if (!cores.isBlank()) {
            all.addAll(List.of("taskset", "-c", cores));
        }
        all.addAll(Arrays.asList(command));
        return all;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
