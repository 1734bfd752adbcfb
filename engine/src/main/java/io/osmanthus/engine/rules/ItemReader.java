package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.ItemRule.Effect;
import io.osmanthus.engine.rules.ScoringScheme.Dimension;
import io.osmanthus.engine.rules.ScoringScheme.Grade;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.Regimes;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.ArrayList;
import java.util.List;

/** Reads an item rule of a scheme. */
final class ItemReader {
    /** Units of a quantity; {@link Scale#QUANTITY_HUNDREDTHS_MAX} lies above every product of these bounds. */
    static final int UNITS_MAX = 1_000_000;

    private final Regimes regimes;
    private final List<Grade> grades;
    private final List<Dimension> dimensions;
    private final CountsFor countsFor;

    /** What an act does while it lasts and after. */
    private record Course(Effect effect, Effect afterEnd, int months, boolean continuing, boolean freezesPlus) {}

    /** The smaller mark that a record leaves. */
    private record Mark(Effect effect, int months) {
        static final Mark NONE = new Mark(Effect.NOTHING, 0);
    }

    ItemReader(Regimes regimes, List<Grade> grades, List<Dimension> dimensions, CountsFor countsFor) {
        this.regimes = regimes;
        this.grades = grades;
        this.dimensions = dimensions;
        this.countsFor = countsFor;
    }

    ItemRule read(Yaml.Mapping mapping, Item item, int slot) {
        List<String> ways = List.of("points", "quantity", "continuing", "direct_grade");
        long given = ways.stream().filter(mapping::has).count();
        if (given != 1) {
            throw mapping.fault(
                    "item", "needs exactly one of 'points', 'quantity', 'continuing', 'direct_grade'; found " + given);
        }
        return item.adverse() ? adverse(mapping, item, slot) : plus(mapping, item, slot);
    }

    /** {@code sum_by} of an item or a dimension. */
    static boolean byCalendarYear(Yaml.Mapping mapping) {
        if (!mapping.has("sum_by")) {
            return false;
        }
        String by = mapping.text("sum_by");
        if (!by.equals("calendar-year")) {
            throw mapping.fault("sum_by", "'sum_by' may be calendar-year, found '" + by + "'");
        }
        return true;
    }

    private ItemRule plus(Yaml.Mapping mapping, Item item, int slot) {
        List<String> adverseOnly = List.of(
                "continuing", "after_end", "after_repair", "lasting", "largest_only", "repeats", "direct_grade");
        for (String key : adverseOnly) {
            if (mapping.has(key)) {
                throw mapping.fault(key, "'" + key + "' is for adverse items; '" + item.id() + "' is a plus item");
            }
        }
        boolean byCalendarYear = byCalendarYear(mapping);
        boolean highestOfAct = mapping.flag("highest_of_act", false);
        Scale scale = scale(mapping, item, 1);
        if (byCalendarYear && scale.plain()) {
            throw mapping.fault("sum_by", "'sum_by' says nothing about plain 'points' without a 'cap'");
        }
        if (highestOfAct && scale.byQuantity()) {
            throw mapping.fault("highest_of_act", "'highest_of_act' goes with 'points', not with 'quantity'");
        }
        int months;
        if (mapping.has("level")) {
            if (mapping.has("counts_for")) {
                throw mapping.fault("level", "'level' contradicts 'counts_for': say how long once");
            }
            String level = mapping.text("level");
            months = countsFor.months(level);
            if (months == 0) {
                throw mapping.fault("level", "level '" + level + "' is not among 'counts_for: levels' of the scheme");
            }
            Charter.expires(mapping, "level", item, months, regimes);
        } else {
            months = period(mapping, item, Effect.NOTHING);
        }
        return new ItemRule(
                item,
                slot,
                dimension(mapping, scale, byCalendarYear),
                Effect.points(scale.byQuantity() ? 0 : (int) scale.amount(0)),
                Effect.NOTHING,
                Effect.NOTHING,
                months,
                0,
                false,
                false,
                scale,
                byCalendarYear,
                highestOfAct,
                false,
                false);
    }

