package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
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
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A synthetic city from its delivery into memory. */
final class GenerationLoaderTest {
    private static final int PERSONS = 6_000;
    private static final PseudonymKey KEY = PseudonymKey.ofHex("3c".repeat(PseudonymKey.KEY_BYTES));
    private static final City CITY = new City(PERSONS, 600, 11, Fixtures.DAY);

    @TempDir
    static Path directory = Path.of("");

    private static List<Snapshot> snapshots = new ArrayList<>();

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
            assertEquals(0, result.quarantined(), result.files().toString());
            build.publish(result.content(), null);
        }
        snapshots.add(Snapshot.open(store.path(store.current()), Trust.of(KEY, null, true)));
    }

    @Test
    void roomFor_littleMemory_isRefusedWithBothFigures() {
        GenerationLoader.roomFor(snapshots.get(0).manifest(), 0, 512L << 20);
        EngineException refused = assertThrows(
                EngineException.class,
                () -> GenerationLoader.roomFor(snapshots.get(0).manifest(), 0, 200L << 20));
        assertEquals(EngineException.Code.NO_MEMORY, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains("200 MiB are available"), refused.getMessage());
    }

    /** What is asked for beforehand covers what a generation then takes. */
    @Test
    void roomFor_city_isNotLessThanTheFootprint() {
        Generation generation = load(2);
        long taken = generation.footprint().offHeapBytes();
        assertThrows(
                EngineException.class,
                () -> GenerationLoader.roomFor(snapshots.get(0).manifest(), 0, taken));
        generation.discard();
    }

    @Test
    void load_anyNumberOfSlices_givesTheSameAnswers() {
        List<Long> one = answers(1);
        assertEquals(one, answers(2));
        assertEquals(one, answers(5));
        assertTrue(one.stream().anyMatch(word -> word != 0), "the city has benefits");
    }

    @Test
    void load_city_bitmapsCountWhatTheWordsSay() {
        Generation generation = load(2);
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            engine.publish(generation);
            reader.advance();
            Population population = generation.population();
            Pseudonymiser cards = KEY.pseudonymiser(Scheme.CARD);
            for (SceneRule rule : Fixtures.RULES.scenes()) {
                if (rule.definition().subject() != SubjectType.PERSON) {
                    continue;
                }
                Map<Integer, Integer> counts = new HashMap<>();
                for (int i = 0; i < PERSONS; i++) {
                    cards.make(CITY.token(i).token());
                    int code = reader.check(rule.definition().index(), cards.high(), cards.low());
                    counts.merge(code, 1, Integer::sum);
                }
                for (Benefit benefit : rule.benefits()) {
                    assertEquals(
                            counts.getOrDefault(benefit.code(), 0),
                            population.entitled(rule, benefit).getCardinality(),
                            benefit.id());
                }
            }
        }
        assertTrue(generation.closed());
    }

    @Test
    void load_tokensOfOnePerson_answerAlike() {
        Generation generation = load(2);
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            engine.publish(generation);
            reader.advance();
            for (long i = PERSONS; i < CITY.tokens(); i += 17) {
                assertEquals(check(reader, CITY.token(CITY.owner(i))), check(reader, CITY.token(i)), "token " + i);
            }
        }
    }

    @Test
    void discard_withoutPublishing_freesTheMemory() {
        Generation generation = load(1);
        generation.discard();
        assertTrue(generation.closed());
        assertThrows(IllegalStateException.class, generation::discard);
    }

    private static int check(Reader reader, Token token) {
        Pseudonymiser pseudonymiser = KEY.pseudonymiser(token.scheme());
        pseudonymiser.make(token.token());
        return reader.check(0, pseudonymiser.high(), pseudonymiser.low());
    }

    private static Generation load(int threads) {
        return GenerationLoader.load(snapshots.get(0), Fixtures.RULES, Fixtures.DAY, threads, Progress.SILENT);
    }

    private static List<Long> answers(int threads) {
        Generation generation = load(threads);
        List<Long> words = new ArrayList<>();
        for (int ordinal = 0; ordinal < PERSONS; ordinal++) {
            words.add(generation.stores().persons().get(ordinal));
        }
        for (int ordinal = 0; ordinal < 600; ordinal++) {
            words.add(generation.stores().organisations().get(ordinal));
        }
        words.add(generation.footprint().identifiers());
        words.add(generation.footprint().dossiers());
        generation.discard();
        return words;
    }
}
