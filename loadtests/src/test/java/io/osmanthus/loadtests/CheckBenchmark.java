package io.osmanthus.loadtests;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.GenerationLoader;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.city.Token;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.Intake;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A check in memory: the look-up of a random card of a city in a generation that holds all of it, with and without making
 * its pseudonym, and of a card that nobody has bound (which must cost as much). Nothing may be allocated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CheckBenchmark {
    static final String KEY = "5f".repeat(PseudonymKey.KEY_BYTES);
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    private static final long SEED = 2020;
    private static final int CARD_BYTES = 16;

    /** Large enough that neither the tokens nor what they hit stays in a cache. */
    private static final int SAMPLE = 1 << 20;

    private static final int RUN = 32;
    private static final int TRANSIT = 0;
    private static final int LOADERS = 2;

    /** How many persons the generation holds. */
    @Param("1000000")
    public int persons;

    private final Engine engine = new Engine();
    private final PseudonymKey.Pseudonymiser cards = PseudonymKey.ofHex(KEY).pseudonymiser(Scheme.CARD);
    private final byte[] bound = new byte[SAMPLE * CARD_BYTES];
    private final byte[] unknown = new byte[SAMPLE * CARD_BYTES];
    private final long[] high = new long[SAMPLE];
    private final long[] low = new long[SAMPLE];
    private final byte[] buffer = new byte[CARD_BYTES];
    private final int[] places = new int[RUN];
    private Reader reader = engine.reader();
    private int next;

    /** Loads the city and draws the cards. */
    @Setup(Level.Trial)
    public void load() throws IOException {
        City city = new City(persons, persons / 10, SEED, AS_OF);
        engine.publish(generation(city, AS_OF));
        reader = engine.reader();
        reader.advance();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < SAMPLE; i++) {
            store(city.token(random.nextLong(city.persons())), bound, i);
            store(city.unknownCard(i), unknown, i);
            cards.make(bound, i * CARD_BYTES, CARD_BYTES);
            high[i] = cards.high();
            low[i] = cards.low();
        }
    }

    /** Lets go of the generation. */
    @TearDown(Level.Trial)
    public void close() {
        reader.close();
        engine.close();
    }

    /** The look-up alone. */
    @Benchmark
    public int lookup() {
        int at = next++ & (SAMPLE - 1);
        return reader.check(TRANSIT, high[at], low[at]);
    }

    /** The look-ups of a run of cards, fetched from memory together, as a batch does it; per card. */
    @Benchmark
    @OperationsPerInvocation(RUN)
    public int lookupTouched() {
        int from = next & (SAMPLE - RUN);
        next = from + RUN;
        int codes = 0;
        for (int i = from; i < from + RUN; i++) {
            reader.touch(high[i]);
        }
        for (int i = 0; i < RUN; i++) {
            places[i] = reader.find(high[from + i], low[from + i]);
        }
        for (int i = 0; i < RUN; i++) {
            reader.touchPlace(places[i], low[from + i]);
        }
        for (int i = 0; i < RUN; i++) {
            codes += reader.checkPlace(TRANSIT, places[i], low[from + i]);
        }
        return codes;
    }

    /** Canonical form, pseudonym and look-up of a bound card. */
    @Benchmark
    public int check() {
        return check(bound);
    }

    /** The same of a card that nobody has bound. */
    @Benchmark
    public int checkUnknown() {
        return check(unknown);
    }

    private int check(byte[] tokens) {
        int at = next++ & (SAMPLE - 1);
        System.arraycopy(tokens, at * CARD_BYTES, buffer, 0, CARD_BYTES);
        int length = Canonical.inPlace(buffer, 0, CARD_BYTES, CARD_BYTES);
        cards.make(buffer, 0, length);
        return reader.check(TRANSIT, cards.high(), cards.low());
    }

    private static void store(Token card, byte[] to, int at) {
        byte[] bytes = card.token().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, to, at * CARD_BYTES, CARD_BYTES);
    }

    /** Generates the city's delivery, builds its snapshot under {@link #KEY} and loads it. */
    static Generation generation(City city, LocalDate day) throws IOException {
        Path directory = Files.createTempDirectory("osmanthus-benchmark");
        try {
            Path delivery = directory.resolve("delivery");
            city.generate(delivery, Progress.SILENT);
            Path config = Path.of(System.getProperty("osmanthus.root", ".."), "config");
            Vocabulary vocabulary = Vocabulary.load(config);
            PseudonymKey key = PseudonymKey.ofHex(KEY);
            SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
            try (SnapshotBuild build = store.begin()) {
                IntakeResult result = Intake.run(
                        Delivery.open(delivery),
                        vocabulary,
                        key,
                        day,
                        build.directory(),
                        IntakeOptions.of(true, Channels.NONE),
                        Progress.SILENT);
                build.publish(result.content(), null);
            }
            Snapshot snapshot = Snapshot.open(store.path(store.current()), Trust.of(key, null, true));
            Generation generation =
                    GenerationLoader.load(snapshot, RuleSet.load(config, vocabulary), day, LOADERS, Progress.SILENT);
            System.out.println("# " + generation.footprint());
            return generation;
        } finally {
            remove(directory);
        }
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
