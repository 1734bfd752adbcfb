package io.osmanthus.snapshots.ledger;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL that lives in a directory: {@code data}, {@code password}, {@code log}, and the unpacked programs. It
 * listens on the loopback address and a port of its own, with password authentication, and keeps what it has acknowledged
 * through a loss of power ({@code fsync}, {@code synchronous_commit}); what it runs with is asked of it at each start.
 *
 * <p>One process at a time uses the directory. A database that outlived its killed process is taken over. Run by root,
 * which PostgreSQL refuses to be, it is started in a user namespace of its own. Thread-safe.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final String PROGRAMS = "/postgres-linux-x86_64.txz";
    private static final String VERSION = "17.6";
    private static final String USER = "osmanthus";
    private static final String DATABASE = "postgres";
    private static final int START_TIMEOUT_SECONDS = 120;
    private static final int START_TRIES = 10;
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    /** What must hold, whatever the configuration files say. */
    private static final Map<String, String> REQUIRED = Map.of(
            "fsync",
            "on",
            "synchronous_commit",
            "on",
            "full_page_writes",
            "on",
            "password_encryption",
            "scram-sha-256",
            "listen_addresses",
            "127.0.0.1");

    private final Path directory;
    private final FileChannel lockFile;
    private final String password;
    private int port;
    private boolean closed;

    private EmbeddedDatabase(Path directory, FileChannel lockFile, String password) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.password = password;
    }

    /**
     * Starts the database of a directory, which is made where it is not there; blocks for seconds.
     *
     * @throws LedgerException EMBEDDED where another process uses the directory, or PostgreSQL does not start
     */
    public static EmbeddedDatabase start(Path directory) {
        Path home = directory.toAbsolutePath().normalize();
        FileChannel lock = null;
        try {
            Files.createDirectories(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            lock = lock(home);
            EmbeddedDatabase database = new EmbeddedDatabase(home, lock, password(home));
            database.start();
            return database;
        } catch (IOException | SQLException e) {
            release(lock);
            throw new LedgerException(
                    LedgerException.Code.EMBEDDED,
                    "the embedded database in " + home + " does not start: " + e.getMessage() + " (its log is in "
                            + home.resolve("log") + ")",
                    e);
        } catch (LedgerException e) {
            release(lock);
            throw e;
        }
    }

    /**
     * Where the database of a directory listens that another process keeps running.
     *
     * @throws LedgerException EMBEDDED where there is none
     */
    public static Ledger.Place running(Path directory) {
        try {
            String port = Files.readString(directory.resolve("port"), StandardCharsets.US_ASCII)
                    .strip();
            String password = Files.readString(directory.resolve("password"), StandardCharsets.US_ASCII)
                    .strip();
            return new Ledger.Place(
                    "jdbc:postgresql://127.0.0.1:" + Integer.parseInt(port) + "/" + DATABASE, USER, password);
        } catch (IOException | NumberFormatException e) {
            throw new LedgerException(
                    LedgerException.Code.EMBEDDED, "no embedded database runs in " + directory + ": " + e.getMessage());
        }
    }

    /** Whether a directory holds a database. */
    public static boolean in(Path directory) {
        return Files.exists(directory.resolve("data").resolve("PG_VERSION"));
    }

    /** Whether the database of a directory answers, because another process runs it. */
    public static boolean runs(Path directory) {
        if (!Files.exists(directory.resolve("port"))) {
            return false;
        }
        Ledger.Place place = running(directory);
        try (Connection connection = DriverManager.getConnection(
                        place.jdbcUrl() + "?connectTimeout=5&socketTimeout=10", place.user(), place.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW data_directory")) {
            Path data = directory.toAbsolutePath().normalize().resolve("data");
            return row.next() && Path.of(row.getString(1)).equals(data);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Where it listens, and how to get in. */
    public Ledger.Place place() {
        return new Ledger.Place("jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE, USER, password);
    }

    /** Starts it again where it has died; looks at its process and its port only. */
    public synchronized void keepRunning() {
        try {
            Path pidFile = data().resolve("postmaster.pid");
            if (!closed && (!Files.exists(pidFile) || !alive(pidFile))) {
                LOG.warn("the embedded database has died; it is started again");
                launch();
                verify();
            }
        } catch (IOException | SQLException | NumberFormatException e) {
            LOG.error("the embedded database does not start again: {}", e.getMessage());
        }
    }

    private boolean alive(Path pidFile) throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(pidFile, StandardCharsets.UTF_8).get(0).strip());
        if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            return false;
        }
        // one that was killed and that nobody has reaped yet has a process, but no port
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Stops it in order: connections are broken off, nothing written is lost. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (Files.exists(data().resolve("postmaster.pid"))) {
                run(List.of(program("pg_ctl"), "stop", "-D", data().toString(), "-m", "fast", "-w"));
            }
        } catch (IOException e) {
            LOG.warn("the embedded database did not stop in order: {}", e.getMessage());
        }
        release(lockFile);
    }

    private void start() throws IOException, SQLException {
        unpack();
        if (!Files.exists(data().resolve("PG_VERSION"))) {
            initialise();
        }
        if (!adopt()) {
            launch();
        }
        verify();
    }

    private void initialise() throws IOException {
        remove(data());
        Path fresh = directory.resolve("data.new");
        remove(fresh);
        run(List.of(
                program("initdb"),
                "-D",
                fresh.toString(),
                "-U",
                USER,
                "-A",
                "scram-sha-256",
                "--pwfile=" + directory.resolve("password"),
                "-E",
                "UTF8",
                "--locale=C",
                "--data-checksums"));
        // killed halfway, the next start begins anew
        Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes over a database that outlived the process which started it. */
    private boolean adopt() throws IOException {
        Path pidFile = data().resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return false;
        }
        List<String> lines = Files.readAllLines(pidFile, StandardCharsets.UTF_8);
        if (lines.size() < 4) {
            return false;
        }
        try {
            port = Integer.parseInt(lines.get(3).strip());
            long pid = Long.parseLong(lines.get(0).strip());
            if (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && ours()) {
                LOG.info("took over the embedded database on port {}, which outlived its process", port);
                return true;
            }
        } catch (NumberFormatException e) {
            LOG.warn("{} is not readable", pidFile);
        }
        return false;
    }

    private boolean ours() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW data_directory")) {
            return row.next() && Path.of(row.getString(1)).equals(data());
        } catch (SQLException e) {
            return false;
        }
    }

    private void launch() throws IOException {
        Path logs = Files.createDirectories(directory.resolve("log"));
        Path portFile = directory.resolve("port");
        for (int left = START_TRIES; ; left--) {
            // the same port as before, so that a pool finds it again
            port = left == START_TRIES && Files.exists(portFile)
                    ? Integer.parseInt(Files.readString(portFile, StandardCharsets.US_ASCII)
                            .strip())
                    : freePort();
            String options = String.join(
                    " ",
                    "-p " + port,
                    "-c listen_addresses=127.0.0.1",
                    "-c unix_socket_directories=",
                    "-c fsync=on",
                    "-c synchronous_commit=on",
                    "-c full_page_writes=on",
                    "-c password_encryption=scram-sha-256",
                    "-c max_connections=50",
                    "-c timezone=UTC",
                    "-c log_timezone=UTC",
                    "-c logging_collector=on",
                    "-c log_directory='" + logs + "'",
                    "-c log_filename=postgresql-%a.log",
                    "-c log_truncate_on_rotation=on",
                    "-c log_rotation_age=1440",
                    // statements may carry what belongs to persons: none of them in a log
                    "-c log_min_error_statement=panic",
                    "-c log_statement=none");
            try {
                run(List.of(
                        program("pg_ctl"),
                        "start",
                        "-D",
                        data().toString(),
                        "-w",
                        "-t",
                        Integer.toString(START_TIMEOUT_SECONDS),
                        "-l",
                        logs.resolve("start.log").toString(),
                        "-o",
                        options));
                Files.writeString(portFile, Integer.toString(port), StandardCharsets.US_ASCII);
                return;
            } catch (IOException e) {
                // another process may have taken the port meanwhile; remains of a killed database take a moment to go
                if (left <= 1) {
                    throw e;
                }
                pause();
            }
        }
    }

    private void verify() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> required : REQUIRED.entrySet()) {
                try (ResultSet row = statement.executeQuery("SHOW " + required.getKey())) {
                    if (!row.next() || !row.getString(1).equals(required.getValue())) {
                        throw new SQLException("it runs without " + required.getKey() + "=" + required.getValue());
                    }
                }
            }
            try (ResultSet row = statement.executeQuery(
                    "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'")) {
                if (!row.next() || row.getInt(1) != 0) {
                    throw new SQLException("pg_hba.conf lets somebody in without a password");
                }
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(place().jdbcUrl() + "?connectTimeout=5&socketTimeout=10", USER, password);
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path programs() {
        return directory.resolve("postgres-" + VERSION);
    }

    private String program(String name) {
        return programs().resolve("bin").resolve(name).toString();
    }

    private void unpack() throws IOException {
        if (Files.exists(programs())) {
            return;
        }
        Path fresh = directory.resolve("postgres.new");
        remove(fresh);
        try (InputStream packed = EmbeddedDatabase.class.getResourceAsStream(PROGRAMS)) {
            if (packed == null) {
                throw new IOException("no PostgreSQL for this machine is packed with the program: give a JDBC URL");
            }
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed)))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(tar, entry, fresh);
                }
            }
        }
        Files.move(fresh, programs(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("the packed PostgreSQL names a file outside its directory");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.resolveSibling("."));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private void run(List<String> command) throws IOException {
        List<String> full = new ArrayList<>(prefix());
        full.addAll(command);
        Path output = Files.createTempFile(directory, "output", ".txt");
        try {
            // a file, not a pipe: the database would inherit the pipe and hold it open
            Process process = new ProcessBuilder(full)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(START_TIMEOUT_SECONDS + 10L, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            if (!ended || process.exitValue() != 0) {
                String said =
                        Files.readString(output, StandardCharsets.UTF_8).strip().replace('\n', ' ');
                throw new IOException(Path.of(command.get(0)).getFileName() + " failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL was at work", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static List<String> prefix() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            return List.of();
        }
        try {
            if (new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0) {
                return List.of("unshare", "-U");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException(
                "PostgreSQL does not run as root, and this machine permits no user namespace (unshare -U):"
                        + " run as another user, or give a JDBC URL");
    }

    private static FileChannel lock(Path home) throws IOException {
        FileChannel channel =
                FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.debug("the directory is used by this very process");
        }
        if (lock == null) {
            channel.close();
            throw new LedgerException(
                    LedgerException.Code.EMBEDDED,
                    "another process uses the embedded database in " + home
                            + ": several servers on one ledger need a PostgreSQL of their own (server.yaml, database)");
        }
        return channel;
    }

    private static String password(Path home) throws IOException {
        Path file = home.resolve("password");
        if (Files.exists(file) && Files.size(file) > 0) {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String fresh = HexFormat.of().formatHex(random);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, fresh + "\n", StandardCharsets.US_ASCII);
        return fresh;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL was started", e);
        }
    }

    private static void release(@Nullable FileChannel lock) {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("the lock of the embedded database could not be let go: {}", e.getMessage());
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
