package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.SceneReader.BenefitDraft;
import io.osmanthus.engine.rules.SceneReader.Draft;
import io.osmanthus.engine.rules.SceneTable.Condition;
import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Completes the drafts of scenes against the schemes, once all rule files have been read. */
final class SceneDrafts {
    private final Vocabulary vocabulary;
    private final Map<SubjectType, ScoringScheme> schemes;
    private final List<Finding> findings;
    private final List<boolean[]> views = new ArrayList<>();
    private final List<SceneRule> rules = new ArrayList<>();
    private final List<SceneTable> tables = new ArrayList<>();

    SceneDrafts(Vocabulary vocabulary, Map<SubjectType, ScoringScheme> schemes, List<Finding> findings) {
        this.vocabulary = vocabulary;
        this.schemes = schemes;
        this.findings = findings;
    }

    /** One rule and one table for each scene of the vocabulary; what is wrong becomes a finding. */
    void complete(List<Draft> drafts) {
        @Nullable Draft[] byScene = new @Nullable Draft[vocabulary.scenes().size()];
        for (Draft draft : drafts) {
            int index = draft.definition().index();
            byScene[index] = draft;
        }
        for (SceneDefinition definition : vocabulary.scenes()) {
            Draft draft = byScene[definition.index()];
            if (draft == null) {
                findings.add(new Finding("rules", 0, "scene '" + definition.id() + "' has no benefits in any file"));
                continue;
            }
            ScoringScheme scheme = schemes.get(definition.subject());
            if (scheme == null) {
                findings.add(draft.finding(
                        draft.line(),
                        "scene '" + definition.id() + "' needs a scheme about "
                                + SchemeReader.word(definition.subject()) + "s"));
                continue;
            }
            complete(draft, scheme);
        }
    }

    /** By item index, what adverse items a scene sees; views are shared between scenes. */
    List<boolean[]> views() {
        return List.copyOf(views);
    }

    List<SceneRule> rules() {
        return List.copyOf(rules);
    }

    List<SceneTable> tables() {
        return List.copyOf(tables);
    }

    private void complete(Draft draft, ScoringScheme scheme) {
        SceneDefinition definition = draft.definition();
        List<Benefit> benefits = new ArrayList<>();
        List<Condition> conditions = new ArrayList<>();
        for (BenefitDraft written : draft.benefits()) {
            BenefitDraft benefit =
                    definition.subject() == SubjectType.PERSON ? resolved(draft, written, scheme) : written;
            Condition condition = definition.subject() == SubjectType.PERSON
                    ? person(draft, benefit, scheme)
                    : organisation(draft, benefit, scheme);
            for (int i = 0; i < conditions.size(); i++) {
                if (condition.coveredBy(conditions.get(i))) {
                    findings.add(draft.finding(
                            benefit.line(),
                            "benefit '" + benefit.id() + "' is never reached: '"
                                    + benefits.get(i).id() + "' stands before it and holds wherever it does"));
                }
            }
            conditions.add(condition);
            benefits.add(new Benefit(
                    benefits.size() + 1,
                    benefit.id(),
                    benefit.words(),
                    Words.condition(benefit),
                    benefit.scoreAtLeast(),
                    benefit.noArrears()));
        }
        for (SceneRule.Adverse adverse : draft.adverse()) {
            if (scheme.rule(adverse.item().index()) == null) {
                findings.add(draft.finding(
                        draft.line(),
                        "adverse item '" + adverse.item().id() + "' has no rule in scheme '" + scheme.id() + "'"));
            }
        }
        rules.add(new SceneRule(
                definition,
                draft.ttlSeconds(),
                List.copyOf(benefits),
                draft.adverse(),
                Words.scene(definition, scheme, draft.adverse())));
        tables.add(new SceneTable(definition.index(), view(draft), benefits, conditions));
    }

    /** A person's benefit with the score of the grade that it names, if it names one. */
    private BenefitDraft resolved(Draft draft, BenefitDraft benefit, ScoringScheme scheme) {
        if (benefit.grades().isEmpty()) {
            return benefit;
        }
        String id = benefit.grades().get(0);
        int score = scheme.ceiling();
        boolean known = false;
        for (ScoringScheme.Grade grade : scheme.grades()) {
            if (grade.id().equals(id)) {
                known = true;
                score = grade.atLeast();
            }
        }
        if (!known) {
            findings.add(
                    draft.finding(benefit.line(), "grade '" + id + "' is not one of scheme '" + scheme.id() + "'"));
        }
        if (score < scheme.base()) {
            String begins = score == Integer.MIN_VALUE ? "has no 'at_least'" : "begins at " + score;
            findings.add(draft.finding(
                    benefit.line(),
                    "grade '" + id + "' " + begins + ", below the base of " + scheme.base()
                            + ", which every scene score reaches: nobody falls below an empty file; for a benefit of"
                            + " everyone say 'score_at_least: " + scheme.base() + "' (charter 2)"));
            score = scheme.base();
        }
        return new BenefitDraft(
                benefit.line(), benefit.id(), benefit.words(), score, benefit.noArrears(), List.of(), Set.of());
    }

    private Condition person(Draft draft, BenefitDraft benefit, ScoringScheme scheme) {
        if (benefit.scoreAtLeast() < scheme.base()) {
            findings.add(draft.finding(
                    benefit.line(),
                    "'score_at_least' " + benefit.scoreAtLeast() + " is below the base of " + scheme.base()
                            + ", which every scene score reaches: nobody falls below an empty file (charter 2)"));
        }
        if (benefit.scoreAtLeast() > scheme.ceiling()) {
            findings.add(draft.finding(
                    benefit.line(),
                    "'score_at_least' " + benefit.scoreAtLeast() + " is above the ceiling of " + scheme.ceiling()));
        }
        return Condition.person(benefit.scoreAtLeast(), benefit.noArrears());
    }

    private Condition organisation(Draft draft, BenefitDraft benefit, ScoringScheme scheme) {
        List<String> known =
                scheme.grades().stream().map(ScoringScheme.Grade::id).toList();
        List<Integer> grades = new ArrayList<>();
        for (String id : benefit.grades()) {
            int grade = known.indexOf(id);
            if (grade < 0 || grades.contains(grade)) {
                findings.add(
                        draft.finding(benefit.line(), "'grades' knows each of " + known + " once, found '" + id + "'"));
            } else {
                grades.add(grade);
            }
        }
        return Condition.organisation(grades, benefit.noEntryOf());
    }

    private int view(Draft draft) {
        boolean[] view = new boolean[vocabulary.items().size()];
        draft.adverse().forEach(adverse -> view[adverse.item().index()] = true);
        for (int i = 0; i < views.size(); i++) {
            if (Arrays.equals(views.get(i), view)) {
                return i;
            }
        }
        views.add(view);
        return views.size() - 1;
    }
}
