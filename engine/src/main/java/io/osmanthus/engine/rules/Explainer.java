package io.osmanthus.engine.rules;

import io.osmanthus.engine.rules.Explanation.Line;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of each record what it brought to the score, in the order of the starts. One use for one subject whose facts the
 * tally has collected. The points of the lines and the base add up to the score.
 */
final class Explainer {
    private final RuleSet rules;
    private final ScoringScheme scheme;
    private final Tally tally;
    private final int day;
    private final Sums items = new Sums();
    private final Sums plusDimensions = new Sums();
    private final Sums minusDimensions = new Sums();
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
            return line(facts, i, 0, 0, null, false, "not-scored", SubjectFacts.NONE);
        }
        String absent = absent(rule, facts, i);
        if (absent != null) {
            int until = absent.equals("not-yet") ? lastDay(rule, facts, i) : SubjectFacts.NONE;
            return line(facts, i, rule.pointsAlone(facts, i, day), 0, null, false, absent, until);
        }
        return rule.item().adverse() ? adverse(rule, facts, i) : plus(rule, facts, i, frozen);
    }

    /** Why a record does not count on the day by itself, or null. */
    private @Nullable String absent(ItemRule rule, SubjectFacts facts, int i) {
        if (rule.markedOut(facts, i)) {
            int marks = rule.marks(facts, i);
            if ((marks & SubjectFacts.RETRACTED) != 0) {
                return "retracted";
            }
            if ((marks & SubjectFacts.WITHDRAWN) != 0) {
                return "withdrawn";
            }
            boolean repaired = (marks & SubjectFacts.REPAIRED) != 0 && rule.monthsRepaired() == 0;
            return repaired ? "repaired" : "disputed";
        }
        if (tally.counts(rule, facts, i)) {
            return null;
        }
        return rule.firstDay(facts, i) > day ? "not-yet" : "expired";
    }

    private Line adverse(ItemRule rule, SubjectFacts facts, int i) {
        int until = lastDay(rule, facts, i);
        int a = tally.adverseAt(i);
        int alone = rule.pointsAlone(facts, i, day);
        if (!tally.standsInItsAct(a)) {
            return line(facts, i, alone, 0, null, false, "not-highest-of-act", until);
        }
        int grade = rule.effectAlone(facts, i, day).directGrade();
        if (grade >= 0) {
            String id = scheme.grades().get(grade).id();
            return line(facts, i, 0, 0, id, true, "direct-grade", until);
        }
        if (!rule.scale().byQuantity() && tally.pointsOf(facts, a) == 0) {
            return line(facts, i, alone, 0, null, false, "largest-only", until);
        }
        return summed(rule, facts, i, tally.amount(facts, a), until);
    }

    private Line plus(ItemRule rule, SubjectFacts facts, int i, boolean frozen) {
        int until = lastDay(rule, facts, i);
        int alone = rule.pointsAlone(facts, i, day);
        if (rule.highestOfAct() && facts.act[i] != 0 && !tally.highestOfAct(rule, facts, i)) {
            return line(facts, i, alone, 0, null, false, "not-highest-of-act", until);
        }
        if (frozen) {
            return line(facts, i, alone, 0, null, false, "frozen", until);
        }
        return summed(rule, facts, i, rule.scale().amount(facts.quantityHundredths[i]), until);
    }

    /** A record that enters the sum of its item, and of its dimension: what it adds where it stands in the order. */
    private Line summed(ItemRule rule, SubjectFacts facts, int i, long amount, int until) {
        Scale scale = rule.scale();
        int year = tally.year(rule, facts, i);
        long before = items.sum(rule.slot(), year);
        long after = before + amount;
        items.add(rule.slot(), year, amount);
        long difference = scale.pointsBeforeCap(after) - scale.pointsBeforeCap(before);
        int beforeCaps = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, difference));
        int ofItem = scale.points(after) - scale.points(before);
        int points = ofItem;
        if (rule.dimension() >= 0) {
            ScoringScheme.Dimension dimension = scheme.dimensions().get(rule.dimension());
            Sums sums = rule.item().adverse() ? minusDimensions : plusDimensions;
            int dimensionYear = tally.dimensionYear(rule, year);
            long sum = sums.sum(rule.dimension(), dimensionYear);
            points = (int) (dimension.capped(sum + ofItem) - dimension.capped(sum));
            sums.add(rule.dimension(), dimensionYear, ofItem);
        }
        if (scale.capped(before, after) || points != ofItem) {
            return line(facts, i, beforeCaps, points, null, points != 0, "capped", until);
        }
        return line(facts, i, beforeCaps, points, null, true, points == 0 ? "below-step" : null, until);
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
                scheme.listWords(list.index()),
                rule.points(),
                points,
                null,
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
            SubjectFacts facts,
            int i,
            int pointsBeforeCaps,
            int points,
            @Nullable String directGrade,
            boolean counted,
            @Nullable String reason,
            int countsUntil) {
        var item = rules.vocabulary().items().get(facts.item[i]);
        return new Line(
                facts.recordId[i],
                item.id(),
                item.title(),
                scheme.itemWords(item.index()),
                pointsBeforeCaps,
                points,
                directGrade,
                counted,
                reason,
                facts.occurredOn[i],
                countsUntil,
                facts.source[i],
                (facts.marks[i] & SubjectFacts.DISPUTED) != 0);
    }
}
