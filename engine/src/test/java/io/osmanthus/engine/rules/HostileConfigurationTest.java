package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations by somebody who wants what the charter forbids and knows YAML: each is refused, with file and line. */
class HostileConfigurationTest {
    private static final String GUIHUA = "rules/guihua.yaml";
    private static final String BENEFITS = "rules/benefits.yaml";
    private static final String CATALOGUE = "catalogue.yaml";
    private static final String SCENES = "scenes.yaml";
    private static final String REGIMES = "regimes.yaml";
    private static final String ORGANISATION = "rules/organisation.yaml";
    private static final String MATTERS = "rules/matters.yaml";

    private static final String BLOOD = "{item: blood-donation, points: 10, cap: 30, counts_for: {years: 2}}";
    private static final String BROKEN =
            "{item: broken-commitment, points: -10, repeats: double, counts_for: {years: 1}}";
    private static final String HALF =
            "{id: fare-half, modes: [price], words: {zh: 票价五折, en: half fare}, when: {score_at_least: 150}}";
    private static final String BROKEN_ITEM =
            "legal_basis: 国办发〔2020〕42号 第二部分 (六)\n    sources: [行政审批局]\n    retention_months: 12";
    private static final String BROKEN_DOCUMENT = "    repair_route: performance\n    requires: [document_no]";
    private static final String MAX = "{from: 2013-03-15, value: 60, legal_basis: 征信业管理条例 第十六条}";
    private static final String RAIL = "recipients: [轨道交通]";

