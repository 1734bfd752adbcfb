package io.osmanthus.loadtests;

import io.osmanthus.http.ApiKey;
import io.osmanthus.snapshots.PseudonymKey;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory to measure in: what commands make, and a configuration for one terminal. */
final class Workshop {
    /** The pseudonym key of everything that is built to be measured. */
    static final String KEY = "5e".repeat(PseudonymKey.KEY_BYTES);

    private static final int POLL_MS = 100;

    private final Path root = Path.of(System.getProperty("osmanthus.root", "."));
    private final Path directory;

    /** A process that ended well. */
    record Step(double seconds, long peakMebibytes) {}

    Workshop(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    static Workshop temporary(String name) throws IOException {
        return new Workshop(Files.createTempDirectory("osmanthus-" + name));
    }

    Path directory() {
        return directory;
    }

    Path config() {
        return root.resolve("config");
    }

    Path jar() {
        return root.resolve("http/target/osmanthus.jar");
    }

    static Map<String, String> environment() {
        return Map.of("OSMANTHUS_PSEUDONYM_KEY", KEY);
    }

    /** A copy of the configuration in which one terminal may ask everything, of a server with one event loop; its key. */
    String configure(Path to) throws IOException {
        copy(config(), to);
        String key = ApiKey.make();
        Files.writeString(to.resolve("clients.yaml"), """
                clients:
                  - id: gate
                    role: terminal
                    title: Gate
                    key_sha256: [%s]
                    scenes: [transit]
                    grants: [batch]
                    subjects_per_second: 100000000
                    subjects_per_day: 1000000000
                    expires_on: 2099-12-31
                """.formatted(ApiKey.sha256(key)));
        Files.writeString(
                to.resolve("server.yaml"), """
                demonstration: true
                port: 0
                event_loops: 1
                database: embedded:%s
                access_trail: %s
                """.formatted(directory.resolve("ledger"), directory.resolve("trail")));
        return key;
    }

    /** Runs a command of ours in a process of its own; its output goes into a file. */
    Step osmanthus(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar().toString()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve(arguments[0] + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment());
        long begin = System.nanoTime();
        Process process = builder.start();
        long peak = 0;
        while (process.isAlive()) {
            peak = Math.max(peak, peakKibibytes(process.pid()));
            Thread.sleep(POLL_MS);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(arguments[0] + " failed, see " + output);
        }
        return new Step(seconds, peak >> 10);
    }

    /** Deletes the directory. */
    void tidy() throws IOException {
        remove(directory);
    }

    static void remove(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path of, @Nullable IOException e) throws IOException {
                Files.delete(of);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static long peakKibibytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // it has just ended, or there is no /proc here
        }
    }

    /** The key with which a measuring client asks, and which the servers made here know. */
    static String apiKey() {
        String key = System.getenv("OSMANTHUS_API_KEY");
        if (key == null || key.isBlank()) {
            throw new IllegalStateException(
                    "set OSMANTHUS_API_KEY to a key made by: java -jar http/target/osmanthus.jar key new");
        }
        return key;
    }
}
