package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.Intake;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.openhft.chronicle.core.OS;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged snapshots put before a keeper that serves a good one, and many swaps: the good one goes on, memory comes back. */
final class SwapDrillTest {
    private static final boolean DRILLS = Boolean.getBoolean("osmanthus.drills");
    private static final int FLIPS = DRILLS ? 1_000 : 50;
    private static final int TRUNCATIONS = DRILLS ? 200 : 20;
    private static final int SWAPS = 20;
    private static final PseudonymKey KEY = PseudonymKey.ofHex("3c".repeat(PseudonymKey.KEY_BYTES));
    private static final Trust TRUST = Trust.of(KEY, null, true);
    private static final City CITY = new City(10_000, 500, 11, Fixtures.DAY);

    @TempDir
    static Path directory = Path.of("");

    private static String good = "";

    private final Random random = Seed.random("SwapDrillTest");
    private final List<Generation> made = new ArrayList<>();
    private String current = good;

    @BeforeAll
    static void build() throws IOException {
        Path delivery = directory.resolve("delivery");
        CITY.generate(delivery, Progress.SILENT);
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        try (SnapshotBuild build = store.begin()) {
            IntakeResult result = Intake.run(
                    Delivery.open(delivery),
                    Fixtures.RULES.vocabulary(),
                    KEY,
                    Fixtures.DAY,
                    build.directory(),
                    IntakeOptions.of(true, Channels.NONE),
                    Progress.SILENT);
            build.publish(result.content(), null);
        }
        good = store.current();
    }

    private static Path pathOf(String version) {
        return directory.resolve(version.equals(good) ? "store" : version).resolve(good);
    }

    private Generation load(String version, LocalDate day) {
        Generation generation =
                GenerationLoader.load(Snapshot.open(pathOf(version), TRUST), Fixtures.RULES, day, 2, Progress.SILENT);
        made.add(generation);
        return generation;
    }

    @Test
    void damaged_flippedOrTruncated_refusedAndTheOldOneGoesOn() throws IOException {
        try (Engine engine = new Engine();
                Keeper keeper = new Keeper(engine, () -> current, this::load, Clock.systemUTC(), Fixtures.DAY);
                Reader reader = engine.reader()) {
            keeper.start();
            int refused = 0;
            for (int i = 0; i < FLIPS + TRUNCATIONS; i++) {
                String version = "damaged-" + i;
                String what = damage(version, i < FLIPS);
                current = version;
                keeper.tick();
                assertTrue(keeper.failures().containsKey(version), what);
                refused++;
                assertNotNull(reader.advance());
                assertEquals(1, made.size(), what);
                long answers = 0;
                for (int person = 0; person < 100; person++) {
                    PseudonymKey.Pseudonymiser card = KEY.pseudonymiser(Scheme.PERSON);
                    card.make(CITY.personId(person));
                    answers += reader.person(card.high(), card.low()) >= 0 ? 1 : 0;
                }
                assertEquals(100, answers, what);
                delete(directory.resolve(version));
            }
            System.out.println(FLIPS + " flipped bits and " + TRUNCATIONS + " truncations: " + refused + " refused");
        }
    }

    /** A copy with one bit flipped or one file cut off; the other files are links to the good ones. */
    private String damage(String version, boolean flip) throws IOException {
        Path from = pathOf(good);
        Path to = Files.createDirectories(pathOf(version));
        List<Path> files;
        try (Stream<Path> all = Files.list(from)) {
            files = all.sorted().toList();
        }
        long total = 0;
        for (Path file : files) {
            total += Files.size(file);
        }
        // by bytes, so that each bit of the snapshot is as likely; truncations by file, so that small ones are met too
        long at = (long) (random.nextDouble() * total);
        int chosen = flip ? -1 : random.nextInt(files.size());
        String what = "";
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            long size = Files.size(file);
            Path copy = to.resolve(String.valueOf(file.getFileName()));
            boolean here = flip ? at >= 0 && at < size : i == chosen;
            if (!here || size == 0) {
                Files.createLink(copy, file);
                at -= size;
                continue;
            }
            Files.copy(file, copy);
            try (RandomAccessFile bytes = new RandomAccessFile(copy.toFile(), "rw")) {
                if (flip) {
                    int bit = random.nextInt(8);
                    bytes.seek(at);
                    int before = bytes.read();
                    bytes.seek(at);
                    bytes.write(before ^ (1 << bit));
                    what = file.getFileName() + " bit " + bit + " of byte " + at;
                } else {
                    long length = (long) (random.nextDouble() * size);
                    bytes.setLength(length);
                    what = file.getFileName() + " cut to " + length + " of " + size;
                }
            }
            at = -1;
        }
        if (what.isEmpty()) {
            // an empty file cannot be cut: it is missing then
            Files.delete(to.resolve(String.valueOf(files.get(chosen).getFileName())));
            what = files.get(chosen).getFileName() + " missing";
        }
        return what;
    }

    @Test
    void swaps_twenty_memoryIsThatOfOneGeneration() {
        try (Engine engine = new Engine();
                Keeper keeper = new Keeper(engine, () -> current, this::load, Clock.systemUTC(), Fixtures.DAY);
                Reader reader = engine.reader()) {
            keeper.start();
            reader.advance();
            long one = OS.memory().nativeMemoryUsed();
            long resident = resident();
            for (int swap = 0; swap < SWAPS; swap++) {
                keeper.renew();
                keeper.tick();
                assertNotNull(reader.advance());
                long open =
                        made.stream().filter(generation -> !generation.closed()).count();
                assertEquals(1, open, "after swap " + swap);
            }
            assertEquals(SWAPS + 1, made.size());
            long after = settled(one + one / 10);
            System.out.println("native memory with one generation " + one + ", after " + SWAPS + " swaps " + after
                    + "; resident " + resident + " and " + resident() + " kB");
            assertTrue(after <= one + one / 10, () -> after + " bytes after the swaps, " + one + " before");
        }
    }

    /** What was let go is freed by a thread of its own. */
    private static long settled(long expected) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (OS.memory().nativeMemoryUsed() > expected && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        return OS.memory().nativeMemoryUsed();
    }

    private static long resident() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    private static void delete(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = new ArrayList<>(walk.toList());
        }
        for (int i = paths.size() - 1; i >= 0; i--) {
            Files.delete(paths.get(i));
        }
    }
}