    private static final List<Attack> ATTACKS = List.of(
            // YAML's own tricks
            new Attack(
                    "a merge key",
                    GUIHUA,
                    BLOOD,
                    "{<<: {item: blood-donation}, points: 10, counts_for: {years: 2}}",
                    "<<"),
            new Attack(
                    "an alias onto a foreign mapping",
                    GUIHUA,
                    BLOOD,
                    "&b {item: blood-donation, points: 10, counts_for: &p {years: 2, note: x}}",
                    "note"),
            new Attack(
                    "a repeated key, milder first",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: -1, points: -90, counts_for: {years: 1}}",
                    "repeated"),
            new Attack(
                    "a repeated key, quoted once",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: -1, \"points\": -90, counts_for: {years: 1}}",
                    "repeated"),
            new Attack(
                    "a repeated key, escaped once",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: -1, \"p\\u006fints\": -90, counts_for: {years: 1}}",
                    "repeated"),
            new Attack("a second document", GUIHUA, "demonstration: true\n", "demonstration: true\n---\n", "document"),
            new Attack("a type of one's own", GUIHUA, "base: 100", "base: !points 100", "tag"),
            new Attack("a mapping as a set", GUIHUA, BLOOD, "!!set {item: blood-donation}", "tag"),
            new Attack("binary text", CATALOGUE, "repair_route: performance", "repair_route: !!binary aGk=", "tag"),
            new Attack("a key that is a list", GUIHUA, BLOOD, "{[item]: blood-donation, points: 10}", "plain word"),
            new Attack("nothing as a value", GUIHUA, "base: 100", "base: ~", "whole number"),
            new Attack(
                    "an empty key",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, points: 10, '': 1, counts_for: {years: 2}}",
                    ""),
            new Attack(
                    "nested beyond reason",
                    GUIHUA,
                    "scheme:\n",
                    "x: " + "[".repeat(20_000) + "]".repeat(20_000) + "\nscheme:\n",
                    "nested"),
            new Attack(
                    "a mapping within itself",
                    GUIHUA,
                    "counts_for: {years: 2}}\n    - {item: marrow",
                    "counts_for: &a {years: *a}}\n    - {item: marrow",
                    "non-empty"),
            // look-alikes
            new Attack(
                    "a Cyrillic letter in a key",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, p\u043eints: 10, counts_for: {years: 2}}",
                    "exactly one"),
            new Attack("a full-width number", GUIHUA, "base: 100", "base: １００", "whole number"),
            new Attack(
                    "Arabic digits",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, points: ١٠, counts_for: {years: 2}}",
                    "whole number"),
            new Attack("an octal number", GUIHUA, "base: 100", "base: 0100", "whole number"),
            new Attack("a number with a plus", GUIHUA, "base: 100", "base: +100", "whole number"),
            new Attack(
                    "a Cyrillic category",
                    CATALOGUE,
                    "category: court-enforcement",
                    "category: c\u043eurt-enforcement",
                    "closed list"),
            new Attack(
                    "a category in capitals",
                    CATALOGUE,
                    "category: court-enforcement",
                    "category: Court-Enforcement",
                    "closed list"),
            new Attack(
                    "a district with a zero-width space",
                    BENEFITS,
                    "when: {score_at_least: 150}",
                    "when: {score_at_least: 150, dis\u200btrict: 320505}",
                    "unknown key"),
            new Attack(
                    "a district in capitals",
                    BENEFITS,
                    "when: {score_at_least: 150}",
                    "when: {score_at_least: 150, DISTRICT: 320505}",
                    "charter 5"),
            // numbers out of range
            new Attack(
                    "points beyond a long",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: -99999999999999999999, counts_for: {years: 1}}",
                    "whole number"),
            new Attack(
                    "points that wrap around",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: 4294967286, counts_for: {years: 1}}",
                    "within"),
            new Attack(
                    "half a point",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, points: 1e1, counts_for: {years: 2}}",
                    "whole number"),
            new Attack(
                    "years that wrap around",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, points: 10, counts_for: {years: 357913942}}",
                    "within"),
            new Attack(
                    "a date beyond an int of days",
                    GUIHUA,
                    "demonstration: true\n",
                    "demonstration: true\nfrom: +9999999-01-01\n",
                    "date"),
            new Attack(
                    "a year of another age",
                    GUIHUA,
                    "demonstration: true\n",
                    "demonstration: true\nfrom: 0001-01-01\n",
                    "date"),
            new Attack("a day that is none", REGIMES, "from: 2013-03-15", "from: 2013-02-30", "date"),
            // deductions where none may be
            new Attack(
                    "negative points of a plus item",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, points: -10, counts_for: {years: 2}}",
                    "within"),
            new Attack(
                    "negative points in a table",
                    GUIHUA,
                    "- {from: 10, points: 2}",
                    "- {from: 10, points: -200}",
                    "within"),
            new Attack("a table that falls", GUIHUA, "- {from: 20, points: 5}", "- {from: 20, points: 1}", "rise"),
            new Attack(
                    "a negative cap of a plus item",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, points: 10, cap: -30, counts_for: {years: 2}}",
                    "within"),
            new Attack(
                    "a plus item that continues",
                    GUIHUA,
                    BLOOD,
                    "{item: blood-donation, continuing: {points: -10}}",
                    "adverse items"),
            new Attack(
                    "a repair that raises",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: -10, counts_for: {years: 1}, after_repair: {points: -11, counts_for: {months: 1}}}",
                    "larger"),
            new Attack(
                    "a repair that leads to a grade",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: -10, counts_for: {years: 1}, after_repair: {direct_grade: sijigui, counts_for: {months: 1}}}",
                    "larger"),
            new Attack(
                    "an end that weighs more",
                    GUIHUA,
                    "after_end: {points: -20,",
                    "after_end: {points: -60,",
                    "larger"),
            new Attack(
                    "a repair that outlasts retention",
                    GUIHUA,
                    BROKEN,
                    "{item: broken-commitment, points: -10, counts_for: {years: 1}, after_repair: {points: -5, counts_for: {months: 13}}}",
                    "keeps it for"),
            new Attack("a floor above the base", GUIHUA, "floor: 0", "floor: 101", "above 'base'"),
            new Attack(
                    "a list of persons",
                    GUIHUA,
                    "  items:\n",
                    "  lists: [{lists: [attention], direct_grade: sijigui}]\n  items:\n",
                    "charter 4"),
            new Attack(
                    "an organisation's item about persons",
                    GUIHUA,
                    BLOOD,
                    "{item: penalty-minor, points: -5, counts_for: {months: 3}}",
                    "about organisations"),
            new Attack(
                    "a person's item about organisations",
                    ORGANISATION,
                    "{item: commitment-broken, points: -20,",
                    "{item: broken-commitment, points: -20,",
                    "about persons"),
            // scenes
            new Attack(
                    "a benefit for a low score",
                    BENEFITS,
                    HALF,
                    HALF.replace("score_at_least", "score_at_most"),
                    "charter 2"),
            new Attack(
                    "a benefit below an empty file",
                    BENEFITS,
                    "when: {score_at_least: 105}\n  - scene: finance",
                    "when: {score_at_least: 99}\n  - scene: finance",
                    "charter 2"),
            new Attack(
                    "a grade below an empty file",
                    BENEFITS,
                    HALF,
                    HALF.replace("score_at_least: 150", "grade_at_least: nobody"),
                    "not one of"),
            new Attack(
                    "a surcharge",
                    BENEFITS,
                    HALF,
                    HALF.replace("modes: [price]", "modes: [price, surcharge]"),
                    "'modes' knows"),
            new Attack(
                    "arrears that pause a price",
                    BENEFITS,
                    HALF,
                    HALF.replace("score_at_least: 150", "score_at_least: 150, no_arrears: true"),
                    "pay-later"),
            new Attack(
                    "an adverse item without basis",
                    BENEFITS,
                    "        legal_basis: 最高人民法院关于公布失信被执行人名单信息的若干规定 第八条\n",
                    "",
                    "legal_basis"),
            new Attack(
                    "an adverse item on a blank basis",
                    BENEFITS,
                    "legal_basis: 最高人民法院关于公布失信被执行人名单信息的若干规定 第八条",
                    "legal_basis: ' '",
                    "non-empty"),
            new Attack(
                    "a basis of invisible letters",
                    BENEFITS,
                    "legal_basis: 最高人民法院关于公布失信被执行人名单信息的若干规定 第八条",
                    "legal_basis: \"\\u200b\\u3000\\u2060\"",
                    "non-empty"),
            new Attack(
                    "an adverse item named twice",
                    BENEFITS,
                    "    adverse:\n",
                    "    adverse:\n      - {item: court-default, legal_basis: 法, connection: {zh: 关, en: c}}\n",
                    "twice"),
            new Attack(
                    "a plus item as adverse",
                    BENEFITS,
                    "      - item: court-default\n",
                    "      - item: blood-donation\n",
                    "adverse"),
            new Attack("an answer held for an hour", BENEFITS, "ttl_seconds: 60", "ttl_seconds: 3600", "within"),
            new Attack("no recipient in particular", SCENES, RAIL, "recipients: [' ']", "non-empty"),
            new Attack("no recipient", SCENES, RAIL, "recipients: []", "recipients"),
            new Attack(
                    "a base service of nothing",
                    SCENES,
                    "base_service: {zh: 凭现金、卡或码按全价乘车, en: Ride at full fare by cash card or code}",
                    "base_service: {zh: '\u3000', en: ' '}",
                    "non-empty"),
            new Attack(
                    "a way without a score that is none",
                    SCENES,
                    "without_score: {zh: 一日票、换乘优惠对所有人开放, en: Day tickets and transfer discounts are open to everyone}",
                    "without_score: {zh: ' ', en: ' '}",
                    "non-empty"),
            // the catalogue
            new Attack(
                    "five years and a month", CATALOGUE, "retention_months: 60", "retention_months: 61", "charter 6"),
            new Attack(
                    "five years and a day",
                    CATALOGUE,
                    "retention_months: 60",
                    "retention_months: 60.04",
                    "whole number"),
            new Attack(
                    "five years in days",
                    CATALOGUE,
                    "retention_months: 60",
                    "retention_days: 1827",
                    "retention_months"),
            new Attack("a longer law", REGIMES, MAX, MAX.replace("60", "61"), "within"),
            new Attack(
                    "a longer law, for later",
                    REGIMES,
                    MAX,
                    MAX + "\n  - {from: 2030-01-01, value: 120, legal_basis: 法}",
                    "within"),
            new Attack("a consent of three years", REGIMES, "value: 2,", "value: 3,", "within"),
            new Attack("children", REGIMES, "value: 18,", "value: 14,", "within"),
            new Attack(
                    "a deduction without a document",
                    CATALOGUE,
                    BROKEN_DOCUMENT,
                    "    repair_route: performance\n    requires: [severity]",
                    "charter 5"),
            new Attack(
                    "an item without sources",
                    CATALOGUE,
                    BROKEN_ITEM,
                    BROKEN_ITEM.replace("[行政审批局]", "[]"),
                    "charter 5"),
            new Attack(
                    "an item from anyone",
                    CATALOGUE,
                    BROKEN_ITEM,
                    BROKEN_ITEM.replace("[行政审批局]", "['\u00a0']"),
                    "non-empty"),
            new Attack(
                    "an item about persons from the commitments of organisations",
                    CATALOGUE,
                    BROKEN_ITEM,
                    BROKEN_ITEM.replace("sources: [行政审批局]", "file: commitments"),
                    "charter 5"),
            new Attack(
                    "an item on a blank basis",
                    CATALOGUE,
                    BROKEN_ITEM,
                    BROKEN_ITEM.replace("国办发〔2020〕42号 第二部分 (六)", "\"\\t\""),
                    "non-empty"),
            // matters
            new Attack(
                    "a measure without basis",
                    MATTERS,
                    "        legal_basis: 法〔2016〕285号; 中华人民共和国招标投标法实施条例\n",
                    "",
                    "legal_basis"),
            new Attack(
                    "a measure on a blank basis",
                    MATTERS,
                    "legal_basis: 法〔2016〕285号; 中华人民共和国招标投标法实施条例",
                    "legal_basis: ' '",
                    "non-empty"),
            new Attack(
                    "a measure against the praised",
                    MATTERS,
                    "lists: [dishonest-enforcement, public-resources, work-safety]",
                    "lists: [dishonest-enforcement, tax-a, work-safety]",
                    "red"));

    @TempDir
    Path directory;

    /** What is replaced by what in a file of the shipped configuration, and a part of what is said about it. */
    private record Attack(String what, String file, String from, String to, String message) {}

    @Test
    void load_everyAttack_refusedWithFileAndLine() throws IOException {
        assertTrue(ATTACKS.size() >= 40);
        List<String> through = new ArrayList<>();
        for (Attack attack : ATTACKS) {
            Shipped.copy(directory);
            Path file = directory.resolve(attack.file());
            String text = Files.readString(file);
            assertTrue(text.contains(attack.from()), attack.what() + ": nothing to replace");
            int at = text.indexOf(attack.from());
            Files.writeString(
                    file,
                    text.substring(0, at)
                            + attack.to()
                            + text.substring(at + attack.from().length()));
            String refusal = refusal();
            String name = attack.file().substring(attack.file().indexOf('/') + 1);
            if (!refusal.contains(name + ":") || !refusal.contains(attack.message())) {
                through.add(attack.what() + ": " + refusal);
            }
        }
        assertTrue(through.isEmpty(), String.join("\n", through));
    }

    @Test
    void load_ruleFileOfAnotherEnding_refusedInsteadOfLeftOut() throws IOException {
        for (String name : List.of("zz.yml", "zz.YAML", "zz.yaml.bak", "zz.json")) {
            Shipped.copy(directory);
            Path stray = Files.writeString(directory.resolve("rules").resolve(name), "scheme: {}\n");
            assertTrue(refusal().contains(name), refusal());
            Files.delete(stray);
        }
        Files.writeString(directory.resolve("rules/.hidden.swp"), "");
        assertFalse(refusal().contains("hidden"), refusal());
    }

    private String refusal() {
        try {
            RuleSet.load(directory, Vocabulary.load(directory));
            return "accepted";
        } catch (ConfigException e) {
            StringBuilder text = new StringBuilder();
            e.findings().forEach(one -> text.append(one.file() + ":" + one.line() + ": " + one.message() + "\n"));
            return text.toString();
        }
    }
}