    private ItemRule adverse(Yaml.Mapping mapping, Item item, int slot) {
        for (String key : List.of("highest_of_act", "level")) {
            if (mapping.has(key)) {
                throw mapping.fault(key, "'" + key + "' is for plus items; '" + item.id() + "' is adverse");
            }
        }
        boolean byCalendarYear = byCalendarYear(mapping);
        boolean largestOnly = mapping.flag("largest_only", false);
        boolean repeatsDouble = mapping.has("repeats");
        if (repeatsDouble && !mapping.text("repeats").equals("double")) {
            throw mapping.fault("repeats", "'repeats' may be double, found '" + mapping.text("repeats") + "'");
        }
        if (largestOnly && repeatsDouble) {
            throw mapping.fault("repeats", "'repeats' contradicts 'largest_only'");
        }
        boolean byQuantity = mapping.has("quantity");
        if (byQuantity && (largestOnly || repeatsDouble || mapping.has("lasting") || mapping.has("after_repair"))) {
            throw mapping.fault(
                    "quantity",
                    "'quantity' sums the records: it contradicts 'largest_only', 'repeats', 'lasting', 'after_repair'");
        }
        if (mapping.has("direct_grade") && (largestOnly || repeatsDouble || mapping.has("cap") || byCalendarYear)) {
            throw mapping.fault("direct_grade", "a direct grade takes no points: nothing to repeat, cap or sum");
        }
        Scale scale = byQuantity ? scale(mapping, item, -1) : Scale.each(-1, cap(mapping, -1));
        if (byCalendarYear && scale.plain()) {
            throw mapping.fault("sum_by", "'sum_by' says nothing about plain 'points' without a 'cap'");
        }
        Course course = course(mapping, item);
        Mark repaired = mark(mapping, "after_repair", item, course.effect());
        return new ItemRule(
                item,
                slot,
                dimension(mapping, scale, byCalendarYear),
                course.effect(),
                course.afterEnd(),
                repaired.effect(),
                course.months(),
                repaired.months(),
                course.continuing(),
                course.freezesPlus(),
                scale,
                byCalendarYear,
                false,
                largestOnly,
                repeatsDouble);
    }

    private Course course(Yaml.Mapping mapping, Item item) {
        if (!mapping.has("continuing")) {
            if (mapping.has("after_end")) {
                throw mapping.fault("after_end", "'after_end' goes with 'continuing'");
            }
            Effect effect = mapping.has("quantity") ? Effect.NOTHING : effect(mapping);
            boolean lasting = mapping.flag("lasting", false);
            return new Course(effect, lasting ? effect : Effect.NOTHING, period(mapping, item, effect), lasting, false);
        }
        if (mapping.has("counts_for")) {
            throw mapping.fault(
                    "counts_for", "a continuing act counts while it lasts; say 'counts_for' in 'after_end'");
        }
        if (mapping.has("lasting")) {
            throw mapping.fault("lasting", "'lasting' contradicts 'continuing': say 'after_end'");
        }
        record While(Effect effect, boolean freezesPlus) {}
        While whileItLasts = mapping.mapping("continuing", lasting -> {
            readsFactsOnly(lasting, item);
            return new While(effect(lasting), lasting.flag("freezes_plus", false));
        });
        Mark after = mark(mapping, "after_end", item, whileItLasts.effect());
        return new Course(whileItLasts.effect(), after.effect(), after.months(), true, whileItLasts.freezesPlus());
    }

    /** What is left after the end or the repair: never more than there was before. */
    private Mark mark(Yaml.Mapping mapping, String key, Item item, Effect before) {
        if (!mapping.has(key)) {
            return Mark.NONE;
        }
        Mark mark = mapping.mapping(key, left -> {
            readsFactsOnly(left, item);
            Effect effect = effect(left);
            return new Mark(effect, period(left, item, effect));
        });
        if (mark.effect().outweighs(before)) {
            throw mapping.fault(
                    key,
                    "the mark left " + (key.equals("after_end") ? "after the end" : "after the repair")
                            + " is larger than the deduction before");
        }
        return mark;
    }

    /** {@code points} or {@code direct_grade} of an adverse item. */
    private Effect effect(Yaml.Mapping mapping) {
        if (mapping.has("points") == mapping.has("direct_grade")) {
            throw mapping.fault("points", "needs either 'points' or 'direct_grade'");
        }
        return mapping.has("points")
                ? Effect.points(mapping.integer("points", -SchemeReader.POINTS_MAX, -1))
                : new Effect(0, SchemeReader.grade(mapping, "direct_grade", grades));
    }

