package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rule language: what it says, and what contradicts itself or does not fit, with the file and the line. */
class RuleSetTest extends EditedConfiguration {
    @Test
    void load_shippedRules_sayWhatThePageSays() {
        RuleSet rules = load();
        assertTrue(rules.demonstration());
        ScoringScheme guihua = rules.scheme(SubjectType.PERSON);
        assertEquals("guihua", guihua.id());
        assertEquals(100, guihua.base());
        assertEquals(0, guihua.floor());
        assertEquals(200, guihua.ceiling());
        assertEquals(1000, rules.scheme(SubjectType.ORGANISATION).base());
        assertEquals(9, rules.scenes().size());
        for (int i = 0; i < 9; i++) {
            assertEquals(i, rules.scenes().get(i).definition().index());
            assertEquals(60, rules.scenes().get(i).ttlSeconds());
        }
        List<Benefit> transit = rules.scenes().get(Shipped.scene("transit")).benefits();
        assertEquals(
                List.of("fare-half", "fare-discount", "ride-first"),
                transit.stream().map(Benefit::id).toList());
        assertEquals(List.of(1, 2, 3), transit.stream().map(Benefit::code).toList());
        assertEquals(
                List.of(150, 110, 100),
                transit.stream().map(Benefit::scoreAtLeast).toList());
        assertEquals(
                List.of(false, false, true),
                transit.stream().map(Benefit::noArrears).toList());
        assertEquals("场景分不低于100，且在本场景没有欠费", transit.get(2).condition().zh());
        assertEquals(
                "scene score at least 100, no arrears in this scene",
                transit.get(2).condition().en());
        SceneRule approvals = rules.scenes().get(Shipped.scene("approvals"));
        assertEquals(
                "grade A or B, on no black list",
                approvals.benefits().get(0).condition().en());
        assertEquals("等级为A或B，且不在黑名单上", approvals.benefits().get(0).condition().zh());
        SceneRule finance = rules.scenes().get(Shipped.scene("finance"));
        assertEquals("court-default", finance.adverse().get(0).item().id());
        assertTrue(finance.words().en().contains("Court-listed default"));
        assertTrue(rules.scenes().get(0).words().en().contains("no adverse item"));
        assertEquals(6, rules.matters().size());
        assertEquals("procurement", rules.matters().get(0).id());
    }

    @Test
    void version_sameBytes_sameAndAnyOther_another() throws IOException {
        String before = load().version();
        assertTrue(before.matches("[0-9a-f]{16}"));
        assertEquals(before, load().version());
        assertEquals(before, Shipped.RULES.version());
        replace("districts.yaml", "en: Gusu", "en: Gusu District");
        assertEquals(before, load().version());
        replace("rules/guihua.yaml", "points: 10, cap: 30", "points: 10, cap: 40");
        String after = load().version();
        assertNotEquals(before, after);
        replace("catalogue.yaml", "zh: 无偿献血", "zh: 献血");
        assertNotEquals(after, load().version());
        String renamed = load().version();
        Files.move(config.resolve("rules/guihua.yaml"), config.resolve("rules/aguihua.yaml"));
        assertNotEquals(renamed, load().version());
    }

    @Test
    void load_unknownKey_refused() throws IOException {
        refused(
                "rules/guihua.yaml",
                BLOOD,
                "{item: blood-donation, points: 10, weight: 3, counts_for: {years: 2}}",
                "unknown key 'weight'");
        restore("rules/guihua.yaml");
        refused(
                "rules/benefits.yaml",
                "ttl_seconds: 60\n    benefits:\n      - {id: fare",
                "ttl_seconds: 60\n    deal: 1\n    benefits:\n      - {id: fare",
                "unknown key 'deal'");
        restore("rules/benefits.yaml");
        refused(
                "rules/matters.yaml",
                "  - id: tendering",
                "  - id: tendering\n    action: none",
                "unknown key 'action'");
    }

    @Test
    void load_repeatedKey_refused() throws IOException {
        refused(
                "rules/guihua.yaml",
                BLOOD,
                "{item: blood-donation, points: 10, points: 20, counts_for: {years: 2}}",
                "'points' is repeated");
    }

