package io.osmanthus.loadtests;

import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.Asked;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.trail.TrailWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What an event loop pays for an event of the access trail: alone in its turn, and among sixteen. Rolls go on beside it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TrailBenchmark {
    private static final int BATCH = 16;

    private @Nullable Path directory;
    private @Nullable AccessTrail trail;
    private @Nullable TrailWriter writer;
    private long what;
    private long next;

    /** Opens a trail in a temporary directory. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        Path made = Files.createTempDirectory("osmanthus-trail");
        AccessTrail opened = AccessTrail.start(TrailOptions.of(made), Clock.systemUTC());
        directory = made;
        trail = opened;
        writer = opened.writer();
        what = opened.what(Asked.CHECK, "gate-1", "transit", "fare-discount");
    }

    /** Lets go and removes everything. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        if (trail != null) {
            trail.close();
        }
        if (directory != null) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    /** One event, one document. */
    @Benchmark
    public boolean single() {
        return write(1);
    }

    /** Sixteen events, one document; the figure is for one of them. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public boolean inBatches() {
        return write(BATCH);
    }

    private boolean write(int events) {
        TrailWriter to = writer;
        if (to == null) {
            throw new IllegalStateException("not open");
        }
        for (int i = 0; i < events; i++) {
            next += 0x9E3779B97F4A7C15L;
            to.add(true, next, ~next, what);
        }
        return to.commit();
    }
}
