package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.ItemRule.Effect;
import io.osmanthus.engine.rules.ScoringScheme.Bounds;
import io.osmanthus.engine.rules.ScoringScheme.Dimension;
import io.osmanthus.engine.rules.ScoringScheme.Grade;
import io.osmanthus.engine.rules.ScoringScheme.ListRule;
import io.osmanthus.snapshots.vocabulary.Title;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Says what an item, a list and a scheme do to a score in plain Chinese and English, from the rules themselves. */
final class ItemWords {
    private static final int MONTHS_OF_A_YEAR = 12;

    private final List<Grade> grades;
    private final List<Dimension> dimensions;
    private final List<String> zh = new ArrayList<>();
    private final List<String> en = new ArrayList<>();

    private ItemWords(List<Grade> grades, List<Dimension> dimensions) {
        this.grades = grades;
        this.dimensions = dimensions;
    }

    static Title of(ItemRule rule, List<Grade> grades, List<Dimension> dimensions) {
        ItemWords words = new ItemWords(grades, dimensions);
        words.effects(rule);
        words.togethers(rule);
        words.marks(rule);
        return words.title();
    }

    static Title of(ListRule rule, List<Grade> grades) {
        Effect effect = new Effect(rule.points(), rule.directGrade());
        ItemWords words = new ItemWords(grades, List.of());
        Title does = words.effect(effect);
        words.say("在名单上期间" + does.zh(), does.en() + " while it stands on the list");
        return words.title();
    }

    static Title of(Bounds bounds, List<Dimension> dimensions) {
        ItemWords words = new ItemWords(List.of(), dimensions);
        words.say("基础分" + bounds.base(), "An empty file has " + points(bounds.base()));
        if (bounds.floor() != Integer.MIN_VALUE) {
            words.say("最低" + bounds.floor(), "never less than " + bounds.floor());
        }
        if (bounds.ceiling() != Integer.MAX_VALUE) {
            words.say("最高" + bounds.ceiling(), "never more than " + bounds.ceiling());
        }
        dimensions.forEach(words::dimension);
        return words.title();
    }

    private void effects(ItemRule rule) {
        Scale scale = rule.scale();
        if (scale.byQuantity()) {
            quantity(scale);
            counts(rule.months());
            return;
        }
        Title does = effect(rule.effect());
        if (!rule.continuing()) {
            say("每条" + does.zh(), "Each record " + does.en());
            counts(rule.months());
            return;
        }
        say("行为持续期间" + does.zh(), "While the act lasts, each record " + does.en());
        if (rule.freezesPlus() && rule.effect().directGrade() < 0) {
            say("期间加分项目不计", "plus points do not count meanwhile");
        }
        if (rule.afterEnd().nothing()) {
            say("结束后不再计", "nothing is left after its end");
        } else {
            Title after = effect(rule.afterEnd());
            Title period = period(rule.months());
            say("结束后" + period.zh() + "内" + after.zh(), "for " + period.en() + " after its end it " + after.en());
        }
    }

    private void quantity(Scale scale) {
        if (scale.steps() == 0) {
            String per = units(scale.perHundredths());
            int points = Math.abs(scale.unitPoints());
            say(
                    "数量合计每满" + per + (scale.sign() > 0 ? "加" : "扣") + points + "分",
                    points(points) + (scale.sign() > 0 ? " for" : " taken for") + " each full " + per
                            + " of the quantities together");
            return;
        }
        List<String> steps = new ArrayList<>();
        List<String> stepsEn = new ArrayList<>();
        for (int i = 0; i < scale.steps(); i++) {
            String from = units(scale.fromHundredths(i));
            int points = scale.stepPoints(i);
            steps.add("满" + from + (scale.sign() > 0 ? "加" : "扣") + points + "分");
            stepsEn.add(points(points) + (scale.sign() > 0 ? " from " : " taken from ") + from + " on");
        }
        say(
                "按数量合计取最高一档：" + String.join("，", steps),
                "By the quantities together, the highest step reached: " + String.join(", ", stepsEn));
    }

