package io.osmanthus.engine.rules;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the charter forbids a rule to say: each refusal with the file and the line. */
class CharterRefusalTest extends EditedConfiguration {
    @Test
    void load_conditionWorseThanNothing_refused() throws IOException {
        String file = "rules/benefits.yaml";
        for (String word : List.of("deny", "score_at_most", "score_below", "price_increase")) {
            refusedOnce(
                    file,
                    SPORTS,
                    "when: {score_at_least: 105, " + word + ": 90}\n  - scene: finance",
                    "a benefit or none");
        }
        refusedOnce(
                file,
                "ttl_seconds: 60\n    adverse:",
                "ttl_seconds: 60\n    deny: {score_below: 100}\n    adverse:",
                "a benefit or none");
        refusedOnce(file, SPORTS, "when: {score_at_least: 95}\n  - scene: finance", "below the base of 100");
        refusedOnce(file, SPORTS, "when: {score_at_least: 201}\n  - scene: finance", "above the ceiling of 200");
        refusedOnce(file, SPORTS, "when: {grades: [jingui]}\n  - scene: finance", "'score_at_least' is missing");
        refusedOnce(file, "when: {score_at_least: 110}}", "when: {score_at_least: 150}}", "is never reached");
    }

    @Test
    void load_adverseItemOfAScene_needsBasisAndConnection() throws IOException {
        String file = "rules/benefits.yaml";
        refusedOnce(file, "        legal_basis: 最高人民法院关于公布失信被执行人名单信息的若干规定 第八条\n", "", "needs 'legal_basis'");
        refusedOnce(
                file,
                "        connection: {zh: 未履行的生效判决与贷款申请的受理直接相关, en: an unpaid judgment and the handling of a loan application}\n",
                "",
                "needs 'connection'");
        refusedOnce(
                file,
                "      - item: court-default",
                "      - item: blood-donation",
                "is not an adverse item about persons");
        refusedOnce(
                file,
                "      - item: court-default",
                "      - item: penalty-minor",
                "is not an adverse item about persons");
        replace("rules/guihua.yaml", "    - " + BROKEN + "\n", "");
        refused(file, "      - item: court-default", "      - item: broken-commitment", "has no rule in scheme");
    }

    @Test
    void load_arrearsWhereNoneAreTaken_refused() throws IOException {
        String file = "rules/benefits.yaml";
        refusedOnce(
                file, SPORTS, "when: {score_at_least: 105, no_arrears: true}\n  - scene: finance", "takes no arrears");
        refusedOnce(
                file,
                "票价九折, en: 10 % off}, when: {score_at_least: 110}",
                "票价九折, en: 10 % off}, when: {score_at_least: 110, no_arrears: true}",
                "pay-later benefits and nothing else");
    }

    @Test
    void load_priceBenefitWithoutAWayThatNeedsNoScore_refused() throws IOException {
        refused(
                "rules/benefits.yaml",
                "modes: [service]\n        " + GREEN,
                "modes: [price]\n        " + GREEN,
                "'without_score' of scene 'finance'");
    }

    @Test
    void load_ruleThatReadsWhoOrWhere_refused() throws IOException {
        for (String word : List.of("district", "age", "sex", "source")) {
            refusedOnce(
                    "rules/guihua.yaml",
                    BLOOD,
                    "{item: blood-donation, points: 10, " + word + ": 1, counts_for: {years: 2}}",
                    "never '" + word + "' (charter 5)");
            refusedOnce(
                    "rules/benefits.yaml",
                    SPORTS,
                    "when: {score_at_least: 105, " + word + ": 1}\n  - scene: finance",
                    "never '" + word + "' (charter 5)");
        }
        refusedOnce(
                "rules/guihua.yaml",
                "  base: 100",
                "  base: 100\n  lists:\n    - {lists: [tax-a], points: 1}",
                "stand on no list");
    }

    @Test
    void load_adverseItemCountedTooLong_refused() throws IOException {
        refusedOnce(
                "rules/guihua.yaml",
                "after_end: {points: -20, counts_for: {years: 2}}",
                "after_end: {points: -20, counts_for: {months: 61}}",
                "ends after 60 at the latest");
        refusedOnce(
                "rules/guihua.yaml",
                BROKEN,
                "{item: broken-commitment, points: -10, counts_for: {months: 13}}",
                "the catalogue keeps it for 12");
        refusedOnce(
                "rules/guihua.yaml",
                BLOOD,
                "{item: blood-donation, points: 10, counts_for: {months: 25}}",
                "the catalogue keeps it for 24");
        replace("regimes.yaml", "value: 60", "value: 23");
        refused(
                "rules/guihua.yaml",
                "after_end: {points: -20, counts_for: {years: 2}}",
                "after_end: {points: -20, counts_for: {months: 24}}",
                "ends after 23 at the latest");
    }

    @Test
    void load_deductionWithoutDocument_refusedWithTheCatalogue() throws IOException {
        refused("catalogue.yaml", "requires: [document_no, severity]", "requires: [severity]", "requires document_no");
    }

    @Test
    void load_measureOrPromptWithoutBasis_refused() throws IOException {
        refusedOnce(
                "rules/matters.yaml",
                "        legal_basis: 保障农民工工资支付条例 第四十八条\n",
                "",
                "without a legal basis there is no measure");
        refusedOnce(
                "rules/matters.yaml",
                "        legal_basis: 发改财金〔2019〕1491号\n",
                "",
                "without a legal basis there is no prompt");
        refusedOnce(
                "rules/matters.yaml",
                "lists: [wage-arrears, work-safety]",
                "lists: [tax-a]",
                "red lists recommend and never count against anyone");
        refusedOnce("rules/matters.yaml", "others_of: red", "others_of: black", "the others never recommend");
        refusedOnce(
                "rules/matters.yaml",
                "lists: [wage-arrears, work-safety]",
                "lists: [wage-arrears, wage-arrears]",
                "stands twice");
        refusedOnce("rules/matters.yaml", "  - id: tendering", "  - id: procurement", "stands twice");
    }
}
