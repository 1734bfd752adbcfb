package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.ScoringScheme.Bounds;
import io.osmanthus.engine.rules.ScoringScheme.Grade;
import io.osmanthus.engine.rules.ScoringScheme.ListRule;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Title;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@code scheme:} of a rule file. */
final class SchemeReader {
    /** Points beyond this in one rule are a slip of the pen. */
    static final int POINTS_MAX = 10_000;

    /** A century: the upper bound of any period, so that day arithmetic stays within its range. */
    static final int PERIOD_MONTHS_MAX = 1_200;

    /** Units of a quantity; {@link Scale#QUANTITY_HUNDREDTHS_MAX} lies above every product of these bounds. */
    static final int UNITS_MAX = 1_000_000;

    /** Conditions hold grades as bits of an int, with room for "none". */
    static final int GRADES_MAX = 30;

    static final String ID = "[A-Za-z][A-Za-z0-9-]{0,63}";

    private final Vocabulary vocabulary;
    private SubjectType subject = SubjectType.PERSON;

    SchemeReader(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    ScoringScheme read(Yaml.Mapping scheme) {
        subject = scheme.oneOf("subject", SubjectType.class);
        readsFactsOnly(scheme);
        String id = id(scheme);
        Title title = scheme.mapping("title", Title::of);
        Bounds bounds = bounds(scheme);
        List<Grade> grades = grades(scheme, bounds);
        List<ItemRule> items = items(scheme);
        List<ListRule> lists = lists(scheme, grades);
        return new ScoringScheme(id, title, subject, bounds, grades, items, lists, vocabulary);
    }

    private static Bounds bounds(Yaml.Mapping scheme) {
        int base = scheme.integer("base", 0, 1_000_000);
        int floor = scheme.integer("floor", -1_000_000, 1_000_000, Integer.MIN_VALUE);
        int ceiling = scheme.integer("ceiling", 0, 1_000_000, Integer.MAX_VALUE);
        if (floor > base) {
            throw scheme.fault("floor", "'floor' " + floor + " is above 'base' " + base);
        }
        if (ceiling < base) {
            throw scheme.fault("ceiling", "'ceiling' " + ceiling + " is below 'base' " + base);
        }
        return new Bounds(base, floor, ceiling);
    }

    private static List<Grade> grades(Yaml.Mapping scheme, Bounds bounds) {
        List<Grade> grades = new ArrayList<>();
        scheme.forEach("grades", mapping -> {
            if (!grades.isEmpty() && grades.get(grades.size() - 1).atLeast() == Integer.MIN_VALUE) {
                throw new ConfigException(
                        mapping.file(), mapping.line(), "a grade after one without 'at_least' is never reached");
            }
            Grade grade = new Grade(
                    id(mapping),
                    mapping.mapping("title", Title::of),
                    mapping.integer("at_least", -1_000_000, 1_000_000, Integer.MIN_VALUE));
            for (Grade better : grades) {
                if (better.id().equals(grade.id())) {
                    throw mapping.fault("id", "grade '" + grade.id() + "' stands twice");
                }
                if (better.atLeast() <= grade.atLeast()) {
                    throw mapping.fault("at_least", "grades stand best first, each below the one before");
                }
            }
            if (grade.atLeast() > bounds.ceiling()) {
                throw mapping.fault("at_least", "above the ceiling of " + bounds.ceiling() + ": never reached");
            }
            grades.add(grade);
        });
        if (grades.size() > GRADES_MAX) {
            throw scheme.fault("grades", "at most " + GRADES_MAX + " grades, found " + grades.size());
        }
        return grades;
    }

    private List<ItemRule> items(Yaml.Mapping scheme) {
        List<ItemRule> rules = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        scheme.forEach("items", mapping -> {
            readsFactsOnly(mapping);
            String id = mapping.text("item");
            Item item = vocabulary.item(id);
            if (item == null) {
                throw mapping.fault("item", "item '" + id + "' is not in the catalogue");
            }
            if (item.subject() != subject) {
                throw mapping.fault(
                        "item",
                        "item '" + id + "' is about " + word(item.subject()) + "s, the scheme about " + word(subject)
                                + "s");
            }
            if (!seen.add(id)) {
                throw mapping.fault("item", "item '" + id + "' has a rule already");
            }
            rules.add(item(mapping, item, rules.size()));
        });
        return rules;
    }

    private ItemRule item(Yaml.Mapping mapping, Item item, int slot) {
        int ways = 0;
        for (String way : List.of("points", "quantity", "continuing")) {
            ways += mapping.has(way) ? 1 : 0;
        }
        if (ways != 1) {
            throw mapping.fault("item", "needs exactly one of 'points', 'quantity', 'continuing'; found " + ways);
        }
        return item.adverse() ? adverse(mapping, item, slot) : plus(mapping, item, slot);
    }

    private ItemRule plus(Yaml.Mapping mapping, Item item, int slot) {
        for (String key : List.of("continuing", "after_end", "largest_only", "repeats")) {
            if (mapping.has(key)) {
                throw mapping.fault(key, "'" + key + "' is for adverse items; '" + item.id() + "' is a plus item");
            }
        }
        boolean byCalendarYear = false;
        if (mapping.has("sum_by")) {
            String by = mapping.text("sum_by");
            if (!by.equals("calendar-year")) {
                throw mapping.fault("sum_by", "'sum_by' may be calendar-year, found '" + by + "'");
            }
            byCalendarYear = true;
        }
        boolean highestOfAct = mapping.flag("highest_of_act", false);
        int points = mapping.has("points") ? mapping.integer("points", 1, POINTS_MAX) : 0;
        if (highestOfAct && (points == 0 || mapping.has("cap") || byCalendarYear)) {
            throw mapping.fault("highest_of_act", "'highest_of_act' goes with plain 'points', without cap or sum");
        }
        if (byCalendarYear && points > 0 && !mapping.has("cap")) {
            throw mapping.fault("sum_by", "'sum_by' says nothing about plain 'points' without a 'cap'");
        }
        Scale scale = points > 0 ? Scale.each(points, cap(mapping, points)) : quantity(mapping, item);
        return new ItemRule(
                item,
                slot,
                points,
                0,
                period(mapping, item),
                false,
                false,
                scale,
                byCalendarYear,
                highestOfAct,
                false,
                false);
    }

    private static int cap(Yaml.Mapping mapping, int points) {
        return mapping.integer("cap", points, POINTS_MAX, Scale.UNCAPPED);
    }

    private static Scale quantity(Yaml.Mapping item, Item definition) {
        if (!definition.requires().contains(Item.Column.QUANTITY)) {
            throw item.fault("quantity", "the catalogue does not require a quantity of '" + definition.id() + "'");
        }
        return item.mapping("quantity", quantity -> {
            if (quantity.has("table") == quantity.has("per")) {
                throw item.fault("quantity", "'quantity' needs either 'table' or 'per' and 'points'");
            }
            if (quantity.has("table")) {
                if (item.has("cap")) {
                    throw item.fault("cap", "'cap' contradicts 'table': its last step is the cap");
                }
                return table(quantity);
            }
            int per = quantity.integer("per", 1, UNITS_MAX);
            int points = quantity.integer("points", 1, POINTS_MAX);
            if (!item.has("cap")) {
                throw item.fault("quantity", "points per unit need a 'cap'");
            }
            return Scale.perUnit(points, per * 100L, cap(item, points));
        });
    }

    private static Scale table(Yaml.Mapping quantity) {
        List<int[]> steps = new ArrayList<>();
        quantity.forEach("table", step -> {
            int from = step.integer("from", 1, UNITS_MAX);
            int points = step.integer("points", 1, POINTS_MAX);
            if (!steps.isEmpty()) {
                int[] last = steps.get(steps.size() - 1);
                if (from <= last[0] || points <= last[1]) {
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

    private ItemRule adverse(Yaml.Mapping mapping, Item item, int slot) {
        for (String key : List.of("quantity", "cap", "sum_by", "highest_of_act")) {
            if (mapping.has(key)) {
                throw mapping.fault(key, "'" + key + "' is for plus items; '" + item.id() + "' is adverse");
            }
        }
        boolean largestOnly = mapping.flag("largest_only", false);
        boolean repeatsDouble = mapping.has("repeats");
        if (repeatsDouble && !mapping.text("repeats").equals("double")) {
            throw mapping.fault("repeats", "'repeats' may be double, found '" + mapping.text("repeats") + "'");
        }
        if (largestOnly && repeatsDouble) {
            throw mapping.fault("repeats", "'repeats' contradicts 'largest_only'");
        }
        record While(int points, boolean freezesPlus) {}
        record After(int points, int months) {}
        While whileItLasts;
        After after = new After(0, 0);
        boolean continuing = mapping.has("continuing");
        if (continuing) {
            whileItLasts = mapping.mapping("continuing", lasting -> {
                readsFactsOnly(lasting);
                return new While(deduction(lasting), lasting.flag("freezes_plus", false));
            });
            if (mapping.has("counts_for")) {
                throw mapping.fault(
                        "counts_for", "a continuing act counts while it lasts; say 'counts_for' in 'after_end'");
            }
            if (mapping.has("after_end")) {
                after = mapping.mapping("after_end", ended -> new After(deduction(ended), period(ended, item)));
                if (after.points() < whileItLasts.points()) {
                    throw mapping.fault("after_end", "the mark left after the end is larger than the deduction before");
                }
            }
        } else {
            if (mapping.has("after_end")) {
                throw mapping.fault("after_end", "'after_end' goes with 'continuing'");
            }
            whileItLasts = new While(deduction(mapping), false);
            after = new After(0, period(mapping, item));
        }
        return new ItemRule(
                item,
                slot,
                whileItLasts.points(),
                after.points(),
                after.months(),
                continuing,
                whileItLasts.freezesPlus(),
                Scale.each(0, Scale.UNCAPPED),
                false,
                false,
                largestOnly,
                repeatsDouble);
    }

    private static int deduction(Yaml.Mapping mapping) {
        return mapping.integer("points", -POINTS_MAX, -1);
    }

    private int period(Yaml.Mapping mapping, Item item) {
        int months = mapping.mapping("counts_for", period -> {
            if (period.has("years") == period.has("months")) {
                throw mapping.fault("counts_for", "'counts_for' needs either 'years' or 'months'");
            }
            return period.has("years")
                    ? 12 * period.integer("years", 1, PERIOD_MONTHS_MAX / 12)
                    : period.integer("months", 1, PERIOD_MONTHS_MAX);
        });
        Charter.expires(mapping, "counts_for", item, months, vocabulary.regimes());
        return months;
    }

    private List<ListRule> lists(Yaml.Mapping scheme, List<Grade> grades) {
        if (scheme.has("lists") && subject == SubjectType.PERSON) {
            throw scheme.fault("lists", "natural persons stand on no list (charter 4)");
        }
        record Meaning(int points, int directGrade) {}
        ListRows<Meaning> rows = new ListRows<>(vocabulary);
        scheme.forEach("lists", mapping -> {
            if (mapping.has("points") == mapping.has("direct_grade")) {
                throw mapping.fault("lists", "a list row needs either 'points' or 'direct_grade'");
            }
            int points = mapping.has("points") ? mapping.integer("points", 1, POINTS_MAX) : 0;
            int grade = -1;
            if (mapping.has("direct_grade")) {
                String id = mapping.text("direct_grade");
                grade = grades.stream().map(Grade::id).toList().indexOf(id);
                if (grade < 0) {
                    throw mapping.fault("direct_grade", "grade '" + id + "' is not one of the scheme's");
                }
            }
            for (ListDefinition list : rows.named(mapping)) {
                if (list.kind() != ListDefinition.Kind.RED && points > 0) {
                    throw mapping.fault("points", "only a red list adds points; '" + list.id() + "' is none");
                }
            }
            rows.add(mapping, new Meaning(points, grade));
        });
        Map<Integer, ListRule> rules = new TreeMap<>();
        rows.resolve()
                .forEach((list, meaning) ->
                        rules.put(list.index(), new ListRule(list, meaning.points(), meaning.directGrade())));
        return List.copyOf(rules.values());
    }

    private void readsFactsOnly(Yaml.Mapping mapping) {
        if (subject == SubjectType.PERSON) {
            Charter.readsFactsOnly(mapping);
        }
    }

    static String id(Yaml.Mapping mapping) {
        String id = mapping.text("id");
        if (!id.matches(ID)) {
            throw mapping.fault("id", "id '" + id + "' must be letters, digits and hyphens, a letter first");
        }
        return id;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
