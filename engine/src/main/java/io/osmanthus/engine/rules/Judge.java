package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies the rules to one subject's facts on one day. Pure; not thread-safe (it reuses scratch space). */
public final class Judge {
    private final RuleSet rules;
    private final Limits limits;
    private final Bench[] benches;

    /** What depends on the day alone: the edition that holds, the first grant and the first arrears that still count. */
    private int day = SubjectFacts.NONE;

    private Bench bench;
    private int grantedFrom;
    private int arrearsFrom;

    /** An edition of the rules with scratch space to apply it. */
    private static final class Bench {
        final Edition edition;
        final int base;
        final Tally persons;
        final Tally organisations;
        final SceneTable[] personScenes;
        final SceneTable[] organisationScenes;
        final boolean[][] views;
        final int[] viewScores;

        Bench(Edition edition, int listCount) {
            this.edition = edition;
            this.base = edition.scheme(SubjectType.PERSON).base();
            this.persons = new Tally(edition.scheme(SubjectType.PERSON), listCount);
            this.organisations = new Tally(edition.scheme(SubjectType.ORGANISATION), listCount);
            this.personScenes = scenes(edition, SubjectType.PERSON);
            this.organisationScenes = scenes(edition, SubjectType.ORGANISATION);
            this.views = edition.views().toArray(boolean[][]::new);
            this.viewScores = new int[views.length];
        }

        Tally tally(SubjectType subject) {
            return subject == SubjectType.PERSON ? persons : organisations;
        }

        private static SceneTable[] scenes(Edition edition, SubjectType subject) {
            return edition.tables().stream()
                    .filter(table ->
                            edition.scenes().get(table.index()).definition().subject() == subject)
                    .toArray(SceneTable[]::new);
        }
    }

    Judge(RuleSet rules) {
        this.rules = rules;
        this.limits = rules.limits();
        int listCount = rules.vocabulary().lists().size();
        this.benches = rules.editions().stream()
                .map(edition -> new Bench(edition, listCount))
                .toArray(Bench[]::new);
        this.bench = benches[0];
    }

    /**
     * The benefits of every scene on a day: four bits a scene, at {@code 4 × scene index}, holding {@link Benefit#code} or
     * 0; scenes for subjects of the other type hold 0. Allocates nothing.
     */
    public long answerWord(SubjectFacts facts, int day) {
        on(day);
        return facts.type == SubjectType.PERSON ? personWord(facts) : organisationWord(facts);
    }

    /** The score of the subject's scheme. Allocates nothing. */
    public int score(SubjectFacts facts, int day) {
        return collected(facts, day).score(facts, null);
    }

    /** The grade of the subject's scheme, or null: none. Allocates nothing. */
    public ScoringScheme.@Nullable Grade grade(SubjectFacts facts, int day) {
        Tally tally = collected(facts, day);
        ScoringScheme scheme = bench.edition.scheme(facts.type);
        int grade = gradeIndex(tally, scheme, tally.score(facts, null));
        return grade < scheme.grades().size() ? scheme.grades().get(grade) : null;
    }

    /**
     * A person's score as a scene sees it: over the plus items and the adverse items that the scene names, never below the
     * base. Says nothing of consent or arrears. Allocates nothing.
     */
    public int sceneScore(SubjectFacts facts, int scene, int day) {
        Tally tally = collected(facts, day);
        SceneTable table = bench.edition.tables().get(scene);
        return Math.max(bench.base, tally.score(facts, bench.views[table.view()]));
    }

    /** {@link #sceneScore} of every scene of persons at once, by scene index. Allocates nothing. */
    public void sceneScores(SubjectFacts facts, int day, int[] scores) {
        on(day);
        scoreViews(facts);
        for (SceneTable scene : bench.personScenes) {
            scores[scene.index()] = bench.viewScores[scene.view()];
        }
    }

    /** Bits by scene index: the scenes for which a consent is valid on the day. Allocates nothing. */
    public int consents(SubjectFacts facts, int day) {
        on(day);
        int scenes = 0;
        for (int i = 0; i < facts.consentCount; i++) {
            int granted = facts.grantedOn[i];
            int expires = facts.expiresOn[i];
            if (granted <= day && granted >= grantedFrom && (expires == SubjectFacts.NONE || day < expires)) {
                scenes |= 1 << facts.consentScene[i];
            }
        }
        return scenes;
    }

