package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A copy of the shipped configuration to change and load again, for tests of refusals. */
abstract class EditedConfiguration {
    static final String BLOOD = "{item: blood-donation, points: 10, cap: 30, counts_for: {years: 2}}";
    static final String BROKEN = "{item: broken-commitment, points: -10, repeats: double, counts_for: {years: 1}}";
    static final String SPORTS = "when: {score_at_least: 105}\n  - scene: finance";
    static final String GREEN = "words: {zh: 贷款申请优先受理";

    @TempDir
    Path config;

    @BeforeEach
    void copy() throws IOException {
        Shipped.copy(config);
    }

    void refusedOnce(String file, String from, String to, String message) throws IOException {
        refused(file, from, to, message);
        restore(file);
    }

    /** One finding at least says so, in the file, on a line of what was put in (or of the row that it stands in). */
    void refused(String file, String from, String to, String message) throws IOException {
        int at = replace(file, from, to);
        String text = Files.readString(config.resolve(file));
        int first = 1 + (int) text.substring(0, at).lines().count() - (text.startsWith("\n", at - 1) ? 0 : 1);
        int last = first + (int) to.lines().count();
        List<Finding> findings = findings();
        assertTrue(
                findings.stream()
                        .anyMatch(finding -> file.endsWith(finding.file())
                                && finding.message().contains(message)
                                && finding.line() >= first - 4
                                && finding.line() <= last + 1),
                () -> "expected '" + message + "' in " + file + ":" + first + "…" + last + ", found " + findings);
    }

    List<Finding> findings() {
        return assertThrows(ConfigException.class, this::load).findings();
    }

    RuleSet load() {
        return RuleSet.load(config, Vocabulary.load(config));
    }

    /** Returns where it was replaced. */
    int replace(String file, String from, String to) throws IOException {
        String text = Files.readString(config.resolve(file));
        assertTrue(text.contains(from), "nothing to replace: " + from);
        int at = text.indexOf(from);
        Files.writeString(config.resolve(file), text.substring(0, at) + to + text.substring(at + from.length()));
        return at;
    }

    void restore(String file) throws IOException {
        Files.writeString(config.resolve(file), Files.readString(Shipped.CONFIG.resolve(file)));
    }
}