    @Test
    void load_contradictoryKeys_refused() throws IOException {
        String file = "rules/guihua.yaml";
        refusedOnce(
                file, "points: 10, cap: 30,", "quantity: {per: 1, points: 1}, points: 10, cap: 30,", "exactly one of");
        refusedOnce(file, "points: 10, cap: 30,", "points: 10, cap: 5,", "within 10 …");
        refusedOnce(
                file,
                "quantity: {per: 100, points: 1}",
                "quantity: {per: 100, points: 1, table: []}",
                "either 'table' or 'per'");
        refusedOnce(
                file,
                "      counts_for: {years: 2}\n    - {item: blood",
                "      cap: 20\n      counts_for: {years: 2}\n    - {item: blood",
                "'cap' contradicts 'table'");
        refusedOnce(file, "      cap: 40\n", "", "need a 'cap'");
        refusedOnce(file, "sum_by: calendar-year", "sum_by: month", "'sum_by' may be calendar-year");
        refusedOnce(file, "{from: 20, points: 5}", "{from: 20, points: 2}", "steps of a table rise");
        refusedOnce(
                file,
                "      largest_only: true",
                "      largest_only: true\n      repeats: double",
                "contradicts 'largest_only'");
        refusedOnce(file, "      largest_only: true", "      counts_for: {years: 2}", "while it lasts");
        refusedOnce(file, "after_end: {points: -20", "after_end: {points: -60", "larger than the deduction before");
        refusedOnce(
                file,
                "points: 5, highest_of_act: true",
                "quantity: {per: 1, points: 1}, cap: 5, highest_of_act: true",
                "does not require a quantity");
        refusedOnce(file, "points: -10, repeats: double", "points: -10, repeats: triple", "'repeats' may be double");
        refusedOnce(file, "points: -10, repeats: double", "points: 10, repeats: double", "within -10000 … -1");
        refusedOnce(file, "points: -10, repeats: double", "points: -10, cap: 20", "within -10000 … -1");
        refusedOnce(file, "points: 10, cap: 30", "points: -10", "within 1 … 10000");
        refusedOnce(file, "points: 10, cap: 30", "points: 10, repeats: double", "is for adverse items");
        refusedOnce(
                file,
                BLOOD,
                "{item: blood-donation, points: 10, counts_for: {years: 1, months: 3}}",
                "either 'years' or 'months'");
        refusedOnce(file, "item: marrow-donation", "item: blood-donation", "has a rule already");
        refusedOnce(file, "item: marrow-donation", "item: bone-donation", "is not in the catalogue");
        refusedOnce(file, "item: marrow-donation", "item: penalty-minor", "is about organisations");
        refusedOnce(
                file,
                BLOOD,
                "{item: blood-donation, quantity: {per: 1, points: 1}, cap: 9, counts_for: {years: 2}}",
                "does not require a quantity");
        refusedOnce(file, "floor: 0", "floor: 101", "is above 'base'");
        refusedOnce(file, "ceiling: 200", "ceiling: 90", "is below 'base'");
        refusedOnce(file, "at_least: 120", "at_least: 160", "best first");
        refusedOnce(file, "id: yingui", "id: jingui", "stands twice");
        refusedOnce(file, "at_least: 150", "at_least: 250", "never reached");
        refusedOnce(
                "rules/organisation.yaml",
                "lists: [attention], direct_grade: B",
                "lists: [attention], direct_grade: E",
                "is not one of the scheme's");
        refusedOnce(
                "rules/organisation.yaml",
                "lists: [attention], direct_grade: B",
                "lists: [tax-a], direct_grade: B",
                "stands twice");
        refusedOnce(
                "rules/organisation.yaml",
                "lists: [attention], direct_grade: B",
                "lists: [attention], points: 5",
                "only a red list adds points");
        refusedOnce(
                "rules/organisation.yaml",
                "lists: [attention], direct_grade: B",
                "lists: [watch], direct_grade: B",
                "is not in lists.yaml");
        refusedOnce(
                "rules/organisation.yaml",
                "lists: [attention], direct_grade: B",
                "lists: [attention], others_of: red, direct_grade: B",
                "either 'lists' or 'others_of'");
    }

