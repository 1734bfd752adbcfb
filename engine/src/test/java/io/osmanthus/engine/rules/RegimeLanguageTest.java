package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.RuleTestsTest.Regime;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example of a regime: dated versions, and what contradicts what in the keys that it uses. */
class RegimeLanguageTest {
    private static final String PERSON = "rules/person-2020.yaml";
    private static final String COMMITMENT = "points: -20, repeats: double, after_repair: {points: -5,";

    @TempDir
    Path config;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.walk(Regime.CONFIG)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                Path copy = config.resolve(Regime.CONFIG.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    @Test
    void on_daysAboutTheChange_theVersionThatHolds() {
        RuleSet rules = Regime.RULES;
        LocalDate change = LocalDate.of(2020, 1, 1);
        assertEquals(
                "regime-2016",
                rules.on(change.minusDays(1)).scheme(SubjectType.PERSON).id());
        assertEquals("regime-2020", rules.on(change).scheme(SubjectType.PERSON).id());
        assertEquals("regime-2020", rules.scheme(SubjectType.PERSON).id());
        assertEquals(rules.version(), rules.on(change).version());
        SubjectFacts facts = Shipped.person();
        int day = (int) change.toEpochDay();
        Judge judge = rules.judge();
        assertEquals("regime-2016", judge.explain(facts, day - 1).scheme());
        assertEquals("regime-2020", judge.explain(facts, day).scheme());
        assertEquals(day, judge.nextChange(facts, day - 100));
    }

    @Test
    void load_versionsOfScenesAndMatters_eachFromItsDay() throws IOException {
        String later =
                Files.readString(config.resolve("rules/library.yaml")).replace("id: more-books", "id: all-books");
        Files.writeString(config.resolve("rules/library-2021.yaml"), "from: 2021-05-01\n" + later);
        String matters = Files.readString(config.resolve("rules/matters.yaml")).replace("restricted", "excluded");
        Files.writeString(config.resolve("rules/matters-2022.yaml"), "from: 2022-01-01\n" + matters);
        RuleSet rules = load();
        assertEquals("more-books", benefit(rules, "2021-04-30"));
        assertEquals("all-books", benefit(rules, "2021-05-01"));
        assertEquals("restricted", measure(rules, "2021-12-31"));
        assertEquals("excluded", measure(rules, "2022-01-01"));
    }

    @Test
    void load_twoVersionsFromOneDay_refused() throws IOException {
        Files.copy(config.resolve(PERSON), config.resolve("rules/twice.yaml"));
        fails("a scheme about persons already, from the same day");
    }

    @Test
    void load_aSceneThatAnOlderSchemeDoesNotFit_refused() throws IOException {
        refused(
                "rules/library.yaml",
                "grade_at_least: AA",
                "grade_at_least: AAA",
                "is not one of scheme 'regime-2016'");
        refused("rules/library.yaml", "grade_at_least: AA", "grade_at_least: C", "nobody falls below an empty file");
        refused("rules/library.yaml", "grade_at_least: AA", "grade_at_least: AA, score_at_least: 1030", "contradicts");
    }

    @Test
    void load_contradictoryRules_refused() throws IOException {
        refused(PERSON, "[forgery, B]", "[forgery, E]", "is not one of the scheme's");
        refused(
                PERSON,
                COMMITMENT,
                "points: -20, repeats: double, after_repair: {points: -30,",
                "larger than the deduction");
        refused(PERSON, COMMITMENT, "points: -20, after_repair: {direct_grade: C,", "larger than the deduction");
        refused(PERSON, COMMITMENT, "points: -20, direct_grade: B, after_repair: {points: -5,", "exactly one of");
        refused(PERSON, COMMITMENT, "direct_grade: B, repeats: double, after_repair: {points: -5,", "takes no points");
        refused(
                PERSON,
                "continuing: {points: -80}",
                "continuing: {points: -80}\\n      lasting: true",
                "'lasting' contradicts");
        refused(
                PERSON,
                "continuing: {points: -80}",
                "continuing: {freezes_plus: true}",
                "either 'points' or 'direct_grade'");
        refused(PERSON, "sum_by: calendar-year, cap: -30", "sum_by: calendar-year, cap: 30", "within -10000 … -2");
        refused(PERSON, "sum_by: calendar-year, cap: -30", "sum_by: calendar-year", "need a 'cap'");
        refused(PERSON, "cap: -30, counts_for", "cap: -30, repeats: double, counts_for", "'quantity' sums the records");
        refused(PERSON, "{from: 20, points: -20}", "{from: 20, points: -5}", "steps of a table rise");
        refused(PERSON, "{from: 20, points: -20}", "{from: 20, points: 20}", "within -10000 … -1");
        refused(
                PERSON,
                "[honour-county, 5, county]",
                "[honour-county, 5, village]",
                "is not among 'counts_for: levels'");
        refused(
                PERSON,
                "every: {highest_of_act: true}",
                "every: {highest_of_act: true, counts_for: {years: 1}}",
                "contradicts 'counts_for'");
        refused(
                PERSON,
                "[advice-accepted, 4, ~, civic, 1]",
                "[advice-accepted, 4, ~, sport, 1]",
                "is not one of the scheme's");
        refused(
                PERSON,
                "[advice-accepted, 4, ~, civic, 1]",
                "[advice-accepted, 4, 9, civic, 1]",
                "is summed by calendar year");
        refused(PERSON, "cap_minus: -60", "sum_by: calendar-year", "a dimension caps its items together");
        refused(PERSON, "{up_to: 40, years: 1}, {years: 2}", "{years: 2}, {up_to: 40, years: 1}", "sizes rise");
        refused(PERSON, "{grade: B, years: 2}", "{grade: C, years: 2}", "stands twice");
        refused(PERSON, "{grade: D, years: 5}", "{grade: D, years: 6}", "ends after 60 at the latest");
        refused(PERSON, "{grade: D, years: 5}", "{grade: A, years: 5}", "'counts_for' is missing");
        refused(PERSON, "from: 2020-01-01", "from: 2020-13-01", "must be a date");
    }

    private static String benefit(RuleSet rules, String date) {
        return rules.on(LocalDate.parse(date)).scenes().get(0).benefits().get(0).id();
    }

    private static String measure(RuleSet rules, String date) {
        Matter matter = Objects.requireNonNull(rules.on(LocalDate.parse(date)).matter("tendering"));
        return matter.effects().get(0).words().en();
    }

    private void refused(String file, String from, String to, String message) throws IOException {
        String text = Files.readString(config.resolve(file));
        assertTrue(text.contains(from), "nothing to replace: " + from);
        Files.writeString(config.resolve(file), text.replace(from, to.replace("\\n", "\n")));
        fails(message);
        Files.writeString(config.resolve(file), text);
    }

    private void fails(String message) {
        ConfigException refusal = assertThrows(ConfigException.class, this::load);
        assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
    }

    private RuleSet load() {
        return RuleSet.load(config, Vocabulary.load(config));
    }
}