    /** Bits by scene index: the scenes in which arrears count on the day. Allocates nothing. */
    public int arrears(SubjectFacts facts, int day) {
        on(day);
        int scenes = 0;
        for (int i = 0; i < facts.arrearsCount; i++) {
            if (counts(facts, i)) {
                scenes |= 1 << facts.arrearsScene[i];
            }
        }
        return scenes;
    }

    /** Whether the {@code i}th arrears pause benefits of their scene on the day. */
    public boolean arrearsCount(SubjectFacts facts, int i, int day) {
        on(day);
        return counts(facts, i);
    }

    private boolean counts(SubjectFacts facts, int i) {
        return facts.since[i] <= day && facts.since[i] >= arrearsFrom && facts.arrearsMarks[i] == 0;
    }

    /** The first day on which the {@code i}th consent stands no longer, by what it says and by the limit of the day. */
    public int consentEnds(SubjectFacts facts, int i, int day) {
        int most = Days.plusMonths(facts.grantedOn[i], limits.consentMonthsMax(day));
        return facts.expiresOn[i] == SubjectFacts.NONE ? most : Math.min(most, facts.expiresOn[i]);
    }

    /** The first day after {@code day} on which something of the answers may change by time alone, or Integer.MAX_VALUE. */
    public int nextChange(SubjectFacts facts, int day) {
        on(day);
        int next = limits.nextChange(day);
        for (Bench one : benches) {
            next = earlier(next, one.edition.from(), day);
        }
        ScoringScheme scheme = bench.edition.scheme(facts.type);
        for (int i = 0; i < facts.recordCount; i++) {
            ItemRule rule = scheme.rule(facts.item[i]);
            if (rule != null && !rule.markedOut(facts, i)) {
                next = earlier(next, rule.firstDay(facts, i), day);
                next = earlier(next, ItemRule.start(facts, i), day);
                next = earlier(next, rule.endDay(facts, i), day);
            }
        }
        int consentMonths = limits.consentMonthsMax(day);
        for (int i = 0; i < facts.consentCount; i++) {
            next = earlier(next, facts.grantedOn[i], day);
            next = earlier(next, facts.expiresOn[i], day);
            next = earlier(next, Days.plusMonths(facts.grantedOn[i], consentMonths), day);
        }
        int arrearsMonths = limits.arrearsMonthsMax(day);
        for (int i = 0; i < facts.arrearsCount; i++) {
            next = earlier(next, facts.since[i], day);
            next = earlier(next, Days.plusMonths(facts.since[i], arrearsMonths), day);
        }
        for (int i = 0; i < facts.entryCount; i++) {
            next = earlier(next, facts.enteredOn[i], day);
            next = earlier(next, facts.leavesOn[i], day);
        }
        return next;
    }

    /** The score with its lines. Needs {@link SubjectFacts#recordId}. */
    public Explanation explain(SubjectFacts facts, int day) {
        Tally tally = collected(facts, day);
        ScoringScheme scheme = bench.edition.scheme(facts.type);
        int score = tally.score(facts, null);
        int grade = gradeIndex(tally, scheme, score);
        List<Explanation.Line> lines = new Explainer(rules, scheme, tally, day).lines(facts);
        return new Explanation(
                score,
                grade < scheme.grades().size() ? scheme.grades().get(grade).id() : null,
                scheme.id(),
                rules.version(),
                facts.type == SubjectType.PERSON ? next(facts, day) : List.of(),
                lines);
    }

    /** What the lists say of an organisation in a matter. Needs {@link SubjectFacts#entryId}. */
    public MatchReport match(SubjectFacts facts, int matter, int day) {
        on(day);
        Matter rule = bench.edition.matters().get(matter);
        List<MatchReport.Hit> hits = new ArrayList<>();
        MatchReport.Outcome outcome = MatchReport.Outcome.NONE;
        for (int i = 0; i < facts.entryCount; i++) {
            Matter.Effect effect = rule.effect(facts.list[i]);
            if (effect == null || !facts.entryCounts(i, day)) {
                continue;
            }
            hits.add(new MatchReport.Hit(
                    effect.list(),
                    facts.entryId[i],
                    effect.effect(),
                    effect.words(),
                    effect.legalBasis().isEmpty() ? null : effect.legalBasis(),
                    facts.enteredOn[i],
                    facts.leavesOn[i],
                    (facts.entryMarks[i] & SubjectFacts.DISPUTED) != 0));
            MatchReport.Outcome one = outcome(effect.effect());
            outcome = one.compareTo(outcome) > 0 ? one : outcome;
        }
        if (hits.isEmpty()) {
            return MatchReport.NONE;
        }
        hits.sort(Comparator.comparing(MatchReport.Hit::effect)
                .reversed()
                .thenComparing(hit -> hit.list().index())
                .thenComparing(MatchReport.Hit::enteredOn)
                .thenComparing(MatchReport.Hit::entryId, Comparator.nullsFirst(Comparator.naturalOrder())));
        return new MatchReport(outcome, List.copyOf(hits));
    }