    @Test
    void load_scenesThatDoNotFit_refused() throws IOException {
        String file = "rules/benefits.yaml";
        refusedOnce(file, "scene: sports", "scene: gym", "is not in scenes.yaml");
        refusedOnce(file, "scene: sports", "scene: culture", "has its benefits already");
        refusedOnce(file, "id: leave-first", "id: free-60", "stands twice");
        refusedOnce(
                file,
                "ttl_seconds: 60\n    benefits:\n      - {id: fare",
                "ttl_seconds: 61\n    benefits:\n      - {id: fare",
                "within 1 … 60");
        refusedOnce(file, "modes: [service]\n        " + GREEN, "modes: [gift]\n        " + GREEN, "'modes' knows");
        refusedOnce(file, "grades: [A, B]", "grades: [A, AA]", "'grades' knows each of");
        refusedOnce(file, "no_entry_of: [black]", "no_entry_of: [grey]", "'no_entry_of' knows");
        refusedOnce(file, "grades: [A, B], ", "score_at_least: 960, grades: [A, B], ", "unknown key 'score_at_least'");
    }

    @Test
    void load_sixteenBenefits_refusedAndFifteenRead() throws IOException {
        StringBuilder benefits = new StringBuilder("benefits:\n");
        for (int i = 0; i < 16; i++) {
            benefits.append("      - {id: b" + i
                    + ", modes: [service], words: {zh: 优惠, en: gain}, when: {score_at_least: " + (160 - i) + "}}\n");
        }
        String one =
                "benefits:\n      - id: same-day-pass\n        modes: [service]\n        words: {zh: 当日开通学校场地, en: school grounds the same day}\n        when: {score_at_least: 105}\n";
        refusedOnce("rules/benefits.yaml", one, benefits.toString(), "1 … 15 benefits, found 16");
        replace("rules/benefits.yaml", one, benefits.substring(0, benefits.indexOf("      - {id: b15")));
        assertEquals(15, load().scenes().get(Shipped.scene("sports")).benefits().size());
    }

    @Test
    void load_thirtyOneGrades_refusedAndThirtyRead() throws IOException {
        String first = "  grades:  # best first; below the last there is none\n";
        StringBuilder grades = new StringBuilder(first);
        for (int i = 0; i < 26; i++) {
            grades.append("    - {id: g" + i + ", title: {zh: 级, en: grade}, at_least: " + (190 - i) + "}\n");
        }
        replace("rules/guihua.yaml", first, grades.toString());
        assertEquals(30, load().scheme(SubjectType.PERSON).grades().size());
        String more = "    - {id: more, title: {zh: 级, en: grade}, at_least: 151}\n";
        String next = "    - {id: jingui";
        replace("rules/guihua.yaml", next, more + next);
        assertTrue(findings().toString().contains("at most 30 grades, found 31"));
    }

    @Test
    void load_filesThatDoNotFit_refused() throws IOException {
        Path matters = config.resolve("rules/matters.yaml");
        Files.writeString(matters, "demonstration: true\n");
        assertTrue(findings().toString().contains("one of 'scheme', 'scenes', 'matters'"));
        Files.copy(Shipped.CONFIG.resolve("rules/guihua.yaml"), config.resolve("rules/second.yaml"));
        assertTrue(findings().toString().contains("a scheme about persons already"));
        Files.delete(config.resolve("rules/second.yaml"));
        Files.delete(matters);
        Files.delete(config.resolve("rules/organisation.yaml"));
        assertTrue(findings().toString().contains("needs a scheme about organisations"));
        Files.delete(config.resolve("rules/benefits.yaml"));
        assertTrue(findings().toString().contains("scene 'transit' has no benefits"));
    }

    @Test
    void load_severalFaults_allNamed() throws IOException {
        replace("rules/guihua.yaml", "item: marrow-donation", "item: bone-donation");
        replace("rules/guihua.yaml", "floor: 0", "floor: 0\n  roof: 9");
        replace("rules/matters.yaml", "  - id: tendering", "  - id: tendering\n    action: none");
        List<Finding> findings = findings();
        assertEquals(3, findings.size(), findings.toString());
    }
}
