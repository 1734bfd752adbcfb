package io.osmanthus.loadtests;

import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Scoring as a full load does it: the answer word of one person after the other, each with records, consents for every scene
 * and the shipped rules. Operations are records: the figure is records a second and core. The bar is 5,000,000; nothing may be
 * allocated ({@code -prof gc}).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ScoringBenchmark {
    private static final int PERSONS = 4_096;
    private static final int RECORDS_EACH = 4;
    private static final long SEED = 2020;
    private static final int DAY = (int) LocalDate.of(2026, 10, 15).toEpochDay();

    /** Whose rules: the shipped ones, or the worked example of a regime. */
    @Param({"config", "engine/src/test/resources/regime"})
    public String config = "config";

    private final SubjectFacts[] persons = new SubjectFacts[PERSONS];
    private Judge judge = rules("config").judge();

    /** Draws the persons. */
    @Setup(Level.Trial)
    public void draw() {
        RuleSet rules = rules(config);
        judge = rules.judge();
        List<Item> items = rules.vocabulary().items().stream()
                .filter(item -> item.subject() == SubjectType.PERSON)
                .toList();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int n = 0; n < PERSONS; n++) {
            SubjectFacts facts = new SubjectFacts();
            facts.clear(SubjectType.PERSON);
            for (int i = 0; i < RECORDS_EACH; i++) {
                Item item = items.get(random.nextInt(items.size()));
                int occurred = DAY - random.nextInt(1_000);
                int ended = random.nextInt(4) > 0 ? SubjectFacts.NONE : occurred + random.nextInt(300);
                int act = random.nextInt(8) > 0 ? 0 : 1 + random.nextInt(2);
                facts.addRecord(item.index(), occurred, ended, random.nextInt(40_000), act);
            }
            rules.vocabulary().scenes().stream()
                    .filter(scene -> scene.subject() == SubjectType.PERSON)
                    .forEach(scene -> facts.addConsent(scene.index(), DAY - random.nextInt(700), SubjectFacts.NONE));
            persons[n] = facts;
        }
    }

    /** The answer words of all persons, by records. */
    @Benchmark
    @OperationsPerInvocation(PERSONS * RECORDS_EACH)
    public long answerWords() {
        long sum = 0;
        for (SubjectFacts facts : persons) {
            sum += judge.answerWord(facts, DAY);
        }
        return sum;
    }

    /** The scores of all persons, by records. */
    @Benchmark
    @OperationsPerInvocation(PERSONS * RECORDS_EACH)
    public long scores() {
        long sum = 0;
        for (SubjectFacts facts : persons) {
            sum += judge.score(facts, DAY);
        }
        return sum;
    }

    private static RuleSet rules(String config) {
        Path directory = Path.of(System.getProperty("osmanthus.root", "..")).resolve(config);
        return RuleSet.load(directory, Vocabulary.load(directory));
    }
}
