package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares the answers of one day with those that a rule test expects. */
final class RuleTestAnswers {
    private static final String NONE = "none";

    private final RuleSet rules;
    private final SubjectFacts facts;
    private final Yaml.Mapping expected;
    private final String test;
    private final List<Finding> failures;
    private final LocalDate date;
    private final int day;
    private final Judge judge;

    RuleTestAnswers(RuleSet all, SubjectFacts facts, Yaml.Mapping expected, String test, List<Finding> failures) {
        this.date = expected.date("on");
        this.day = (int) date.toEpochDay();
        this.rules = all.on(date);
        this.facts = facts;
        this.expected = expected;
        this.test = test;
        this.failures = failures;
        this.judge = rules.judge();
    }

    void compare() {
        Explanation explanation = judge.explain(facts, day);
        if (expected.has("score")) {
            int score = expected.integer("score", Integer.MIN_VALUE, Integer.MAX_VALUE);
            same(expected.line("score"), "score", score, explanation.score());
        }
        if (expected.has("grade")) {
            String grade = Objects.requireNonNullElse(explanation.grade(), NONE);
            same(expected.line("grade"), "grade", expected.text("grade"), grade);
        }
        if (expected.has("benefits")) {
            expected.mapping("benefits", benefits -> {
                benefits.keys().forEach(scene -> benefit(benefits, scene));
                return benefits;
            });
        }
        if (expected.has("matters")) {
            expected.mapping("matters", matters -> {
                matters.keys().forEach(matter -> matter(matters, matter));
                return matters;
            });
        }
        expected.forEach("lines", line -> line(line, explanation));
    }

    private void benefit(Yaml.Mapping benefits, String scene) {
        SceneDefinition definition = rules.vocabulary().scene(scene);
        if (definition == null) {
            throw benefits.fault(scene, "scene '" + scene + "' is not in scenes.yaml");
        }
        int code = (int) (judge.answerWord(facts, day) >>> (4 * definition.index())) & 15;
        List<Benefit> table = rules.scenes().get(definition.index()).benefits();
        String found = code == 0 ? NONE : table.get(code - 1).id();
        same(benefits.line(scene), "benefit in " + scene, benefits.text(scene), found);
    }

    private void matter(Yaml.Mapping matters, String id) {
        Matter matter = rules.matter(id);
        if (matter == null) {
            throw matters.fault(id, "matter '" + id + "' is in no rule file");
        }
        MatchReport report = judge.match(facts, matter.index(), day);
        same(matters.line(id), "outcome in " + id, matters.text(id), SchemeReader.word(report.outcome()));
    }

    private void line(Yaml.Mapping wanted, Explanation explanation) {
        String id = wanted.text("record");
        Explanation.Line line = explanation.lines().stream()
                .filter(one -> id.equals(one.recordId()))
                .findFirst()
                .orElseThrow(() -> wanted.fault("record", "no line of record '" + id + "'"));
        String about = "of record " + id;
        if (wanted.has("points")) {
            int points = wanted.integer("points", Integer.MIN_VALUE, Integer.MAX_VALUE);
            same(wanted.line("points"), "points " + about, points, line.points());
        }
        if (wanted.has("points_before_caps")) {
            int points = wanted.integer("points_before_caps", Integer.MIN_VALUE, Integer.MAX_VALUE);
            same(wanted.line("points_before_caps"), "points before caps " + about, points, line.pointsBeforeCaps());
        }
        if (wanted.has("counted")) {
            same(wanted.line("counted"), "counted " + about, wanted.flag("counted", false), line.counted());
        }
        if (wanted.has("reason")) {
            String reason = Objects.requireNonNullElse(line.reason(), NONE);
            same(wanted.line("reason"), "reason " + about, wanted.text("reason"), reason);
        }
        if (wanted.has("until")) {
            String until = line.countsUntil() == SubjectFacts.NONE
                    ? NONE
                    : LocalDate.ofEpochDay(line.countsUntil()).toString();
            same(wanted.line("until"), "last day " + about, wanted.text("until"), until);
        }
    }

    private void same(int line, String what, @Nullable Object wanted, @Nullable Object found) {
        if (!Objects.equals(wanted, found)) {
            String message = test + ": " + what + " on " + date + ": expected " + wanted + ", found " + found;
            failures.add(new Finding(expected.file(), line, message));
        }
    }
}
