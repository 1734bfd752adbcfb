package io.osmanthus.loadtests;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.Engine;
import io.osmanthus.engine.FilledGeneration;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.store.Population;
import io.osmanthus.http.ScoreJson;
import io.osmanthus.http.State;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What grows with a city, and what does not: the operations of a request on a generation of one, thirteen, fifty million persons
 * that is filled directly. Random subjects, far more than any cache holds.
 */
@org.openjdk.jmh.annotations.State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GrowthBenchmark {
    private static final String TRANSIT = "transit";
    private static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    private static final int CARD_BYTES = 16;
    private static final int SAMPLE = 1 << 20;
    private static final int BATCH = 256;
    private static final int TOUCHED = 32;
    private static final long SEED = 2020;

    @Param({"1000000", "13000000", "50000000"})
    public int persons = 1_000_000;

    private final Engine engine = new Engine();
    private final PseudonymKey.Pseudonymiser cards =
            PseudonymKey.ofHex(CheckBenchmark.KEY).pseudonymiser(Scheme.CARD);
    private final byte[] shown = new byte[SAMPLE * CARD_BYTES];
    private final int[] drawn = new int[SAMPLE];
    private final byte[] buffer = new byte[CARD_BYTES];
    private final long[] high = new long[BATCH];
    private final long[] low = new long[BATCH];
    private final int[] places = new int[TOUCHED];
    private final JsonFactory json = new JsonFactory();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
    private Reader reader = engine.reader();
    private @Nullable Population population;
    private @Nullable State state;
    private int scene;
    private int next;

    /** Fills the generation and draws who comes. */
    @Setup(Level.Trial)
    public void fill() {
        Path config = Path.of(System.getProperty("osmanthus.root", ".."), "config");
        RuleSet rules = RuleSet.load(config, Vocabulary.load(config));
        City city = new City(persons, 1, SEED, DAY);
        scene = Objects.requireNonNull(rules.vocabulary().scene(TRANSIT)).index();
        Generation generation = FilledGeneration.of(rules, city, PseudonymKey.ofHex(CheckBenchmark.KEY), DAY, scene);
        System.out.println("# " + generation.footprint());
        engine.publish(generation);
        reader = engine.reader();
        reader.advance();
        population = generation.population().copy();
        state = State.of(generation);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < SAMPLE; i++) {
            drawn[i] = random.nextInt(persons);
            byte[] card = city.token(drawn[i]).token().getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(card, 0, shown, i * CARD_BYTES, CARD_BYTES);
        }
    }

    /** Lets go of it. */
    @TearDown(Level.Trial)
    public void close() {
        reader.close();
        engine.close();
    }

    /** The look-up of an identifier alone. */
    @Benchmark
    public int identifier() {
        int person = drawn[next++ & (SAMPLE - 1)];
        return reader.person(FilledGeneration.high(person), FilledGeneration.low(person));
    }

    /** Canonical form, pseudonym, look-up, answer word. */
    @Benchmark
    public int check() {
        pseudonym(next++ & (SAMPLE - 1));
        return reader.check(scene, cards.high(), cards.low());
    }

    /** The same of 256, a slice of a batch: first all pseudonyms, then all look-ups, 32 at a time in four steps; for one of them. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int batch() {
        int at = (next += BATCH) & (SAMPLE - BATCH);
        for (int i = 0; i < BATCH; i++) {
            pseudonym(at + i);
            high[i] = cards.high();
            low[i] = cards.low();
        }
        int sum = 0;
        for (int from = 0; from < BATCH; from += TOUCHED) {
            for (int i = 0; i < TOUCHED; i++) {
                reader.touch(high[from + i]);
            }
            for (int i = 0; i < TOUCHED; i++) {
                places[i] = reader.find(high[from + i], low[from + i]);
            }
            for (int i = 0; i < TOUCHED; i++) {
                reader.touchPlace(places[i], low[from + i]);
            }
            for (int i = 0; i < TOUCHED; i++) {
                sum += reader.checkPlace(scene, places[i], low[from + i]);
            }
        }
        return sum;
    }

    /** A person with records: dossier, score, and each point of it. */
    @Benchmark
    public @Nullable Explanation score() {
        return explanation();
    }

    /** The same as JSON. */
    @Benchmark
    public int scoreAsJson() throws IOException {
        out.reset();
        try (JsonGenerator to = json.createGenerator(out)) {
            ScoreJson.write(to, Objects.requireNonNull(explanation()), Objects.requireNonNull(state));
        }
        return out.size();
    }

    /** A consent comes or goes: one bit of the scene's set. */
    @Benchmark
    public boolean bitmapUpdate() {
        int person = drawn[next++ & (SAMPLE - 1)];
        var set = Objects.requireNonNull(population).consented(scene);
        if (set.checkedRemove(person)) {
            return true;
        }
        set.add(person);
        return false;
    }

    /** All sets are copied for readers, every few seconds. */
    @Benchmark
    public Population bitmapCopy() {
        return Objects.requireNonNull(population).copy();
    }

    private @Nullable Explanation explanation() {
        int every = FilledGeneration.DOSSIER_EVERY;
        int person = drawn[next++ & (SAMPLE - 1)] / every * every;
        return reader.explain(FilledGeneration.high(person), FilledGeneration.low(person));
    }

    private void pseudonym(int at) {
        System.arraycopy(shown, at * CARD_BYTES, buffer, 0, CARD_BYTES);
        cards.make(buffer, 0, Canonical.inPlace(buffer, 0, CARD_BYTES, CARD_BYTES));
    }
}
