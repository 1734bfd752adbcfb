package io.osmanthus.http.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program as a process of its own, with arguments, environment and standard input: what a user runs. */
final class Program {
    /** A key for tests; no secret. */
    static final String KEY = "5e".repeat(32);

    private static final int MINUTES_MAX = 5;

    private Program() {}

    /** What a run left behind. */
    record Run(int exit, String out, String err) {
        /** The lines of standard output. */
        List<String> lines() {
            return out.lines().toList();
        }
    }

    static Path root() {
        return Path.of(System.getProperty("osmanthus.root"));
    }

    static Path resource(String name) {
        return root().resolve("http/src/test/resources").resolve(name);
    }

    /** A copy of the shipped configuration, to be changed by a test. */
    static Path copyConfig(Path copy) throws IOException {
        Path shipped = root().resolve("config");
        try (Stream<Path> walk = Files.walk(shipped)) {
            for (Path path : walk.toList()) {
                Path target = copy.resolve(shipped.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
        return copy;
    }

    /** Starts the program; its output goes to the files. */
    static Process start(Map<String, String> environment, Path out, Path err, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.add("-Xmx1g");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(Osmanthus.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root().toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OSMANTHUS_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs the program to its end. */
    static Run run(Map<String, String> environment, String input, String... arguments)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("osmanthus", ".out");
        Path err = Files.createTempFile("osmanthus", ".err");
        try {
            Process process = start(environment, out, err, List.of(arguments));
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The program may have ended without reading; its exit code says why.
                System.out.println("standard input was not read: " + e.getMessage());
            }
            if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("no end after " + MINUTES_MAX + " minutes: " + List.of(arguments));
            }
            return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }

    /** Runs the program with the tests' key. */
    static Run run(String input, String... arguments) throws IOException, InterruptedException {
        return run(Map.of("OSMANTHUS_PSEUDONYM_KEY", KEY), input, arguments);
    }

    /** The JVM flags of the build, which the jar carries in its manifest. */
    private static List<String> flags() {
        return List.of(System.getProperty("osmanthus.jvm", "").split(" "));
    }
}
