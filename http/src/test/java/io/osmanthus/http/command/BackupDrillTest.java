package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's backup and restore, drilled: acts, a backup, more acts, the backup restored under a running server and before
 * one that starts. Once with a copy of the directory, once with {@code pg_dump} of a server by JDBC URL, where PostgreSQL is installed.
 */
final class BackupDrillTest {
    private static final int PERSONS = 12;

    @TempDir
    Path directory = Path.of("");

    /** A database, and a way to take a backup of it and to put it back. */
    private interface Way extends AutoCloseable {
        Ledger.Place place();

        /** Takes one; the database may be stopped and started for it. */
        void backup() throws Exception;

        void restore() throws Exception;

        @Override
        void close() throws IOException;
    }

    @Test
    void directoryCopied_restored_refusedUntilAccepted_nothingBeforeItLost() throws Exception {
        Path home = directory.resolve("ledger");
        Path copy = directory.resolve("ledger.copy");
        drill(new Way() {
            private EmbeddedDatabase database = EmbeddedDatabase.start(home);

            @Override
            public Ledger.Place place() {
                return database.place();
            }

            @Override
            public void backup() throws IOException {
                database.close();
                copy(home, copy);
                database = EmbeddedDatabase.start(home);
            }

            @Override
            public void restore() throws IOException {
                database.close();
                delete(home.resolve("data"));
                copy(copy.resolve("data"), home.resolve("data"));
                database = EmbeddedDatabase.start(home);
            }

            @Override
            public void close() {
                database.close();
            }
        });
    }

    /** The production set-up: a server of its own, reached by a JDBC URL, and its clients. */
    @Test
    void dumpOfPgDump_restored_refusedUntilAccepted_nothingBeforeItLost() throws Exception {
        Path programs = InstalledPostgres.installed();
        if (programs == null) {
            String why = "skipped: no PostgreSQL with server and clients is installed in /usr/lib/postgresql (Debian:"
                    + " postgresql), and the embedded database brings no pg_dump along";
            System.out.println(why);
            Assumptions.abort(why);
            return;
        }
        InstalledPostgres server =
                InstalledPostgres.start(programs, Files.createDirectory(directory.resolve("server")));
        System.out.println("pg_dump and pg_restore drilled with " + server.version());
        Path dump = directory.resolve("ledger.dump");
        drill(new Way() {
            @Override
            public Ledger.Place place() {
                return server.place();
            }

            @Override
            public void backup() throws Exception {
                server.client("pg_dump", "--format=custom", "--file=" + dump, "--dbname=" + server.url());
            }

            @Override
            public void restore() throws Exception {
                server.client(
                        "pg_restore",
                        "--clean",
                        "--if-exists",
                        "--single-transaction",
                        "--dbname=" + server.url(),
                        dump.toString());
            }

            @Override
            public void close() throws IOException {
                server.close();
            }
        });
    }

    private void drill(Way way) throws Exception {
        try (way) {
            drilled(way);
        }
    }

    private void drilled(Way way) throws Exception {
        Town town = Town.found(Files.createDirectory(directory.resolve("town")));
        Ledger.Place place = way.place();
        long before;
        long after;
        int leaver;
        try (Serving node = Serving.start(town.plan(Town.shipped(), place, 1))) {
            before = acts(town, node, "parking");
            leaver = town.entitled(node, PERSONS);
            way.backup();
            awaitCheck(town, node, 200);
            awaitWrite(town, node);
            after = acts(town, node, "culture");
            assertTrue(after > before);
            assertEquals(
                    200,
                    town.ask(node, "DELETE", "/v1/me/enrolment", town.citizen(leaver), null)
                            .status());
            way.restore();
            awaitCheck(town, node, 503);
            assertEquals(
                    503,
                    town.ask(node, "PUT", "/v1/me/consents/culture", town.citizen(1), "{\"purpose_version\":1}")
                            .status(),
                    "and nothing is written to it");
            assertEquals(200, town.get(node, "/v1/me/score", town.citizen(1)).status(), "own scores go on");
        }
        LedgerException refused =
                assertThrows(LedgerException.class, () -> Serving.start(town.plan(Town.shipped(), place, 1)));
        assertEquals(LedgerException.Code.REFUSED, refused.code());
        String words = String.valueOf(refused.getMessage());
        assertTrue(words.contains("an older database was restored") && words.contains("ledger accept"), words);
        // to take the mark away is no way round it: a departure is known that the ledger lacks
        Path mark = town.store.directory().resolve("ledger.seen");
        byte[] seen = Files.readAllBytes(mark);
        Files.delete(mark);
        refused = assertThrows(LedgerException.class, () -> Serving.start(town.plan(Town.shipped(), place, 1)));
        assertTrue(String.valueOf(refused.getMessage()).contains("lacks 1 departures"), refused.getMessage());
        Files.write(mark, seen);
        accept(town, place, before, after + 1);
        try (Serving node = Serving.start(town.plan(Town.shipped(), place, 1))) {
            awaitCheck(town, node, 200);
            assertFalse(town.benefit(node, "transit", Town.CITY.token(leaver).token()), "who has left stays erased");
            assertEquals(
                    404, town.get(node, "/v1/me/score", town.citizen(leaver)).status());
            for (int person = 0; person < PERSONS; person++) {
                assertTrue(ownAct(town, node, person, "parking"), "acknowledged before the backup: " + person);
                assertFalse(ownAct(town, node, person, "culture"), "after it: " + person);
            }
            long next = town.consent(node, 1, "culture").position();
            assertEquals(before + 2, next, "it goes on from where the backup ended, after the departure");
        }
    }

    private static void accept(Town town, Ledger.Place place, long ends, long seen) throws IOException {
        Path store = town.store.directory();
        Path rolled = ServerConfig.Trail.DEFAULT.options(store).rolled();
        try (Ledger ledger = Ledger.open(place, Town.KEY, InstantSource.system())) {
            Restored restored = new Restored(ledger, store, rolled, Duration.ofDays(90), Clock.systemUTC());
            Restored.Loss loss = restored.loss();
            assertEquals(ends, loss.position());
            assertEquals(seen, loss.seen());
            assertEquals(1, loss.departures().size());
            Instant from = Objects.requireNonNull(loss.from());
            assertTrue(from.isBefore(Objects.requireNonNull(loss.until())), loss.toString());
            assertNull(loss.unknownSince());
            restored.accept(loss);
            assertFalse(restored.loss().any(), "once");
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
