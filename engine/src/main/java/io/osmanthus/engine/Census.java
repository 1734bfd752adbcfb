package io.osmanthus.engine;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts of persons as they may be published (charter 4): nothing below a floor, all else rounded, no person ever. Pure.
 */
public final class Census {
    /** Fewer persons than this are not counted out loud. */
    public static final int FLOOR = 20;

    /** Counts are rounded to a multiple of this. */
    public static final int ROUNDED_TO = 10;

    /**
     * How many persons of a district would be answered a benefit of a scene.
     *
     * @param district code, or null: the whole city
     * @param benefit id, or null: all who are enrolled
     * @param persons rounded, or null: below the floor
     */
    public record Count(
            @Nullable Integer district,
            @Nullable String scene,
            @Nullable String benefit,
            @Nullable Long persons) {}

    private Census() {}

    /** A count as it may be published: rounded half up, null below the floor. A count of nobody is below it too. */
    public static @Nullable Long published(long persons) {
        return persons < FLOOR ? null : (persons + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO;
    }

    /** Who is enrolled and who would be answered which benefit, for the city and by district. */
    public static List<Count> of(Population population, RuleSet rules) {
        List<Count> counts = new ArrayList<>();
        add(counts, null, null, population.enrolledCount(), population.enrolledByDistrict(), rules.vocabulary());
        for (SceneRule rule : rules.scenes()) {
            if (rule.definition().subject() != SubjectType.PERSON) {
                continue;
            }
            String scene = rule.definition().id();
            for (Benefit benefit : rule.benefits()) {
                add(
                        counts,
                        scene,
                        benefit.id(),
                        population.entitledCount(rule, benefit),
                        population.entitledByDistrict(rule, benefit),
                        rules.vocabulary());
            }
        }
        return List.copyOf(counts);
    }

    private static void add(
            List<Count> counts,
            @Nullable String scene,
            @Nullable String benefit,
            long all,
            long[] byDistrict,
            Vocabulary vocabulary) {
        counts.add(new Count(null, scene, benefit, published(all)));
        for (Vocabulary.District district : vocabulary.districts()) {
            counts.add(new Count(district.code(), scene, benefit, published(byDistrict[district.index()])));
        }
    }
}
