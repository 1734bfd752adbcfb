package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.ScoringScheme.Bounds;
import io.osmanthus.engine.rules.ScoringScheme.Dimension;
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
        List<Dimension> dimensions = dimensions(scheme);
        CountsFor countsFor = CountsFor.read(scheme, grades);
        List<ItemRule> items = items(scheme, grades, dimensions, countsFor);
        List<ListRule> lists = lists(scheme, grades);
        return new ScoringScheme(id, title, subject, bounds, grades, dimensions, items, lists, vocabulary);
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

    private static List<Dimension> dimensions(Yaml.Mapping scheme) {
        List<Dimension> dimensions = new ArrayList<>();
        scheme.forEach("dimensions", mapping -> {
            String id = id(mapping);
            if (dimensions.stream().anyMatch(one -> one.id().equals(id))) {
                throw mapping.fault("id", "dimension '" + id + "' stands twice");
            }
            if (!mapping.has("cap_plus") && !mapping.has("cap_minus")) {
                throw mapping.fault("id", "a dimension caps its items together: 'cap_plus', 'cap_minus', or both");
            }
            dimensions.add(new Dimension(
                    id,
                    mapping.mapping("title", Title::of),
                    mapping.integer("cap_plus", 1, POINTS_MAX, Scale.UNCAPPED),
                    -mapping.integer("cap_minus", -POINTS_MAX, -1, -Scale.UNCAPPED),
                    ItemReader.byCalendarYear(mapping)));
        });
        return dimensions;
    }

    private List<ItemRule> items(
            Yaml.Mapping scheme, List<Grade> grades, List<Dimension> dimensions, CountsFor countsFor) {
        List<ItemRule> rules = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        ItemReader reader = new ItemReader(vocabulary.regimes(), grades, dimensions, countsFor);
        scheme.forEachRow("items", mapping -> {
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
            rules.add(reader.read(mapping, item, rules.size()));
        });
        return rules;
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
                grade = grade(mapping, "direct_grade", grades);
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

    /** The place of a grade among the scheme's. */
    static int grade(Yaml.Mapping mapping, String key, List<Grade> grades) {
        String id = mapping.text(key);
        int grade = grades.stream().map(Grade::id).toList().indexOf(id);
        if (grade < 0) {
            throw mapping.fault(key, "grade '" + id + "' is not one of the scheme's");
        }
        return grade;
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
