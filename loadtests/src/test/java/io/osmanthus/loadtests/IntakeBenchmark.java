package io.osmanthus.loadtests;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.Intake;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rows a second through intake: split, judged, pseudonymised, sealed, sorted, written as Parquet; all cores of the machine. Read
 * the counter {@code rows}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class IntakeBenchmark {
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    private static final long SEED = 2020;

    /** How many persons the delivery is about; organisations are a tenth. */
    @Param("200000")
    public int persons = 200_000;

    private final Vocabulary vocabulary =
            Vocabulary.load(Path.of(System.getProperty("osmanthus.root", ".."), "config"));
    private @Nullable Path directory;
    private long rows;
    private int runs;

    /** Counts rows beside runs. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Counted {
        public long rows;
    }

    /** Writes the delivery. */
    @Setup(Level.Trial)
    public void generate() throws IOException {
        Path made = Files.createTempDirectory("osmanthus-intake");
        Path delivery = made.resolve("delivery");
        new City(persons, Math.max(1, persons / 10), SEED, AS_OF).generate(delivery, Progress.SILENT);
        try (Stream<Path> files = Files.list(delivery)) {
            for (Path file : files.toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    rows += lines.count() - 1;
                }
            }
        }
        directory = made;
    }

    /** Removes everything. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        if (directory != null) {
            remove(directory);
        }
    }

    /** The whole delivery. */
    @Benchmark
    public Object intake(Counted counted) throws IOException {
        if (directory == null) {
            throw new IllegalStateException("no delivery");
        }
        Path out = Files.createDirectories(directory.resolve("run-" + runs++));
        Object result = Intake.run(
                Delivery.open(directory.resolve("delivery")),
                vocabulary,
                PseudonymKey.ofHex(CheckBenchmark.KEY),
                AS_OF,
                out,
                IntakeOptions.of(true, Channels.NONE),
                Progress.SILENT);
        counted.rows += rows;
        remove(out);
        return result;
    }

    private static void remove(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
