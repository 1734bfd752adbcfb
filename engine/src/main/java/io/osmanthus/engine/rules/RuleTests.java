package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tests that a configuration brings along: {@code tests/*.yaml}, facts about one subject and the answers expected of the
 * rules. Run before rules take effect; their keys are in {@code config/README.md}.
 */
public final class RuleTests {
    /** More files than this in {@code tests/} is a wrong directory. */
    static final int FILES_MAX = 1_024;

    private final RuleSet rules;
    private final List<Finding> failures = new ArrayList<>();
    private int tests;
    private int expectations;

    private RuleTests(RuleSet rules) {
        this.rules = rules;
    }

    /**
     * What came of the tests.
     *
     * @param tests subjects tried
     * @param expectations days on which their answers were compared
     * @param failures what was not as expected, with file and line
     */
    public record Report(int tests, int expectations, List<Finding> failures) {
        public boolean passed() {
            return failures.isEmpty();
        }
    }

    /**
     * Runs {@code tests/*.yaml} of a configuration directory; without that directory there is nothing to run.
     *
     * @throws ConfigException where a file cannot be read
     */
    public static Report run(Path config, RuleSet rules) {
        RuleTests run = new RuleTests(rules);
        Path directory = config.resolve("tests");
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> file.toString().endsWith(".yaml"))
                        .sorted()
                        .limit(FILES_MAX)
                        .forEach(run::file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Report(run.tests, run.expectations, List.copyOf(run.failures));
    }

    private void file(Path file) {
        Yaml.read(file, root -> {
            root.forEach("tests", this::test);
            return this;
        });
    }

    private void test(Yaml.Mapping test) {
        String name = test.text("name");
        SubjectFacts facts = new RuleTestFacts(rules.vocabulary()).read(test);
        tests++;
        int[] before = {expectations};
        test.forEach("expect", expected -> {
            expectations++;
            new RuleTestAnswers(rules, facts, expected, name, failures).compare();
        });
        if (expectations == before[0]) {
            throw test.fault("expect", "'expect' names at least one day and what is answered on it");
        }
    }
}
