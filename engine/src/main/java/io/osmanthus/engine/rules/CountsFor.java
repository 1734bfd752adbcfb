package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.ItemRule.Effect;
import io.osmanthus.engine.rules.ScoringScheme.Grade;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long the records of a scheme count where their item does not say: by direct grade, by size of the deduction, by level
 * of the honour. Periods are in months.
 */
final class CountsFor {
    /** A century: the upper bound of any period, so that day arithmetic stays within its range. */
    static final int PERIOD_MONTHS_MAX = 1_200;

    private record Size(int upTo, int months) {}

    private final Map<Integer, Integer> byGrade = new HashMap<>();
    private final List<Size> bySize = new ArrayList<>();
    private final Map<String, Integer> byLevel = new HashMap<>();

    private CountsFor() {}

    /** Reads {@code counts_for} of a scheme; absent: no item may leave its own out. */
    static CountsFor read(Yaml.Mapping scheme, List<Grade> grades) {
        CountsFor countsFor = new CountsFor();
        if (scheme.has("counts_for")) {
            scheme.mapping("counts_for", mapping -> {
                countsFor.rows(mapping, grades);
                return countsFor;
            });
        }
        return countsFor;
    }

    private void rows(Yaml.Mapping mapping, List<Grade> grades) {
        mapping.forEach("direct_grades", row -> {
            if (byGrade.put(SchemeReader.grade(row, "grade", grades), months(row)) != null) {
                throw row.fault("grade", "grade '" + row.text("grade") + "' stands twice");
            }
        });
        mapping.forEach("deductions", row -> {
            int upTo = row.integer("up_to", 1, SchemeReader.POINTS_MAX, Integer.MAX_VALUE);
            if (!bySize.isEmpty() && upTo <= bySize.get(bySize.size() - 1).upTo()) {
                throw row.fault("up_to", "sizes rise, and the last row only is without 'up_to'");
            }
            bySize.add(new Size(upTo, months(row)));
        });
        mapping.forEach("levels", row -> {
            if (byLevel.put(row.text("level"), months(row)) != null) {
                throw row.fault("level", "level '" + row.text("level") + "' stands twice");
            }
        });
    }

    /** {@code years} or {@code months} of a mapping. */
    static int months(Yaml.Mapping period) {
        if (period.has("years") == period.has("months")) {
            throw period.fault("years", "'counts_for' needs either 'years' or 'months'");
        }
        return period.has("years")
                ? 12 * period.integer("years", 1, PERIOD_MONTHS_MAX / 12)
                : period.integer("months", 1, PERIOD_MONTHS_MAX);
    }

    /** The months of a direct grade or of a single deduction of this size, or 0: the scheme does not say. */
    int months(Effect effect) {
        if (effect.directGrade() >= 0) {
            return byGrade.getOrDefault(effect.directGrade(), 0);
        }
        for (Size size : bySize) {
            if (effect.points() < 0 && -effect.points() <= size.upTo()) {
                return size.months();
            }
        }
        return 0;
    }

    /** The months of a level, or 0: the scheme does not know it. */
    int months(String level) {
        return byLevel.getOrDefault(level, 0);
    }
}
