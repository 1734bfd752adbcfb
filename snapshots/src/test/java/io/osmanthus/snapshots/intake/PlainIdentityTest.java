package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Charter 9: no plain identity in any file of a full build, a failing build, or a build killed half way; nor in a log. */
final class PlainIdentityTest {
    /** Shorter strings occur by accident. */
    private static final int SECRET_LENGTH_MIN = 5;

    private static final int PERSONS = 10_000;

    @TempDir
    Path directory = Path.of("");

    @Test
    void build_sample_leavesNoPlainIdentityAnywhere() throws IOException, SQLException {
        Set<String> secrets = secrets(Fixtures.SAMPLE);
        assertTrue(secrets.size() > 20_000, "the test looks for something");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        log.start();
        root.addAppender(log);
        // also what would be written if somebody looked for a fault
        root.setLevel(Level.DEBUG);
        Path snapshot;
        try {
            snapshot =
                    Fixtures.build(Fixtures.SAMPLE, directory.resolve("store")).snapshot();
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }
        assertNoneOf(secrets, directory.resolve("store"));
        // Parquet is compressed: look at the values as well.
        try (Stream<Path> files = Files.list(snapshot)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".parquet")).toList()) {
                StringBuilder values = new StringBuilder();
                Fixtures.query("SELECT * FROM '" + file + "'")
                        .forEach(row -> values.append(row).append('\n'));
                assertNone(secrets, values.toString(), file.toString());
            }
        }
        StringBuilder logged = new StringBuilder();
        log.list.forEach(event -> logged.append(event.getFormattedMessage()).append('\n'));
        assertFalse(log.list.isEmpty());
        assertNone(secrets, logged.toString(), "log");
    }

    @Test
    void build_failingAfterThePersons_leavesTheStoreAsItWas() throws IOException {
        Path store = directory.resolve("store");
        Fixtures.build(Fixtures.SAMPLE, store);
        List<String> before = files(store);
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        try (Stream<Path> files = Files.list(Fixtures.SAMPLE)) {
            for (Path file : files.toList()) {
                Files.copy(file, delivery.resolve(file.getFileName()));
            }
        }
        Files.writeString(
                delivery.resolve("list_entries.csv"),
                Files.readString(delivery.resolve("list_entries.csv")).replace("entry_id", "id"));
        IntakeException refused = assertThrows(IntakeException.class, () -> Fixtures.build(delivery, store));
        assertNone(secrets(Fixtures.SAMPLE), String.valueOf(refused.getMessage()), "message");
        assertEquals(before, files(store));
    }

    @Test
    void build_killedHalfWay_storeStaysAndLeftoversAreWithoutIdentityAndThenRemoved()
            throws IOException, InterruptedException {
        Path store = directory.resolve("store");
        String current =
                String.valueOf(Fixtures.build(Fixtures.SAMPLE, store).snapshot().getFileName());
        Path delivery = directory.resolve("city");
        new City(PERSONS, 100, 7, LocalDate.of(2026, 10, 15)).generate(delivery, Progress.SILENT);
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Djava.io.tmpdir=" + Files.createDirectory(directory.resolve("tmp")),
                        "-Dosmanthus.root=" + Fixtures.ROOT,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BuildInChild.class.getName(),
                        delivery.toString(),
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("child.log").toFile())
                .start();
        try {
            // The child stops in the middle of the consents, with rows staged, and says so.
            Path halfWay = store.resolveSibling("half-way");
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (!Files.exists(halfWay) && child.isAlive() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertTrue(Files.exists(halfWay), () -> log());
        } finally {
            child.destroyForcibly().waitFor();
        }
        List<Path> leftovers = leftovers(store);
        assertEquals(1, leftovers.size());
        Set<String> secrets = secrets(delivery);
        assertNoneOf(secrets, store);
        assertNoneOf(secrets, directory.resolve("tmp"));
        assertNone(secrets, log(), "log");
        SnapshotStore opened = SnapshotStore.open(store);
        assertEquals(current, opened.current());
        assertEquals(List.of(current), opened.list());
        try (SnapshotBuild next = opened.begin()) {
            assertEquals(List.of(next.directory()), leftovers(store));
            SnapshotException locked = assertThrows(SnapshotException.class, opened::begin);
            assertEquals(SnapshotException.Code.LOCKED, locked.code());
        }
        assertEquals(List.of(), leftovers(store));
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("child.log"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> leftovers(Path store) throws IOException {
        try (Stream<Path> entries = Files.list(store)) {
            return entries.filter(entry -> entry.toString().contains(".building-"))
                    .toList();
        }
    }

    private static List<String> files(Path store) throws IOException {
        try (Stream<Path> walk = Files.walk(store)) {
            List<String> files = new ArrayList<>();
            for (Path path : walk.sorted().toList()) {
                files.add(path + ":" + (Files.isRegularFile(path) ? Files.size(path) : -1));
            }
            return files;
        }
    }

    /** Every citizen id, token, piece of evidence, document number and reference of a delivery. */
    static Set<String> secrets(Path delivery) throws IOException {
        Set<String> secrets = new HashSet<>();
        collect(secrets, delivery.resolve("persons.csv"), 0);
        collect(secrets, delivery.resolve("tokens.csv"), 1, 2);
        collect(secrets, delivery.resolve("consents.csv"), 0, 4);
        collect(secrets, delivery.resolve("arrears.csv"), 1, 4);
        collect(secrets, delivery.resolve("records.csv"), 11);
        return secrets;
    }

    private static void collect(Set<String> secrets, Path file, int... columns) throws IOException {
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String[] fields = line.split(",", -1);
            // An organisation's document is public.
            boolean personal = !line.contains(",organisation,");
            for (int column : columns) {
                if (personal
                        && fields.length > column
                        && fields[column].length() >= SECRET_LENGTH_MIN
                        && fields[column].matches(".*[0-9].*")) {
                    secrets.add(fields[column]);
                }
            }
        }
    }

    private static void assertNoneOf(Set<String> secrets, Path root) throws IOException {
        Set<String> ascii = new HashSet<>(secrets);
        ascii.removeIf(secret -> secret.length() < secret.getBytes(StandardCharsets.UTF_8).length);
        Set<String> others = new HashSet<>(secrets);
        others.removeAll(ascii);
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                assertNone(ascii, new String(bytes, StandardCharsets.ISO_8859_1), file.toString());
                assertNone(others, new String(bytes, StandardCharsets.UTF_8), file.toString());
            }
        }
    }

    /** Cuts the text into runs of letters, digits and Chinese characters, and looks at each window that could be one. */
    private static void assertNone(Set<String> secrets, String text, String where) {
        assertNotNull(text);
        int[] lengths = secrets.stream().mapToInt(String::length).distinct().toArray();
        int run = 0;
        for (int end = 1; end <= text.length(); end++) {
            char c = text.charAt(end - 1);
            run = Character.isLetterOrDigit(c) || c == '-' || c == '·' ? run + 1 : 0;
            for (int length : lengths) {
                if (run >= length && secrets.contains(text.substring(end - length, end))) {
                    throw new AssertionError(
                            where + " holds an identity in plain, " + length + " characters at " + (end - length));
                }
            }
        }
    }
}
