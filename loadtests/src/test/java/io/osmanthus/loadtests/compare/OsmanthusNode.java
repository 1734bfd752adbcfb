package io.osmanthus.loadtests.compare;

import io.osmanthus.http.ApiKey;
import io.osmanthus.loadtests.ChildJvm;
import io.osmanthus.snapshots.PseudonymKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * This engine as an operator runs it: a delivery generated and built, then {@code serve} in a process of its own, with trail,
 * ledger and metrics. {@link #close} ends it.
 */
final class OsmanthusNode implements AutoCloseable {
    /** Of a synthetic city that this run makes and removes. */
    static final String PSEUDONYM_KEY = "5f".repeat(PseudonymKey.KEY_BYTES);

    private static final String MAIN = "io.osmanthus.http.command.Osmanthus";
    private static final Pattern READY = Pattern.compile("serve: ready on (\\S+)");

    private final Process process;
    private final String address;

    private OsmanthusNode(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Generates the delivery of the city of {@code -Dpersons= -Dseed=} and builds its snapshot. */
    static void build(Path directory, long persons, long seed, LocalDate today)
            throws IOException, InterruptedException {
        osmanthus(
                directory,
                "generate",
                "--persons=" + persons,
                "--organisations=" + Math.max(1, persons / 10),
                "--seed=" + seed,
                "--as-of=" + today,
                "--out=" + directory.resolve("delivery"));
        osmanthus(
                directory,
                "build",
                "--delivery=" + directory.resolve("delivery"),
                "--store=" + directory.resolve("store"),
                "--config=" + ChildJvm.root().resolve("config"),
                "--as-of=" + today);
    }

    private static void osmanthus(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = ChildJvm.command(List.of("-Xmx2g"), Map.of(), MAIN, List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(arguments[0] + ".log").toFile());
        builder.environment().put("OSMANTHUS_PSEUDONYM_KEY", PSEUDONYM_KEY);
        if (builder.start().waitFor() != 0) {
            throw new IOException(arguments[0] + " failed, see " + directory.resolve(arguments[0] + ".log"));
        }
    }

    /** Serves what was built, to the holder of a key. */
    static OsmanthusNode serve(Path directory, String apiKey, LocalDate today, String xmx)
            throws IOException, InterruptedException {
        Path config = config(directory, apiKey, today);
        List<String> command = ChildJvm.command(
                List.of("-Xmx" + xmx),
                Map.of(),
                MAIN,
                List.of("serve", "--config=" + config, "--store=" + directory.resolve("store")));
        ProcessBuilder builder = new ProcessBuilder(Shell.pinned("serverCpu", command)).redirectErrorStream(true);
        builder.environment().put("OSMANTHUS_PSEUDONYM_KEY", PSEUDONYM_KEY);
        Process process = builder.start();
        BufferedReader output = process.inputReader();
        StringBuilder said = new StringBuilder();
        String line = output.readLine();
        while (line != null) {
            said.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                drain(output);
                return new OsmanthusNode(process, "http://" + ready.group(1));
            }
            line = output.readLine();
        }
        Shell.end(process);
        throw new IOException("serve did not start:\n" + said);
    }

    /** What it says later must not stop it. */
    private static void drain(BufferedReader output) {
        Thread thread = new Thread(
                () -> {
                    try (output) {
                        while (output.readLine() != null) {
                            Thread.onSpinWait();
                        }
                    } catch (IOException e) {
                        Thread.currentThread().interrupt(); // the process has ended
                    }
                },
                "output of serve");
        thread.setDaemon(true);
        thread.start();
    }

    private static Path config(Path directory, String apiKey, LocalDate today) throws IOException {
        Path shipped = ChildJvm.root().resolve("config");
        Path config = directory.resolve("config");
        try (Stream<Path> all = Files.walk(shipped)) {
            for (Path path : all.toList()) {
                Files.copy(path, config.resolve(shipped.relativize(path).toString()));
            }
        }
        Files.writeString(
                config.resolve("server.yaml"),
                "demonstration: true\nport: 0\ndatabase: 'embedded:" + directory.resolve("ledger") + "'\n");
        Files.writeString(
                config.resolve("clients.yaml"),
                "clients:\n  - id: gate\n    role: terminal\n    title: Comparison\n    key_sha256: ["
                        + ApiKey.sha256(apiKey)
                        + "]\n    scenes: [transit]\n    grants: [batch]\n    subjects_per_second: 100000000\n"
                        + "    subjects_per_day: 1000000000\n    expires_on: " + today.plusDays(2) + "\n");
        return config;
    }

    String address() {
        return address;
    }

    long residentBytes() throws IOException {
        return Shell.residentBytes(process);
    }

    @Override
    public void close() {
        Shell.end(process);
    }
}
