package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A builder is killed (kill -9) at random instants of build, publishing and pruning: the store is whole each time. */
final class KillDrillTest {
    private static final int KILLS = 10;
    private static final int PERSONS = 500;
    private static final int ORGANISATIONS = 100;

    /** After its first build, a child is killed within so long: several builds. */
    private static final int DELAY_MS_MAX = 1_000;

    private static final Trust TRUST = Trust.of(Fixtures.KEY, null, true);

    @TempDir
    Path directory = Path.of("");

    @Test
    void build_killedAtRandomInstants_storeOpensOnACompleteSnapshot() throws IOException, InterruptedException {
        Random random = Seed.random("KillDrillTest");
        Path delivery = directory.resolve("city");
        new City(PERSONS, ORGANISATIONS, 7, Fixtures.AS_OF).generate(delivery, Progress.SILENT);
        Path store = directory.resolve("store");
        Fixtures.build(delivery, store);
        int interrupted = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int delayMs = random.nextInt(DELAY_MS_MAX);
            killAfter(delivery, store, directory.resolve("sign-" + kill), delayMs);
            interrupted += leftover(store) ? 1 : 0;
            SnapshotStore opened = SnapshotStore.open(store);
            assertNotNull(opened.currentOrNull(), "kill " + kill + " after " + delayMs + " ms");
            Snapshot current = Snapshot.open(opened.path(opened.current()), TRUST);
            assertEquals(PERSONS, current.manifest().rows("persons.parquet"));
            for (String version : opened.list()) {
                Snapshot.open(opened.path(version), TRUST);
            }
            try (SnapshotBuild next = opened.begin()) {
                assertTrue(Files.isDirectory(next.directory()), "the lock died with its holder");
            }
            assertFalse(leftover(store));
        }
        System.out.println("KillDrillTest: " + interrupted + " of " + KILLS + " kills hit a build or a removal");
    }

    private void killAfter(Path delivery, Path store, Path sign, int delayMs) throws IOException, InterruptedException {
        Path log = directory.resolve("child.log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dosmanthus.root=" + Fixtures.ROOT,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BuildAndPublishInChild.class.getName(),
                        delivery.toString(),
                        store.toString(),
                        sign.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (!Files.exists(sign) && child.isAlive() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertTrue(Files.exists(sign), Files.readString(log));
            assertFalse(child.waitFor(delayMs, TimeUnit.MILLISECONDS), Files.readString(log));
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private static boolean leftover(Path store) throws IOException {
        try (Stream<Path> entries = Files.list(store)) {
            return entries.anyMatch(entry -> {
                String name = String.valueOf(entry.getFileName());
                return name.startsWith(".building-") || name.startsWith(".pruning-");
            });
        }
    }
}
