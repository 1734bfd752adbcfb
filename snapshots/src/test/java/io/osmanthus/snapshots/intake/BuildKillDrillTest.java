package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of builders at random instants of build and publishing: the store always opens on a complete snapshot. */
final class BuildKillDrillTest {
    private static final int KILLS = Integer.getInteger("kills", Boolean.getBoolean("osmanthus.drills") ? 200 : 20);

    private static final Path CONFIG = Path.of(System.getProperty("osmanthus.root"), "config");

    @TempDir
    Path directory = Path.of("");

    @Test
    void builder_killed_theStoreOpensOnACompleteSnapshot() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        System.out.println("BuildKillDrillTest seed " + seed);
        Random random = new Random(seed);
        Path delivery = directory.resolve("delivery");
        new City(60, 10, 5, BuildUntilKilled.DAY).generate(delivery, Progress.SILENT);
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        Vocabulary vocabulary = Vocabulary.load(CONFIG);
        BuildUntilKilled.build(vocabulary, delivery, store);
        Trust trust = Trust.of(BuildUntilKilled.KEY, null, true);
        Set<String> verified = new HashSet<>();
        int leftovers = 0;
        // the first is let live until it has published: so long a build of a fresh process takes
        int buildMs = kill(delivery, store, KILLS, -1);
        for (int kill = 0; kill < KILLS; kill++) {
            kill(delivery, store, kill, random.nextInt(buildMs * 5 / 4));
            Snapshot current = Snapshot.open(store.path(store.current()), trust);
            assertEquals(store.current(), current.manifest().version());
            for (String version : store.list()) {
                if (verified.add(version)) {
                    Snapshot.open(store.path(version), trust);
                }
            }
            leftovers += leftovers(store) > 0 ? 1 : 0;
        }
        // A build is most of what the child does: not to hit one even once means that the drill has missed its mark.
        assertTrue(leftovers > 0, "no kill of " + KILLS + " hit a build");
        BuildUntilKilled.build(vocabulary, delivery, store);
        assertEquals(0, leftovers(store), "the next build removes what killed ones left");
        System.out.println(KILLS + " kills, " + leftovers + " of them in the middle of a build; " + verified.size()
                + " complete snapshots; a build takes " + buildMs + " ms");
    }

    /** Kills a child so long after it began, or once it has published (-1); for how long it was alive. */
    private int kill(Path delivery, SnapshotStore store, int number, int aliveMs)
            throws IOException, InterruptedException {
        Path begun = directory.resolve("begun-" + number);
        Path output = directory.resolve("output-" + number);
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BuildUntilKilled.class.getName(),
                        CONFIG.toString(),
                        delivery.toString(),
                        store.directory().toString(),
                        begun.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.exists(begun)) {
            assertTrue(child.isAlive() && System.nanoTime() < until, () -> read(output));
            Thread.sleep(5);
        }
        long begin = System.nanoTime();
        int versions = store.list().size();
        if (aliveMs >= 0) {
            Thread.sleep(aliveMs);
        } else {
            while (store.list().size() == versions) {
                assertTrue(child.isAlive() && System.nanoTime() < until, () -> read(output));
                Thread.sleep(5);
            }
        }
        int lived = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        assertTrue(child.isAlive(), () -> read(output));
        child.destroyForcibly();
        assertTrue(child.waitFor(1, TimeUnit.MINUTES));
        return lived;
    }

    private static long leftovers(SnapshotStore store) throws IOException {
        try (Stream<Path> entries = Files.list(store.directory())) {
            return entries.filter(entry -> String.valueOf(entry.getFileName()).startsWith(".building-"))
                    .count();
        }
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
