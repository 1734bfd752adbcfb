package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.Explanation.Line;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of each record what it brought to the score, in the order of the starts. One use for one subject whose facts the
 * tally has collected. The points of the lines and the base add up to the score.
 */
final class Explainer {
    /** A sum of amounts: one per item, or per item and calendar year. */
    private record Bucket(int slot, int year) {}

    private final RuleSet rules;
    private final ScoringScheme scheme;
    private final Tally tally;
    private final int day;
    private final Map<Bucket, Long> sums = new HashMap<>();
    private final Set<Integer> listsSeen = new HashSet<>();

    Explainer(RuleSet rules, ScoringScheme scheme, Tally tally, int day) {
        this.rules = rules;
        this.scheme = scheme;
        this.tally = tally;
        this.day = day;
    }

    List<Line> lines(SubjectFacts facts) {
        record Dated(int start, Line line) {}
        long sum = tally.sum(facts, null);
        boolean frozen = tally.frozen(facts, null);
        List<Dated> dated = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < facts.recordCount; i++) {
            order.add(i);
        }
        order.sort(
                Comparator.<Integer>comparingInt(i -> ItemRule.start(facts, i)).thenComparing(i -> i));
        for (int i : order) {
            dated.add(new Dated(ItemRule.start(facts, i), record(facts, i, frozen)));
        }
        List<Integer> entries = new ArrayList<>();
        for (int i = 0; i < facts.entryCount; i++) {
            entries.add(i);
        }
        entries.sort(Comparator.comparingInt(i -> facts.enteredOn[i]));
        for (int i : entries) {
            ScoringScheme.ListRule rule = scheme.listRule(facts.list[i]);
            if (rule != null && rule.points() > 0) {
                dated.add(new Dated(facts.enteredOn[i], entry(facts, i, rule, frozen)));
            }
        }
        dated.sort(Comparator.comparingInt(Dated::start));
        List<Line> lines = new ArrayList<>();
        dated.forEach(one -> lines.add(one.line()));
        int clamp = (int) (scheme.bounds().clamp(sum) - sum);
        if (clamp != 0) {
            lines.add(new Line(
                    null, null, Words.CLAMP, clamp, true, "clamp", SubjectFacts.NONE, SubjectFacts.NONE, -1, false));
        }
        return List.copyOf(lines);
    }

    private Line record(SubjectFacts facts, int i, boolean frozen) {
        ItemRule rule = scheme.rule(facts.item[i]);
        if (rule == null) {
            return line(facts, i, 0, false, "not-scored", SubjectFacts.NONE);
        }
        String absent = absent(rule, facts, i);
        if (absent != null) {
            int until = absent.equals("not-yet") ? lastDay(rule, facts, i) : SubjectFacts.NONE;
            return line(facts, i, 0, false, absent, until);
        }
        return rule.item().adverse() ? adverse(rule, facts, i) : plus(rule, facts, i, frozen);
    }

    /** Why a record does not count on the day by itself, or null. */
    private @Nullable String absent(ItemRule rule, SubjectFacts facts, int i) {
        if ((facts.marks[i] & SubjectFacts.RETRACTED) != 0) {
            return "retracted";
        }
        if ((facts.marks[i] & SubjectFacts.REPAIRED) != 0) {
            return "repaired";
        }
        if (facts.marks[i] != 0) {
            return "disputed";
        }
        if (tally.counts(rule, facts, i)) {
            return null;
        }
        return rule.firstDay(facts, i) > day ? "not-yet" : "expired";
    }

    private Line adverse(ItemRule rule, SubjectFacts facts, int i) {
        int a = tally.adverseAt(i);
        int points = tally.pointsOf(facts, a);
        String reason = null;
        if (!tally.standsInItsAct(a)) {
            reason = "not-highest-of-act";
        } else if (points == 0) {
            reason = "largest-only";
        }
        return line(facts, i, points, reason == null, reason, lastDay(rule, facts, i));
    }

    private Line plus(ItemRule rule, SubjectFacts facts, int i, boolean frozen) {
        int until = lastDay(rule, facts, i);
        if (rule.highestOfAct() && facts.act[i] != 0 && !tally.highestOfAct(rule, facts, i)) {
            return line(facts, i, 0, false, "not-highest-of-act", until);
        }
        if (frozen) {
            return line(facts, i, 0, false, "frozen", until);
        }
        Scale scale = rule.scale();
        int year = rule.byCalendarYear() ? Days.year(ItemRule.start(facts, i)) : 0;
        Bucket bucket = new Bucket(rule.slot(), year);
        long before = sums.getOrDefault(bucket, 0L);
        long after = before + scale.amount(facts.quantityHundredths[i]);
        sums.put(bucket, after);
        int points = scale.points(after) - scale.points(before);
        if (scale.capped(before, after)) {
            return line(facts, i, points, points != 0, "capped", until);
        }
        return line(facts, i, points, true, points == 0 ? "below-step" : null, until);
    }

    private Line entry(SubjectFacts facts, int i, ScoringScheme.ListRule rule, boolean frozen) {
        boolean counts = facts.entryCounts(i, day);
        int points = 0;
        String reason = null;
        if (!counts) {
            reason = (facts.entryMarks[i] & SubjectFacts.RETRACTED) != 0
                    ? "retracted"
                    : (facts.entryMarks[i] & SubjectFacts.REPAIRED) != 0
                            ? "repaired"
                            : facts.enteredOn[i] > day ? "not-yet" : "expired";
        } else if (!listsSeen.add(facts.list[i])) {
            reason = "capped";
        } else if (frozen) {
            reason = "frozen";
        } else {
            points = rule.points();
        }
        ListDefinition list = rule.list();
        boolean open = facts.leavesOn[i] == SubjectFacts.NONE || !(counts || "not-yet".equals(reason));
        return new Line(
                facts.entryId[i],
                list.id(),
                list.title(),
                points,
                reason == null,
                reason,
                facts.enteredOn[i],
                open ? SubjectFacts.NONE : facts.leavesOn[i] - 1,
                -1,
                (facts.entryMarks[i] & SubjectFacts.DISPUTED) != 0);
    }

    private static int lastDay(ItemRule rule, SubjectFacts facts, int i) {
        int end = rule.endDay(facts, i);
        return end == Integer.MAX_VALUE ? SubjectFacts.NONE : end - 1;
    }

    private Line line(
            SubjectFacts facts, int i, int points, boolean counted, @Nullable String reason, int countsUntil) {
        var item = rules.vocabulary().items().get(facts.item[i]);
        return new Line(
                facts.recordId[i],
                item.id(),
                item.title(),
                points,
                counted,
                reason,
                facts.occurredOn[i],
                countsUntil,
                facts.source[i],
                (facts.marks[i] & SubjectFacts.DISPUTED) != 0);
    }
}
