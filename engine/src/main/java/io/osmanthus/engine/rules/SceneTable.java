package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ListDefinition;
import java.util.List;
import java.util.Set;

/** A scene's conditions as columns, best benefit first. Immutable. */
final class SceneTable {
    private final int index;
    private final int view;
    private final List<Benefit> benefits;
    private final Condition[] conditions;

    SceneTable(int index, int view, List<Benefit> benefits, List<Condition> conditions) {
        this.index = index;
        this.view = view;
        this.benefits = List.copyOf(benefits);
        this.conditions = conditions.toArray(Condition[]::new);
    }

    /** Index of the scene. */
    int index() {
        return index;
    }

    /** Which view of the adverse items the scene has: a place in {@link RuleSet#views}. */
    int view() {
        return view;
    }

    List<Benefit> benefits() {
        return benefits;
    }

    /** When a benefit holds. {@code grades} and {@code noEntryOf} are bits and 0 for persons. */
    record Condition(int scoreAtLeast, boolean noArrears, int grades, int noEntryOf) {
        static Condition person(int scoreAtLeast, boolean noArrears) {
            return new Condition(scoreAtLeast, noArrears, 0, 0);
        }

        static Condition organisation(List<Integer> grades, Set<ListDefinition.Kind> noEntryOf) {
            int gradeBits = grades.stream().mapToInt(grade -> 1 << grade).sum();
            int kindBits = noEntryOf.stream().mapToInt(ScoringScheme::bit).sum();
            return new Condition(Integer.MIN_VALUE, false, gradeBits, kindBits);
        }

        /** Whether this holds wherever the other does. */
        boolean coveredBy(Condition other) {
            return scoreAtLeast >= other.scoreAtLeast
                    && (noArrears || !other.noArrears)
                    && (grades & ~other.grades) == 0
                    && (other.noEntryOf & ~noEntryOf) == 0;
        }
    }

    /** The code of a person's benefit, or 0. */
    int ofPerson(int sceneScore, boolean arrears) {
        for (int i = 0; i < conditions.length; i++) {
            Condition condition = conditions[i];
            if (sceneScore >= condition.scoreAtLeast && !(arrears && condition.noArrears)) {
                return i + 1;
            }
        }
        return 0;
    }

    /** The code of an organisation's benefit, or 0. */
    int ofOrganisation(int grade, int listKinds) {
        for (int i = 0; i < conditions.length; i++) {
            Condition condition = conditions[i];
            if ((condition.grades & (1 << grade)) != 0 && (condition.noEntryOf & listKinds) == 0) {
                return i + 1;
            }
        }
        return 0;
    }
}
