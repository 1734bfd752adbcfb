package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's backup and restore, drilled: acts, a backup, more acts, the backup restored under a running server and before
 * one that starts. Once with a copy of the directory, once with {@code pg_dump} where a client of PostgreSQL 17 is installed.
 */
final class BackupDrillTest {
    private static final int PERSONS = 12;
    private static final Pattern VERSION = Pattern.compile("\\) ([0-9]+)");

    @TempDir
    Path directory = Path.of("");

    /** A way to take a backup of a database, and to put it back. */
    private interface Way {
        /** Takes one; the database may be stopped and started for it. */
        EmbeddedDatabase backup(EmbeddedDatabase database) throws Exception;

        EmbeddedDatabase restore(EmbeddedDatabase database) throws Exception;
    }

    @Test
    void directoryCopied_restored_refusedUntilMeant_nothingBeforeItLost() throws Exception {
        Path home = directory.resolve("ledger");
        Path copy = directory.resolve("ledger.copy");
        drill(home, new Way() {
            @Override
            public EmbeddedDatabase backup(EmbeddedDatabase database) throws IOException {
                database.close();
                copy(home, copy);
                return EmbeddedDatabase.start(home);
            }

            @Override
            public EmbeddedDatabase restore(EmbeddedDatabase database) throws IOException {
                database.close();
                delete(home.resolve("data"));
                copy(copy.resolve("data"), home.resolve("data"));
                return EmbeddedDatabase.start(home);
            }
        });
    }

    @Test
    void dumpOfPgDump_restored_refusedUntilMeant_nothingBeforeItLost() throws Exception {
        int version = clientVersion();
        if (version < 17) {
            System.out.println("skipped: pg_dump of PostgreSQL 17 or later is not installed (found "
                    + (version == 0 ? "none" : "version " + version)
                    + "), and the embedded database brings none along");
            return;
        }
        Path home = directory.resolve("ledger");
        Path dump = directory.resolve("ledger.dump");
        drill(home, new Way() {
            @Override
            public EmbeddedDatabase backup(EmbeddedDatabase database) throws Exception {
                client(database, List.of("pg_dump", "--format=custom", "--file=" + dump, "--dbname=" + url(database)));
                return database;
            }

            @Override
            public EmbeddedDatabase restore(EmbeddedDatabase database) throws Exception {
                client(
                        database,
                        List.of(
                                "pg_restore",
                                "--clean",
                                "--if-exists",
                                "--single-transaction",
                                "--dbname=" + url(database),
                                dump.toString()));
                return database;
            }
        });
    }

    private void drill(Path home, Way way) throws Exception {
        Town town = Town.found(Files.createDirectory(directory.resolve("town")));
        EmbeddedDatabase database = EmbeddedDatabase.start(home);
        try {
            Ledger.Place place = database.place();
            long before;
            long after;
            try (Serving node = Serving.start(town.plan(Town.shipped(), place, 1))) {
                before = acts(town, node, "parking");
                database = way.backup(database);
                awaitCheck(town, node, 200);
                awaitWrite(town, node);
                after = acts(town, node, "culture");
                assertTrue(after > before);
                database = way.restore(database);
                awaitCheck(town, node, 503);
                assertEquals(
                        503,
                        town.ask(node, "PUT", "/v1/me/consents/culture", town.citizen(1), "{\"purpose_version\":1}")
                                .status(),
                        "and nothing is written to it");
                assertEquals(
                        200, town.get(node, "/v1/me/score", town.citizen(1)).status(), "own scores go on");
            }
            LedgerException refused =
                    assertThrows(LedgerException.class, () -> Serving.start(town.plan(Town.shipped(), place, 1)));
            assertEquals(LedgerException.Code.REFUSED, refused.code());
            String words = String.valueOf(refused.getMessage());
            assertTrue(words.contains("an older database was restored") && words.contains("ledger.seen"), words);
            Files.delete(town.store.directory().resolve("ledger.seen"));
            try (Serving node = Serving.start(town.plan(Town.shipped(), place, 1))) {
                awaitCheck(town, node, 200);
                for (int person = 0; person < PERSONS; person++) {
                    assertTrue(ownAct(town, node, person, "parking"), "acknowledged before the backup: " + person);
                    assertFalse(ownAct(town, node, person, "culture"), "after it: " + person);
                }
                long next = town.consent(node, 1, "culture").position();
                assertEquals(before + 1, next, "it goes on from where the backup ended");
            }
        } finally {
            database.close();
        }
    }

    /** One consent of each person; returns the last position that was acknowledged. */
    private static long acts(Town town, Serving node, String scene) throws IOException, InterruptedException {
        long last = 0;
        for (int person = 0; person < PERSONS; person++) {
            last = town.consent(node, person, scene).position();
        }
        return last;
    }

    /** Whether the person holds a consent for a scene that they gave themselves. */
    private static boolean ownAct(Town town, Serving node, int person, String scene)
            throws IOException, InterruptedException {
        boolean[] found = {false};
        town.get(node, "/v1/me/records", town.citizen(person))
                .json()
                .get("consents")
                .forEach(consent -> found[0] |= consent.get("scene").asText().equals(scene)
                        && consent.get("evidence").get("kind").asText().equals("own-act"));
        return found[0];
    }

    private static void awaitCheck(Town town, Serving node, int status) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (town.check(node, "transit", Town.CITY.token(3).token()).status() != status) {
            assertTrue(System.nanoTime() < until, "checks do not answer " + status);
            Thread.onSpinWait();
        }
    }

    private static void awaitWrite(Town town, Serving node) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        String body = "{\"purpose_version\":1}";
        while (town.ask(node, "PUT", "/v1/me/consents/culture", town.citizen(0), body)
                        .status()
                != 200) {
            assertTrue(System.nanoTime() < until, "writes do not come back");
            Thread.onSpinWait();
        }
    }

    private static int clientVersion() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("pg_dump", "--version").start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            Matcher version = VERSION.matcher(said);
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String url(EmbeddedDatabase database) {
        return "postgresql://" + database.place().user() + "@"
                + database.place().jdbcUrl().substring("jdbc:postgresql://".length());
    }

    private static void client(EmbeddedDatabase database, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", database.place().password());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(from.relativize(visited).toString());
                Files.createDirectories(target);
                Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(visited));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file).toString()),
                        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES,
                        java.nio.file.LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void delete(Path directory) throws IOException {
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
