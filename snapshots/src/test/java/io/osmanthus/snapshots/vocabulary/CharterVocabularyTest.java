package io.osmanthus.snapshots.vocabulary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the charter forbids the catalogue and the scenes to say, each with its own words; and the rows of a table. */
class CharterVocabularyTest {
    private static final Path SHIPPED =
            Path.of(System.getProperty("osmanthus.root", "..")).resolve("config");
    private static final String SPORTS_BASE = "    base_service: {zh: 提前一日登记入校锻炼, en: Register one day ahead}\n";

    @TempDir
    Path config;

    @BeforeEach
    void copy() throws IOException {
        for (String file : List.of("catalogue.yaml", "lists.yaml", "scenes.yaml", "districts.yaml", "regimes.yaml")) {
            Files.copy(SHIPPED.resolve(file), config.resolve(file));
        }
    }

    @Test
    void load_sceneWithoutBaseServicePurposeVersionOrRecipients_refused() throws IOException {
        refused("scenes.yaml", SPORTS_BASE, "", "'base_service' is missing");
        refused("scenes.yaml", "    recipients: [体育局场馆中心]\n", "", "'recipients' is missing");
        refused("scenes.yaml", "    recipients: [体育局场馆中心]\n", "    recipients: []\n", "a scene names its recipients");
        String purpose =
                "    purpose: {version: 1, zh: 判断是否当日开通学校场地, en: Decide on same-day passes to school grounds}\n";
        refused("scenes.yaml", purpose, "", "'purpose' is missing");
        refused("scenes.yaml", purpose, purpose.replace("version: 1, ", ""), "'version' is missing");
        refused("scenes.yaml", purpose, purpose.replace("version: 1", "version: 2"), "says 'since' when it holds");
        refused("scenes.yaml", purpose, purpose.replace("version: 1", "version: 2, since: 2026-13-01"), "since");
    }

    @Test
    void load_itemOutsideTheClosedList_refused() throws IOException {
        for (String category : List.of("petition", "speech", "religion", "health", "family", "whereabouts")) {
            refused("catalogue.yaml", "category: honour", "category: " + category, "is not in the closed list");
        }
        refused("catalogue.yaml", "    category: honour\n", "", "'category' is missing");
    }

    @Test
    void load_itemWithoutSourcesRetentionRepairOrBasis_refused() throws IOException {
        refused("catalogue.yaml", "    sources: [民政局]\n", "", "'sources' (charter 5)");
        refused("catalogue.yaml", "    retention_months: 24\n", "", "'retention_months' is missing");
        refused("catalogue.yaml", "    repair_route: objection\n", "", "'repair_route' is missing");
        refused("catalogue.yaml", "    legal_basis: 中华人民共和国慈善法 第八十八条\n", "", "'legal_basis' is missing");
    }

    @Test
    void load_retentionAboveFiveYears_refusedAndFiveRead() throws IOException {
        refused("catalogue.yaml", "retention_months: 24", "retention_months: 61", "five years (60 months)");
        replace("catalogue.yaml", "retention_months: 24", "retention_months: 60");
        assertEquals(60, Vocabulary.load(config).items().get(0).retentionMonths());
    }

    @Test
    void load_deductionWithoutDocument_refused() throws IOException {
        refused(
                "catalogue.yaml",
                "requires: [document_no]",
                "requires: []",
                "a deduction about a person needs a document");
    }

    @Test
    void load_mostItemsInATable_readAndOneMoreRefused() throws IOException {
        StringBuilder table = new StringBuilder("""
                tables:
                  - every: {subject: person, kind: plus, category: honour, legal_basis: 法, sources: [文明办], repair_route: objection}
                    columns: [id, retention_months, title.zh, title.en, requires]
                    rows:
                """);
        for (int i = 0; i < Vocabulary.ITEMS_MAX; i++) {
            table.append("      - [i" + i + ", 12, 项目, Item " + i + (i % 2 == 0 ? ", [quantity]]\n" : ", ~]\n"));
        }
        Files.writeString(config.resolve("catalogue.yaml"), table);
        Vocabulary vocabulary = Vocabulary.load(config);
        assertEquals(Vocabulary.ITEMS_MAX, vocabulary.items().size());
        assertEquals("Item 806", vocabulary.items().get(806).title().en());
        assertTrue(vocabulary.items().get(806).requires().contains(Item.Column.QUANTITY));
        assertTrue(vocabulary.items().get(807).requires().isEmpty());
        Files.writeString(config.resolve("catalogue.yaml"), table + "      - [more, 12, 项目, Item]\n");
        fails("at most 4096 items, found 4097");
    }

    @Test
    void load_rowsThatDoNotFit_refusedWithTheirLines() throws IOException {
        String every =
                "  - every: {subject: person, kind: plus, category: honour, legal_basis: 法, sources: [甲], repair_route: r}\n";
        catalogue(every + "    columns: [id, retention_months]\n    rows: [[a, 12, 3]]\n");
        fails("catalogue.yaml:4: a row of 3 cells under 2 columns");
        catalogue(every + "    columns: [id, kind]\n    rows:\n      - [a, plus]\n");
        fails("key 'kind' is repeated");
        catalogue(every + "    columns: [id, colour]\n    rows:\n      - [a, red]\n");
        fails("'retention_months' is missing");
        catalogue(every + "    columns: [id]\n    rows:\n      - a\n");
        fails("catalogue.yaml:5: a row of a table must be a list of cells");
        catalogue(every + "    columns: [id]\n");
        fails("a table needs 'columns' and 'rows'");
    }

    private void catalogue(String tables) throws IOException {
        Files.writeString(config.resolve("catalogue.yaml"), "tables:\n" + tables);
    }

    private void refused(String file, String from, String to, String message) throws IOException {
        replace(file, from, to);
        fails(message);
        Files.writeString(config.resolve(file), Files.readString(SHIPPED.resolve(file)));
    }

    private void replace(String file, String from, String to) throws IOException {
        String text = Files.readString(config.resolve(file));
        int at = text.indexOf(from);
        assertTrue(at >= 0, "nothing to replace: " + from);
        Files.writeString(config.resolve(file), text.substring(0, at) + to + text.substring(at + from.length()));
    }

    private void fails(String message) {
        ConfigException refusal = assertThrows(ConfigException.class, () -> Vocabulary.load(config));
        assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
    }
}
