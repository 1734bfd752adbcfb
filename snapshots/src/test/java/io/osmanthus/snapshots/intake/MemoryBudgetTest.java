package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory that sorting may take is a budget: within a small one it spills to disk, and what is written is the same. */
final class MemoryBudgetTest {
    private static final int RECORDS = 800_000;

    @TempDir
    Path directory = Path.of("");

    @Test
    void run_withinTheSmallestBudget_spillsAndWritesTheSameAsWithRoom() throws IOException, SQLException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("MemoryBudgetTest seed " + seed);
        Path delivery = delivery(new Random(seed));
        Path small = directory.resolve("small");
        Path roomy = directory.resolve("roomy");
        Set<String> spilled = new TreeSet<>();
        Path tight = build(delivery, small, IntakeOptions.MEMORY_BYTES_MIN, spilled);
        assertFalse(spilled.isEmpty(), "the rows do not fit into " + IntakeOptions.MEMORY_BYTES_MIN + " bytes");
        System.out.println("spilled: " + spilled);
        Set<String> none = new TreeSet<>();
        Path wide = build(delivery, roomy, 4L << 30, none);
        assertEquals(Set.of(), none, "with room nothing is spilled");
        String rows = "(SELECT * EXCLUDE (document_no) FROM read_parquet('%s', file_row_number = true))";
        String a = rows.formatted(tight.resolve("records.parquet"));
        String b = rows.formatted(wide.resolve("records.parquet"));
        assertEquals(
                List.of(List.of(String.valueOf(RECORDS), "0")),
                Fixtures.query("SELECT count(*), count(*) FILTER (a IS DISTINCT FROM b) FROM " + a + " a FULL JOIN " + b
                        + " b USING (file_row_number)"));
    }

    @Test
    void options_belowTheSmallestBudget_areRefused() {
        IntakeOptions options = IntakeOptions.of(true, Channels.NONE);
        assertEquals(IntakeOptions.MEMORY_BYTES_MIN, options.within(128L << 20).memoryBytes());
        assertEquals(1, options.within(128L << 20).threads(), "a thread needs 128 MiB");
        assertThrows(IllegalArgumentException.class, () -> options.within((128L << 20) - 1));
    }

    /** The snapshot; {@code spilled} gets the names of the files that came about in the database's temporary directory. */
    private static Path build(Path delivery, Path store, long memoryBytes, Set<String> spilled) throws IOException {
        IntakeOptions options = IntakeOptions.of(true, Channels.NONE).within(memoryBytes);
        SnapshotStore opened = SnapshotStore.openOrCreate(store);
        try (SnapshotBuild build = opened.begin();
                WatchService watch = build.directory().getFileSystem().newWatchService()) {
            Path spill = build.directory().resolve("work").resolve("spill");
            WatchKey[] key = new WatchKey[1];
            // the first step of a file begins when the directory is there and nothing has been sorted
            Progress watching = (what, total, unit) -> {
                if (key[0] == null && Files.isDirectory(spill)) {
                    try {
                        key[0] = spill.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                return Progress.SILENT.begin(what, total, unit);
            };
            IntakeResult result = Intake.run(
                    Delivery.open(delivery),
                    Fixtures.VOCABULARY,
                    Fixtures.KEY,
                    Fixtures.AS_OF,
                    build.directory(),
                    options,
                    watching);
            events(watch, spilled);
            return opened.path(build.publish(result.content(), null).version());
        }
    }

    private static void events(WatchService watch, Set<String> spilled) {
        try {
            WatchKey key = watch.poll(1, TimeUnit.SECONDS);
            while (key != null) {
                for (WatchEvent<?> event : key.pollEvents()) {
                    spilled.add(String.valueOf(event.context()));
                }
                key = key.reset() ? watch.poll() : null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Records whose ids are long and come in no order: some hundred megabytes to sort. */
    private Path delivery(Random random) throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        String header = String.join(",", DeliveryFile.RECORDS.columns());
        try (BufferedWriter out = Files.newBufferedWriter(delivery.resolve("records.csv"))) {
            out.write(header + "\n");
            for (int i = 0; i < RECORDS; i++) {
                StringBuilder id = new StringBuilder(128);
                while (id.length() < 104) {
                    id.append(Long.toString(random.nextLong() >>> 1, 36)).append('Q');
                }
                out.write("R" + id + i + ",person," + DeliveryBuilder.PERSON
                        + ",volunteer-hours,,2026-01-01,,,1,,文明办,\n");
            }
        }
        return delivery;
    }
}