    private void counts(int months) {
        Title period = period(months);
        say("自发生（有结束日的，自结束）之日起" + period.zh() + "内有效", "it counts for " + period.en() + " from its day, or its end");
    }

    private void togethers(ItemRule rule) {
        if (rule.highestOfAct()) {
            say("同一行为取加分最高的一项", "of one act the highest counts");
        }
        if (rule.largestOnly()) {
            say("多条只计扣分最多的一条", "of several the largest deduction counts");
        }
        if (rule.repeatsDouble()) {
            say("有效期内第二条起加倍", "each but the first that counts weighs double");
        }
        int cap = rule.scale().cap();
        if (cap != Scale.UNCAPPED) {
            boolean plus = !rule.item().adverse();
            say(
                    (rule.byCalendarYear() ? "每个自然年" : "") + "合计最多" + (plus ? "加" : "扣") + cap + "分",
                    "together at most " + points(cap) + (plus ? "" : " taken")
                            + (rule.byCalendarYear() ? " a calendar year" : ""));
        } else if (rule.byCalendarYear()) {
            say("按自然年分别合计", "summed by calendar year");
        }
        if (rule.dimension() >= 0) {
            Title title = dimensions.get(rule.dimension()).title();
            say("计入“" + title.zh() + "”并受其上限限制", "it counts in '" + title.en() + "', within its caps");
        }
    }

    private void marks(ItemRule rule) {
        if (!rule.item().adverse()) {
            return;
        }
        if (rule.monthsRepaired() == 0) {
            say("修复后不再计", "once repaired it no longer counts");
            return;
        }
        Title left = effect(rule.afterRepair());
        Title period = period(rule.monthsRepaired());
        say("修复后" + left.zh() + "，为期" + period.zh(), "once repaired it " + left.en() + " for " + period.en());
    }

    private void dimension(Dimension dimension) {
        String year = dimension.byCalendarYear() ? "每个自然年" : "";
        String yearEn = dimension.byCalendarYear() ? " a calendar year" : "";
        String name = dimension.title().zh();
        String nameEn = dimension.title().en();
        if (dimension.capPlus() != Scale.UNCAPPED) {
            say(
                    "“" + name + "”" + year + "合计最多加" + dimension.capPlus() + "分",
                    "'" + nameEn + "' adds at most " + points(dimension.capPlus()) + yearEn);
        }
        if (dimension.capMinus() != Scale.UNCAPPED) {
            say(
                    "“" + name + "”" + year + "合计最多扣" + dimension.capMinus() + "分",
                    "'" + nameEn + "' takes at most " + points(dimension.capMinus()) + yearEn);
        }
    }

    private Title effect(Effect effect) {
        if (effect.directGrade() >= 0) {
            Title grade = grades.get(effect.directGrade()).title();
            return new Title(
                    "直接评为“" + grade.zh() + "”，加分不计", "leads directly to '" + grade.en() + "', without plus points");
        }
        return effect.points() < 0
                ? new Title("扣" + -effect.points() + "分", "takes " + points(-effect.points()))
                : new Title("加" + effect.points() + "分", "adds " + points(effect.points()));
    }

    private static Title period(int months) {
        if (months % MONTHS_OF_A_YEAR == 0) {
            int years = months / MONTHS_OF_A_YEAR;
            return new Title(years + "年", years == 1 ? "1 year" : years + " years");
        }
        return new Title(months + "个月", months == 1 ? "1 month" : months + " months");
    }

    private static String points(int points) {
        return points == 1 ? "1 point" : points + " points";
    }

    private static String units(long hundredths) {
        return BigDecimal.valueOf(hundredths, 2).stripTrailingZeros().toPlainString();
    }

    private void say(String chinese, String english) {
        zh.add(chinese);
        en.add(english);
    }

    private Title title() {
        return new Title(String.join("；", zh) + "。", String.join("; ", en) + ".");
    }
}
