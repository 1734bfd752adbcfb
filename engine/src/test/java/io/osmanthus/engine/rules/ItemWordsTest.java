package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Title;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Rules in words: what is said of each kind of rule, and that a changed rule is said otherwise. */
class ItemWordsTest extends EditedConfiguration {
    @Test
    void itemWords_shippedRules_sayWhatTheyDo() {
        says(
                "blood-donation",
                "每条加10分；自发生（有结束日的，自结束）之日起2年内有效；合计最多加30分。",
                "Each record adds 10 points; it counts for 2 years from its day, or its end; together at most 30 points.");
        says(
                "charity-donation",
                "数量合计每满100加1分；自发生（有结束日的，自结束）之日起1年内有效；每个自然年合计最多加40分。",
                "1 point for each full 100 of the quantities together; it counts for 1 year from its day, or its end;"
                        + " together at most 40 points a calendar year.");
        says(
                "court-default",
                "行为持续期间扣50分；期间加分项目不计；结束后2年内扣20分；多条只计扣分最多的一条；修复后不再计。",
                "While the act lasts, each record takes 50 points; plus points do not count meanwhile; for 2 years after its"
                        + " end it takes 20 points; of several the largest deduction counts; once repaired it no longer counts.");
        says(
                "broken-commitment",
                "每条扣10分；自发生（有结束日的，自结束）之日起1年内有效；有效期内第二条起加倍；修复后不再计。",
                "Each record takes 10 points; it counts for 1 year from its day, or its end; each but the first that counts"
                        + " weighs double; once repaired it no longer counts.");
        ScoringScheme organisations = Shipped.RULES.scheme(SubjectType.ORGANISATION);
        assertEquals(
                "在名单上期间直接评为“C级”，加分不计。",
                Objects.requireNonNull(organisations.listWords(Shipped.list("fire")))
                        .zh());
        assertEquals(
                "adds 20 points while it stands on the list.",
                Objects.requireNonNull(organisations.listWords(Shipped.list("tax-a")))
                        .en());
    }

    @Test
    void itemWords_everyItemOfTheShippedRules_said() {
        for (Item item : Shipped.VOCABULARY.items()) {
            assertNotNull(Shipped.RULES.scheme(item.subject()).itemWords(item.index()), item.id());
        }
    }

    @Test
    void itemWords_repairAndDimension_said() throws java.io.IOException {
        replace(
                "rules/guihua.yaml",
                BROKEN,
                "{item: broken-commitment, points: -10, counts_for: {years: 1}, dimension: d,"
                        + " after_repair: {points: -1, counts_for: {months: 1}}}");
        replace(
                "rules/guihua.yaml",
                "  items:\n",
                "  dimensions: [{id: d, title: {zh: 维度, en: civic}, cap_minus: -40}]\n  items:\n");
        ScoringScheme scheme = load().scheme(SubjectType.PERSON);
        Title words = Objects.requireNonNull(scheme.itemWords(Shipped.item("broken-commitment")));
        assertEquals("每条扣10分；自发生（有结束日的，自结束）之日起1年内有效；计入“维度”并受其上限限制；修复后扣1分，为期1个月。", words.zh());
        assertEquals(
                "Each record takes 10 points; it counts for 1 year from its day, or its end; it counts in 'civic', within its"
                        + " caps; once repaired it takes 1 point for 1 month.",
                words.en());
        assertEquals("基础分100；最低0；最高200；“维度”合计最多扣40分。", scheme.words().zh());
    }

    private static void says(String item, String zh, String en) {
        Title words = Shipped.RULES.scheme(SubjectType.PERSON).itemWords(Shipped.item(item));
        assertEquals(new Title(zh, en), words);
    }
}
