package io.osmanthus.loadtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the access trail costs on the wire: wrk loads a server with a trail and one without by turns, both of one process
 * ({@link TrailServers}), and prints the ratio of each turn and their median. Arguments: turns (7), seconds a turn (6). The
 * key is any {@code OSMANTHUS_API_KEY} that {@code key new} made. {@code serverCpu}, {@code wrkCpu}, {@code persons},
 * {@code seed} as in {@link CompareWithBare}.
 */
public final class CompareTrail {
    private static final int WARM_UP_SECONDS = 10;

    private CompareTrail() {}

    /** Compares. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 7;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 6;
        Path directory = Files.createTempDirectory("osmanthus-compare");
        Process servers = CompareWithBare.start(CompareWithBare.pinned("serverCpu", command(directory)));
        try (BufferedReader output = servers.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.startsWith("ports ")) {
                line = output.readLine();
            }
            if (line == null) {
                throw new IOException("the servers did not start");
            }
            String[] ports = line.split(" ", -1);
            compare(
                    new CompareWithBare(directory),
                    "http://127.0.0.1:" + ports[1],
                    "http://127.0.0.1:" + ports[2],
                    turns,
                    seconds);
        } finally {
            servers.destroyForcibly().waitFor();
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static String[] command(Path directory) {
        Stream<String> flags = Stream.of(System.getProperty("osmanthus.jvm", "").split(" ", -1))
                .filter(flag -> !flag.isEmpty());
        return Stream.of(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        flags,
                        Stream.of(
                                "-Dosmanthus.root=" + System.getProperty("osmanthus.root", ".."),
                                "-Dpersons=" + System.getProperty("persons", ""),
                                "-Dseed=" + System.getProperty("seed", ""),
                                "-cp",
                                System.getProperty("java.class.path"),
                                TrailServers.class.getName(),
                                directory.resolve("trail").toString()))
                .flatMap(part -> part)
                .toArray(String[]::new);
    }

    private static void compare(CompareWithBare load, String with, String without, int turns, int seconds)
            throws IOException, InterruptedException {
        for (String server : List.of(with, without)) {
            load.wrk(server, WARM_UP_SECONDS);
        }
        double[] ratios = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            boolean first = turn % 2 == 0;
            double one = load.wrk(first ? with : without, seconds);
            double other = load.wrk(first ? without : with, seconds);
            double on = first ? one : other;
            double off = first ? other : one;
            ratios[turn] = on / off;
            CompareWithBare.say(
                    "turn %d: with the trail %,.0f/s, without %,.0f/s, ratio %.3f", turn + 1, on, off, ratios[turn]);
        }
        CompareWithBare.say(
                "trail on against off: %.3f (median of the ratios of %d turns of %d s)",
                CompareWithBare.median(ratios), turns, seconds);
    }
}
