package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests that configurations bring along: the shipped one's, and those of the worked example. */
class RuleTestsTest {
    @TempDir
    Path directory;

    @Test
    void run_shippedTests_pass() {
        RuleTests.Report report = RuleTests.run(Shipped.CONFIG, Shipped.RULES);
        assertEquals(List.of(), report.failures());
        assertTrue(report.tests() >= 18 && report.expectations() >= 40, report.toString());
    }

    @Test
    void run_workedExample_pass() {
        RuleTests.Report report = RuleTests.run(Regime.CONFIG, Regime.RULES);
        assertEquals(List.of(), report.failures());
        assertTrue(report.tests() >= 18 && report.expectations() >= 50, report.toString());
    }

    @Test
    void run_withoutTests_nothing() {
        assertEquals(new RuleTests.Report(0, 0, List.of()), RuleTests.run(directory, Shipped.RULES));
    }

    @Test
    void run_otherAnswers_saysWhereAndWhat() throws IOException {
        write("""
                tests:
                  - name: wrong
                    subject: person
                    consents: [{scene: transit, granted_on: 2026-01-01}]
                    records: [{id: a, item: blood-donation, occurred_on: 2026-01-01}]
                    expect:
                      - on: 2026-02-01
                        score: 111
                        grade: jingui
                        benefits: {transit: none}
                        lines: [{record: a, points: 9, points_before_caps: 9, counted: false, reason: capped, until: 2026-02-02}]
                  - name: wrong too
                    subject: organisation
                    expect:
                      - {on: 2026-02-01, matters: {procurement: measure}}
                """);
        RuleTests.Report report = RuleTests.run(directory, Shipped.RULES);
        assertEquals(9, report.failures().size(), report.failures().toString());
        assertEquals(
                "one.yaml:8: wrong: score on 2026-02-01: expected 111, found 110",
                report.failures().get(0).toString());
    }

    @Test
    void run_faultyFiles_refused() throws IOException {
        refused("tests: [{name: a, subject: person}]", "'expect' names at least one day");
        refused("tests: [{name: a, subject: person, expect: [{on: 2026-01-01, scores: 3}]}]", "unknown key 'scores'");
        refused(
                "tests: [{name: a, subject: person, records: [{item: x, occurred_on: 2026-01-01}], expect: [{on: 2026-01-01}]}]",
                "item 'x' about persons is not in the catalogue");
        refused(
                "tests: [{name: a, subject: person, entries: [{list: tax-a, entered_on: 2026-01-01}], expect: [{on: 2026-01-01}]}]",
                "of organisations");
        refused(
                "tests: [{name: a, subject: person, expect: [{on: 2026-01-01, benefits: {gym: none}}]}]",
                "scene 'gym' is not in scenes.yaml");
        refused(
                "tests: [{name: a, subject: person, expect: [{on: 2026-01-01, matters: {gym: none}}]}]",
                "matter 'gym' is in no rule file");
        refused(
                "tests: [{name: a, subject: person, expect: [{on: 2026-01-01, lines: [{record: r}]}]}]",
                "no line of record 'r'");
        refused(
                "tests: [{name: a, subject: person, records: [{item: volunteer-hours, occurred_on: 2026-01-01, quantity: 1.234}], expect: [{on: 2026-01-01}]}]",
                "at most two decimals");
        refused(
                "tests: [{name: a, subject: person, records: [{item: blood-donation, occurred_on: 2026-01-01, marks: [old]}], expect: [{on: 2026-01-01}]}]",
                "'marks' knows");
    }

    private void refused(String text, String message) throws IOException {
        write(text);
        ConfigException refusal = assertThrows(ConfigException.class, () -> RuleTests.run(directory, Shipped.RULES));
        assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
    }

    private void write(String text) throws IOException {
        Files.createDirectories(directory.resolve("tests"));
        Files.writeString(directory.resolve("tests/one.yaml"), text);
    }

    /** The worked example of {@code config/README.md}. */
    static final class Regime {
        static final Path CONFIG = Shipped.CONFIG.resolve("../engine/src/test/resources/regime");
        static final RuleSet RULES = RuleSet.load(CONFIG, Vocabulary.load(CONFIG));

        private Regime() {}
    }
}