    /** Plain points or a quantity, with the cap; the sign is the item's. */
    private static Scale scale(Yaml.Mapping mapping, Item item, int sign) {
        if (mapping.has("points")) {
            int points = points(mapping, sign);
            return Scale.each(points, cap(mapping, points));
        }
        if (!item.requires().contains(Item.Column.QUANTITY)) {
            throw mapping.fault("quantity", "the catalogue does not require a quantity of '" + item.id() + "'");
        }
        return mapping.mapping("quantity", quantity -> {
            if (quantity.has("table") == quantity.has("per")) {
                throw mapping.fault("quantity", "'quantity' needs either 'table' or 'per' and 'points'");
            }
            if (quantity.has("table")) {
                if (mapping.has("cap")) {
                    throw mapping.fault("cap", "'cap' contradicts 'table': its last step is the cap");
                }
                return table(quantity, sign);
            }
            int per = quantity.integer("per", 1, UNITS_MAX);
            int points = points(quantity, sign);
            if (!mapping.has("cap")) {
                throw mapping.fault("quantity", "points per unit need a 'cap'");
            }
            return Scale.perUnit(points, per * 100L, cap(mapping, points));
        });
    }

    private static Scale table(Yaml.Mapping quantity, int sign) {
        List<int[]> steps = new ArrayList<>();
        quantity.forEach("table", step -> {
            int from = step.integer("from", 1, UNITS_MAX);
            int points = points(step, sign);
            if (!steps.isEmpty()) {
                int[] last = steps.get(steps.size() - 1);
                if (from <= last[0] || Math.abs(points) <= Math.abs(last[1])) {
                    throw step.fault("from", "the steps of a table rise, in 'from' and in 'points'");
                }
            }
            steps.add(new int[] {from, points});
        });
        if (steps.isEmpty()) {
            throw quantity.fault("table", "a table needs at least one step");
        }
        return Scale.table(
                steps.stream().mapToLong(step -> step[0] * 100L).toArray(),
                steps.stream().mapToInt(step -> step[1]).toArray());
    }

    private static int points(Yaml.Mapping mapping, int sign) {
        return sign > 0
                ? mapping.integer("points", 1, SchemeReader.POINTS_MAX)
                : mapping.integer("points", -SchemeReader.POINTS_MAX, -1);
    }

    /** A cap as a magnitude: written with the sign of the points, at least as large as they are. */
    private static int cap(Yaml.Mapping mapping, int points) {
        if (!mapping.has("cap")) {
            return Scale.UNCAPPED;
        }
        return points > 0
                ? mapping.integer("cap", points, SchemeReader.POINTS_MAX)
                : -mapping.integer("cap", -SchemeReader.POINTS_MAX, points);
    }

    private int dimension(Yaml.Mapping mapping, Scale scale, boolean byCalendarYear) {
        if (!mapping.has("dimension")) {
            return -1;
        }
        String id = mapping.text("dimension");
        for (int at = 0; at < dimensions.size(); at++) {
            if (dimensions.get(at).id().equals(id)) {
                if (dimensions.get(at).byCalendarYear() && !byCalendarYear && !scale.plain()) {
                    throw mapping.fault(
                            "dimension",
                            "dimension '" + id + "' is summed by calendar year: a 'quantity' or 'cap' of its items"
                                    + " needs 'sum_by: calendar-year' too");
                }
                return at;
            }
        }
        throw mapping.fault("dimension", "dimension '" + id + "' is not one of the scheme's");
    }

    /** {@code counts_for} as given, else what the scheme says of the effect. */
    private int period(Yaml.Mapping mapping, Item item, Effect effect) {
        int ofScheme = countsFor.months(effect);
        String key = mapping.has("counts_for") || ofScheme == 0 ? "counts_for" : "item";
        int months = key.equals("item") ? ofScheme : mapping.mapping("counts_for", CountsFor::months);
        Charter.expires(mapping, key, item, months, regimes);
        return months;
    }

    private static void readsFactsOnly(Yaml.Mapping mapping, Item item) {
        if (item.subject() == SubjectType.PERSON) {
            Charter.readsFactsOnly(mapping);
        }
    }
}
