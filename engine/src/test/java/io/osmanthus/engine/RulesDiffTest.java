package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other rules would move, and that nothing smaller than the floor is ever said. */
final class RulesDiffTest {
    private static final int GUSU = 320508;
    private static final int KUNSHAN = 320583;

    @TempDir
    Path config;

    @Test
    void published_atTheFloor_roundedAndBelowNothing() {
        assertNull(Census.published(0));
        assertNull(Census.published(19));
        assertEquals(20L, Census.published(20));
        assertEquals(20L, Census.published(24));
        assertEquals(30L, Census.published(25));
        assertEquals(1_230L, Census.published(1_234));
    }

    @Test
    void report_sameRules_nothingMoves() {
        RulesDiff diff = RulesDiff.between(Fixtures.RULES, Fixtures.RULES, Fixtures.DAY);
        for (int i = 0; i < 50; i++) {
            SubjectFacts facts = donors(1);
            diff.judge(facts, facts, GUSU);
        }
        assertEquals(List.of(), diff.report().moves());
        assertEquals(50L, diff.report().persons());
    }

    @Test
    void report_pointsChanged_countsByDistrictAboveTheFloor() throws IOException {
        RuleSet after = changed("points: 10, cap: 30", "points: 20, cap: 40");
        RulesDiff diff = RulesDiff.between(Fixtures.RULES, after, Fixtures.DAY);
        for (int i = 0; i < 47; i++) {
            diff.judge(donors(1), donors(1), i < 19 ? KUNSHAN : GUSU);
        }
        SubjectFacts organisation = new SubjectFacts();
        organisation.clear(SubjectType.ORGANISATION);
        diff.judge(organisation, organisation, 0);
        RulesDiff.Report report = diff.report();
        assertEquals(Fixtures.RULES.version(), report.before());
        assertEquals(after.version(), report.after());
        assertEquals(1, report.organisations());
        assertEquals(50L, subjects(report, "score", "any", "higher", null));
        assertEquals(30L, subjects(report, "score", "any", "higher", GUSU));
        assertNull(subjects(report, "score", "any", "higher", KUNSHAN));
        assertEquals(50L, subjects(report, "grade", "dangui", "yingui", null));
        assertEquals(50L, subjects(report, "tourism", "none", "ticket-discount", null));
        assertTrue(report.moves().stream().noneMatch(move -> move.what().equals("finance")));
        assertTrue(report.moves().stream()
                .allMatch(move -> move.subjects() == null || (move.subjects() % 10 == 0 && move.subjects() >= 20)));
    }

    @Test
    void census_overBitmaps_byDistrictAboveTheFloor() {
        Generation generation = Fixtures.empty(100, 0);
        try (Writer writer = Writer.of(generation)) {
            for (int i = 0; i < 60; i++) {
                writer.apply(2L * i + 1, new Change.Enrol(Fixtures.person(i), i < 45 ? 3 : 8));
                writer.apply(
                        2L * i + 2,
                        new Change.GiveConsent(
                                Fixtures.person(i), Fixtures.scene("culture"), Fixtures.TODAY, SubjectFacts.NONE));
            }
            writer.publishPopulation();
        }
        Population population = generation.population();
        List<Census.Count> counts = Census.of(population, Fixtures.RULES);
        assertTrue(counts.contains(new Census.Count(null, null, null, 60L)));
        assertTrue(counts.contains(new Census.Count(GUSU, null, null, 50L)));
        assertTrue(counts.contains(new Census.Count(KUNSHAN, null, null, null)));
        assertTrue(counts.contains(new Census.Count(null, "culture", "library-plus", 60L)));
        assertTrue(counts.contains(new Census.Count(GUSU, "culture", "library-plus", 50L)));
        assertTrue(counts.contains(new Census.Count(null, "transit", "ride-first", null)));
        generation.discard();
    }

    private static @Nullable Long subjects(
            RulesDiff.Report report, String what, String from, String to, @Nullable Integer district) {
        return report.moves().stream()
                .filter(move -> move.what().equals(what)
                        && move.from().equals(from)
                        && move.to().equals(to)
                        && java.util.Objects.equals(move.district(), district))
                .findFirst()
                .orElseThrow()
                .subjects();
    }

    private static SubjectFacts donors(int donations) {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(SubjectType.PERSON);
        for (int i = 0; i < donations; i++) {
            facts.addRecord(Fixtures.item("blood-donation"), Fixtures.TODAY - 5, SubjectFacts.NONE, 0, 0);
        }
        facts.addConsent(Fixtures.scene("tourism"), Fixtures.TODAY, SubjectFacts.NONE);
        return facts;
    }

    private RuleSet changed(String from, String to) throws IOException {
        Path shipped = Path.of(System.getProperty("osmanthus.root"), "config");
        try (Stream<Path> files = Files.walk(shipped)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                Path copy = config.resolve(shipped.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, Files.readString(file).replace(from, to));
            }
        }
        return RuleSet.load(config, Vocabulary.load(config));
    }
}
