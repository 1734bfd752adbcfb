package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.snapshots.ledger.Ledger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server of the PostgreSQL that is installed on this machine with its clients, as a production ledger has: a JDBC URL. */
final class InstalledPostgres implements AutoCloseable {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+)");
    private static final String USER = "osmanthus";
    private static final String PASSWORD = "drill-only";
    private static final List<String> NEEDED = List.of("initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore");

    private final Path programs;
    private final Path data;
    private final int port;

    private InstalledPostgres(Path programs, Path data, int port) {
        this.programs = programs;
        this.data = data;
        this.port = port;
    }

    /** Where the programs of the newest one are, server and clients of one version; null where there is none. */
    static @Nullable Path installed() throws IOException {
        if (!Files.isDirectory(DEBIAN)) {
            return null;
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> NEEDED.stream().allMatch(name -> Files.isExecutable(bin.resolve(name))))
                    .max(Comparator.comparing(bin -> version(bin)))
                    .orElse(null);
        }
    }

    private static int version(Path bin) {
        try {
            Matcher said = VERSION.matcher(run(List.of(bin.resolve("pg_dump").toString(), "--version")));
            return said.find() ? Integer.parseInt(said.group(1)) : 0;
        } catch (IOException | InterruptedException e) {
            return 0;
        }
    }

    /** Makes one in a directory, and starts it. */
    static InstalledPostgres start(Path programs, Path directory) throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        Path password = Files.writeString(directory.resolve("password"), PASSWORD + "\n");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        InstalledPostgres server = new InstalledPostgres(programs, data, port);
        server.asServer(
                "initdb",
                "-D",
                data.toString(),
                "-U",
                USER,
                "-A",
                "scram-sha-256",
                "--pwfile=" + password,
                "-E",
                "UTF8");
        server.asServer(
                "pg_ctl",
                "start",
                "-w",
                "-D",
                data.toString(),
                "-l",
                directory.resolve("log").toString(),
                "-o",
                "-h 127.0.0.1 -p " + port + " -k ''");
        return server;
    }

    Ledger.Place place() {
        return new Ledger.Place("jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, PASSWORD);
    }

    String version() {
        return "PostgreSQL " + version(programs);
    }

    String url() {
        return "postgresql://" + USER + "@127.0.0.1:" + port + "/postgres";
    }

    /** Runs a client as an operator does. */
    void client(String program, String... arguments) throws IOException, InterruptedException {
        run(command(List.of(), program, arguments));
    }

    @Override
    public void close() throws IOException {
        try {
            asServer("pg_ctl", "stop", "-w", "-D", data.toString(), "-m", "fast");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It does not run as root: then in a user namespace of its own. */
    private void asServer(String program, String... arguments) throws IOException, InterruptedException {
        boolean root = "root".equals(System.getProperty("user.name"));
        run(command(root ? List.of("unshare", "-U") : List.of(), program, arguments));
    }

    private List<String> command(List<String> before, String program, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("osmanthus-postgres", ".out");
        try {
            // into a file: a server that goes on would hold a pipe open
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().put("PGPASSWORD", PASSWORD);
            int exit = builder.start().waitFor();
            String words = Files.readString(said, StandardCharsets.UTF_8);
            assertEquals(0, exit, command + ": " + words);
            return words;
        } finally {
            Files.delete(said);
        }
    }
}