    private static MatchReport.Outcome outcome(MatchReport.Effect effect) {
        return switch (effect) {
            case RECOMMEND -> MatchReport.Outcome.NONE;
            case PROMPT -> MatchReport.Outcome.PROMPT;
            case MEASURE -> MatchReport.Outcome.MEASURE;
        };
    }

    private void on(int next) {
        if (next == day) {
            return;
        }
        day = next;
        bench = benches[0];
        grantedFrom = Days.countsFrom(next, limits.consentMonthsMax(next));
        arrearsFrom = Days.countsFrom(next, limits.arrearsMonthsMax(next));
        for (Bench one : benches) {
            bench = one.edition.from() <= next ? one : bench;
        }
        bench.persons.on(next);
        bench.organisations.on(next);
    }

    private Tally collected(SubjectFacts facts, int day) {
        on(day);
        Tally tally = bench.tally(facts.type);
        tally.collect(facts);
        return tally;
    }

    private long personWord(SubjectFacts facts) {
        int consents = consents(facts, day);
        if (consents == 0) {
            return 0;
        }
        int arrears = arrears(facts, day);
        scoreViews(facts);
        long word = 0;
        for (SceneTable scene : bench.personScenes) {
            int bit = 1 << scene.index();
            if ((consents & bit) != 0) {
                long code = scene.ofPerson(bench.viewScores[scene.view()], (arrears & bit) != 0);
                word |= code << (4 * scene.index());
            }
        }
        return word;
    }

    /** The scene score of each view. */
    private void scoreViews(SubjectFacts facts) {
        if (facts.recordCount == 0) {
            Arrays.fill(bench.viewScores, bench.base);
            return;
        }
        bench.persons.collect(facts);
        for (int v = 0; v < bench.views.length; v++) {
            bench.viewScores[v] = Math.max(bench.base, bench.persons.score(facts, bench.views[v]));
        }
    }

    private long organisationWord(SubjectFacts facts) {
        Tally organisations = bench.organisations;
        organisations.collect(facts);
        ScoringScheme scheme = bench.edition.scheme(SubjectType.ORGANISATION);
        int grade = gradeIndex(organisations, scheme, organisations.score(facts, null));
        long word = 0;
        for (SceneTable scene : bench.organisationScenes) {
            long code = scene.ofOrganisation(grade, organisations.listKinds());
            word |= code << (4 * scene.index());
        }
        return word;
    }

    /** A direct grade replaces a better one and never lifts a worse: being listed is no remedy. */
    private static int gradeIndex(Tally tally, ScoringScheme scheme, int score) {
        return Math.max(scheme.gradeIndex(score), tally.directGrade());
    }

    private List<Explanation.Next> next(SubjectFacts facts, int day) {
        long word = personWord(facts);
        int consents = consents(facts, day);
        int arrears = arrears(facts, day);
        scoreViews(facts);
        List<Explanation.Next> next = new ArrayList<>();
        for (SceneTable scene : bench.personScenes) {
            int bit = 1 << scene.index();
            if ((consents & bit) == 0) {
                continue;
            }
            int code = (int) ((word >>> (4 * scene.index())) & 15);
            Benefit nearest = null;
            for (Benefit benefit : scene.benefits()) {
                boolean better = code == 0 || benefit.code() < code;
                boolean paused = benefit.noArrears() && (arrears & bit) != 0;
                if (better && !paused && (nearest == null || benefit.scoreAtLeast() <= nearest.scoreAtLeast())) {
                    nearest = benefit;
                }
            }
            if (nearest != null) {
                String id =
                        bench.edition.scenes().get(scene.index()).definition().id();
                int missing = nearest.scoreAtLeast() - bench.viewScores[scene.view()];
                next.add(new Explanation.Next(id, nearest.id(), missing));
            }
        }
        return List.copyOf(next);
    }

    private static int earlier(int next, int candidate, int day) {
        return candidate > day && candidate < next ? candidate : next;
    }
}
