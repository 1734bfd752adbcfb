package io.osmanthus.snapshots.vocabulary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped configuration, and each refusal with the line that it names. */
final class VocabularyTest {
    private static final Path CONFIG =
            Path.of(System.getProperty("osmanthus.root", ".")).resolve("config");

    @TempDir
    Path config = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.list(CONFIG)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, config.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void load_shipped_isWhatThePageSays() {
        Vocabulary vocabulary = Vocabulary.load(CONFIG);
        assertEquals(9, vocabulary.scenes().size());
        assertEquals(17, vocabulary.lists().size());
        assertEquals(10, vocabulary.districts().size());
        assertTrue(vocabulary.demonstration());
        for (int i = 0; i < vocabulary.items().size(); i++) {
            assertEquals(i, vocabulary.items().get(i).index());
        }
        assertEquals(320576, Objects.requireNonNull(vocabulary.district(320594)).code());
        assertEquals(320508, Objects.requireNonNull(vocabulary.district(320503)).code());
        assertNull(vocabulary.district(999999));
        assertNull(vocabulary.item("petition"));
        assertNotNull(vocabulary.list("tax-a"));
        assertTrue(Objects.requireNonNull(vocabulary.scene("tourism"))
                .arrearsSources()
                .isEmpty());
        assertEquals(18, vocabulary.regimes().adultAgeYears(LocalDate.of(2026, 1, 1)));
        assertEquals(2, vocabulary.regimes().consentYearsMax(LocalDate.of(2026, 1, 1)));
    }

    @Test
    void load_itemAgainstTheCharter_isRefusedWithItsLine() throws IOException {
        refused("catalogue.yaml", "category: court-enforcement", "category: petitions", "categor");
        refused("catalogue.yaml", "requires: [document_no, severity]", "requires: [severity]", "needs a document");
        refused("catalogue.yaml", "retention_months: 24", "retention_months: 61", "five years (60 months)");
        refused("catalogue.yaml", "requires: [quantity]", "requires: [religion]", "not 'religion'");
        refused("catalogue.yaml", "sources: [团市委, 文明办]", "sources: []", "needs the sources");
        refused("catalogue.yaml", "kind: plus", "kind: double-plus", "must be one of");
        refused("catalogue.yaml", "subject: person", "subject: cat", "must be one of");
        refused("catalogue.yaml", "id: blood-donation", "id: volunteer-hours", "stands twice");
        refused("catalogue.yaml", "id: blood-donation", "id: Blood", "lower-case");
        refused("catalogue.yaml", "repair_route: objection", "repair_root: objection", "repair_r");
    }

    @Test
    void load_sceneListDistrictRegime_areRefusedWithTheirLine() throws IOException {
        refused("scenes.yaml", "recipients: [轨道交通]", "recipients: []", "names its recipients");
        refused("scenes.yaml", "purpose: {version: 1,", "purpose: {version: 0,", "within 1");
        refused("scenes.yaml", "id: parking", "id: transit", "stands twice");
        refused("lists.yaml", "kind: red", "kind: pink", "must be one of");
        refused("districts.yaml", "historic: [320524, 320586]", "historic: [320511]", "stands twice");
        refused("districts.yaml", "historic: [320511]", "historic: [苏州]", "whole number");
        refused("regimes.yaml", "value: 2,", "value: 3,", "within 1 … 2");
        refused("regimes.yaml", "from: 2013-03-15", "from: 2013-02-30", "must be a date");
    }

    @Test
    void load_severalFaultsInSeveralFiles_areAllNamed() throws IOException {
        replace("catalogue.yaml", "kind: plus", "kind: double");
        replace("lists.yaml", "kind: red", "kind: pink");
        Files.delete(config.resolve("districts.yaml"));
        ConfigException refused = assertThrows(ConfigException.class, () -> Vocabulary.load(config));
        List<String> files = refused.findings().stream()
                .map(ConfigException.Finding::file)
                .distinct()
                .toList();
        assertEquals(List.of("catalogue.yaml", "lists.yaml", "districts.yaml"), files);
    }

    /** Replaces the first occurrence, loads, and looks for a finding near the line that was changed. */
    private void refused(String file, String from, String to, String message) throws IOException {
        int line = replace(file, from, to);
        ConfigException refused = assertThrows(ConfigException.class, () -> Vocabulary.load(config), to);
        ConfigException.Finding finding = refused.findings().stream()
                .filter(one -> one.message().contains(message))
                .findFirst()
                .orElseThrow(() -> new AssertionError(refused.getMessage()));
        assertEquals(file, finding.file());
        // A finding about a whole list names the line where the list begins.
        assertTrue(finding.line() > 0 && finding.line() <= line, finding + ", changed line " + line);
        Files.copy(CONFIG.resolve(file), config.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private int replace(String file, String from, String to) throws IOException {
        String text = Files.readString(config.resolve(file));
        int at = text.indexOf(from);
        assertTrue(at >= 0, from);
        Files.writeString(config.resolve(file), text.substring(0, at) + to + text.substring(at + from.length()));
        return (int) text.substring(0, at).lines().count() + (text.charAt(at - 1) == '\n' ? 1 : 0);
    }
}
