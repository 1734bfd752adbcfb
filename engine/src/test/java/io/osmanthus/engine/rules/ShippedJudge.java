package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.day;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A judge of the demonstration rules, a person and an organisation, for tests of what it says. */
abstract class ShippedJudge {
    static final String DAY = "2026-10-15";
    static final List<String> BLACK = List.of(
            "dishonest-enforcement",
            "serious-illegal",
            "major-tax",
            "wage-arrears",
            "work-safety",
            "procurement",
            "statistics",
            "overload",
            "fire",
            "public-resources",
            "customs-dishonest");

    final Judge judge = Shipped.RULES.judge();
    final SubjectFacts person = Shipped.person();
    final SubjectFacts organisation = Shipped.organisation();

    int score(String on) {
        return judge.score(person, day(on));
    }

    int entry(String list, String entered, @Nullable String leaves) {
        int i = organisation.addEntry(Shipped.list(list), day(entered), Shipped.dayOrNone(leaves));
        organisation.entryId[i] = "E" + i;
        return i;
    }

    @Nullable
    String grade(String on) {
        ScoringScheme.Grade grade = judge.grade(person, day(on));
        return grade == null ? null : grade.id();
    }
}
