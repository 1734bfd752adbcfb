package io.osmanthus.engine.rules;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Adds up one subject's records by one scheme. {@link #collect} once per subject and day, then {@link #score} for the
 * whole file or for a scene's view of it.
 *
 * <p>Nothing is allocated once the scratch arrays have grown to the largest subject. What depends on the day alone is
 * computed when the day changes: for each item the first start that still counts, so that a record costs two comparisons
 * and no calendar. Not thread-safe.
 */
final class Tally {
    private final ScoringScheme scheme;
    private final int[] countsFrom;
    private final int[] repairedFrom;
    private int day = SubjectFacts.NONE;

    /** Amounts by item, and by calendar year where the item says so; points by dimension likewise. */
    private final Sums items = new Sums();

    private final Sums dimensions = new Sums();

    /** The adverse records that count, by index; of an act the one that stands. */
    private int adverseCount;

    private int[] adverse = new int[8];
    private ItemRule[] adverseRule = new ItemRule[8];
    private boolean[] stands = new boolean[8];

    /** By slot: 1 + the place in {@link #adverse} of the first (repeats) or largest (largest only) record; else 0. */
    private final int[] chosen;

    private final boolean[] listSeen;
    private long plus;
    private int listGrade;

    /** Of the last {@link #sum}. */
    private int recordGrade;

    private int listKinds;

    Tally(ScoringScheme scheme, int listCount) {
        this.scheme = scheme;
        this.countsFrom = new int[scheme.items().size()];
        this.repairedFrom = new int[scheme.items().size()];
        this.chosen = new int[scheme.items().size()];
        this.listSeen = new boolean[listCount];
    }

    /** Prepares for a day. */
    void on(int next) {
        if (next == day) {
            return;
        }
        day = next;
        for (int slot = 0; slot < countsFrom.length; slot++) {
            ItemRule rule = scheme.items().get(slot);
            countsFrom[slot] = from(next, rule.months());
            repairedFrom[slot] = from(next, rule.monthsRepaired());
        }
    }

    private static int from(int day, int months) {
        return months == 0 ? Integer.MAX_VALUE : Days.countsFrom(day, months);
    }

    /** Whether a record counts on the day, before acts, caps and the freeze. */
    boolean counts(ItemRule rule, SubjectFacts facts, int i) {
        if (facts.marks[i] != 0 && rule.marks(facts, i) != 0) {
            int start = ItemRule.start(facts, i);
            return rule.repaired(facts, i) && start <= day && start >= repairedFrom[rule.slot()];
        }
        if (rule.continuing()) {
            return facts.occurredOn[i] <= day
                    && (rule.lasts(facts, i, day) || facts.endedOn[i] >= countsFrom[rule.slot()]);
        }
        int start = ItemRule.start(facts, i);
        return start <= day && start >= countsFrom[rule.slot()];
    }

    /** Reads the facts; what is kept of them holds until the next call. */
    void collect(SubjectFacts facts) {
        plus = 0;
        items.clear();
        adverseCount = 0;
        listGrade = -1;
        recordGrade = -1;
        listKinds = 0;
        for (int i = 0; i < facts.recordCount; i++) {
            ItemRule rule = scheme.rule(facts.item[i]);
            if (rule == null || !counts(rule, facts, i)) {
                continue;
            }
            if (rule.item().adverse()) {
                addAdverse(rule, i);
            } else if (!rule.highestOfAct() || facts.act[i] == 0 || highestOfAct(rule, facts, i)) {
                items.add(rule.slot(), year(rule, facts, i), rule.scale().amount(facts.quantityHundredths[i]));
            }
        }
        plus = points();
        if (facts.entryCount > 0) {
            collectEntries(facts);
        }
    }

    /** Sum of the plus points after caps, before any freeze. */
    long plus() {
        return plus;
    }

    /** The place of the worst direct grade that stands after {@link #sum}, or -1. */
    int directGrade() {
        return Math.max(listGrade, recordGrade);
    }

    /** The kinds of list on which an entry counts, by {@link ScoringScheme#bit}. */
    int listKinds() {
        return listKinds;
    }

    /**
     * The score, with floor and ceiling, over the plus records and those adverse items that are named.
     *
     * @param named by item index; null: all
     */
    int score(SubjectFacts facts, boolean @Nullable [] named) {
        return scheme.bounds().clamp(sum(facts, named));
    }

    /** The score before floor and ceiling. */
    long sum(SubjectFacts facts, boolean @Nullable [] named) {
        recordGrade = -1;
        long minus = adverseCount == 0 ? 0 : minus(facts, named);
        return scheme.base() + (frozen(facts, named) ? 0 : plus) + minus;
    }

    /** After {@link #sum}: whether plus points do not count, for an act that freezes them lasts or a direct grade stands. */
    boolean frozen(SubjectFacts facts, boolean @Nullable [] named) {
        if (directGrade() >= 0) {
            return true;
        }
        for (int a = 0; a < adverseCount; a++) {
            ItemRule rule = adverseRule[a];
            if (rule.freezesPlus() && sees(named, rule) && rule.lasts(facts, adverse[a], day)) {
                return true;
            }
        }
        return false;
    }

    /** Sum of the deductions of the items named: a negative number or 0. */
    private long minus(SubjectFacts facts, boolean @Nullable [] named) {
        settle(facts, named);
        items.clear();
        long minus = 0;
        for (int a = 0; a < adverseCount; a++) {
            if (!stands[a]) {
                continue;
            }
            ItemRule rule = adverseRule[a];
            int grade = rule.effectAlone(facts, adverse[a], day).directGrade();
            recordGrade = Math.max(recordGrade, grade);
            if (rule.scale().plain() && rule.dimension() < 0) {
                minus += points(facts, a);
            } else if (grade < 0) {
                items.add(rule.slot(), year(rule, facts, adverse[a]), amount(facts, a));
            }
        }
        return minus + points();
    }

    /** The points of the sums: each item with its table and cap, then each dimension with its own. */
    private long points() {
        long points = 0;
        dimensions.clear();
        for (int at = 0; at < items.count(); at++) {
            ItemRule rule = scheme.items().get(items.key(at));
            int ofItem = rule.scale().points(items.sum(at));
            if (rule.dimension() < 0) {
                points += ofItem;
            } else {
                dimensions.add(rule.dimension(), dimensionYear(rule, items.year(at)), ofItem);
            }
        }
        for (int at = 0; at < dimensions.count(); at++) {
            points += scheme.dimensions().get(dimensions.key(at)).capped(dimensions.sum(at));
        }
        return points;
    }

    /** The calendar year by which an item's record is summed, 0: all together. */
    int year(ItemRule rule, SubjectFacts facts, int i) {
        boolean dated = rule.byCalendarYear()
                || (rule.dimension() >= 0
                        && scheme.dimensions().get(rule.dimension()).byCalendarYear());
        return dated ? Days.year(ItemRule.start(facts, i)) : 0;
    }

    /** The year by which a dimension sums what an item summed in a year. */
    int dimensionYear(ItemRule rule, int year) {
        return scheme.dimensions().get(rule.dimension()).byCalendarYear() ? year : 0;
    }

    /** Decides which adverse records stand (one of an act), and which is the first or largest of its item. */
    private void settle(SubjectFacts facts, boolean @Nullable [] named) {
        for (int a = 0; a < adverseCount; a++) {
            chosen[adverseRule[a].slot()] = 0;
        }
        for (int a = 0; a < adverseCount; a++) {
            ItemRule rule = adverseRule[a];
            stands[a] = sees(named, rule) && largestOfAct(facts, named, a);
            if (!stands[a] || rule.effectAlone(facts, adverse[a], day).directGrade() >= 0) {
                continue;
            }
            int now = chosen[rule.slot()] - 1;
            if (now < 0 || (rule.largestOnly() ? outweighs(facts, a, now) : before(facts, adverse[a], adverse[now]))) {
                chosen[rule.slot()] = a + 1;
            }
        }
    }

    private int points(SubjectFacts facts, int a) {
        ItemRule rule = adverseRule[a];
        int alone = rule.pointsAlone(facts, adverse[a], day);
        if (chosen[rule.slot()] == a + 1 || alone == 0) {
            return alone;
        }
        if (rule.largestOnly()) {
            return 0;
        }
        return rule.repeatsDouble() ? 2 * alone : alone;
    }

    /** The place among the adverse records that count of one that does. For explanations: after {@link #sum} over all. */
    int adverseAt(int i) {
        for (int a = 0; a < adverseCount; a++) {
            if (adverse[a] == i) {
                return a;
            }
        }
        throw new IllegalArgumentException("record " + i + " does not count against its subject");
    }

    /** Whether an adverse record is the one of its act that counts. */
    boolean standsInItsAct(int a) {
        return stands[a];
    }

    /** What a standing adverse record brings to the sum of its item: its quantity, or its points as a magnitude. */
    long amount(SubjectFacts facts, int a) {
        Scale scale = adverseRule[a].scale();
        return scale.byQuantity() ? scale.amount(facts.quantityHundredths[adverse[a]]) : -points(facts, a);
    }

    /** What an adverse record takes, with repeats and before caps: a negative number or 0. */
    int pointsOf(SubjectFacts facts, int a) {
        return stands[a] ? points(facts, a) : 0;
    }

    /** Whether a plus record is the one that counts of those with its act: the highest, then earliest, then first by id. */
    boolean highestOfAct(ItemRule rule, SubjectFacts facts, int i) {
        for (int j = 0; j < facts.recordCount; j++) {
            if (j == i || facts.act[j] != facts.act[i]) {
                continue;
            }
            ItemRule other = scheme.rule(facts.item[j]);
            if (other == null || !other.highestOfAct() || !counts(other, facts, j)) {
                continue;
            }
            int one = rule.pointsAlone(facts, i, day);
            int another = other.pointsAlone(facts, j, day);
            if (another > one || (another == one && before(facts, j, i))) {
                return false;
            }
        }
        return true;
    }

    private boolean largestOfAct(SubjectFacts facts, boolean @Nullable [] named, int a) {
        int act = facts.act[adverse[a]];
        if (act == 0) {
            return true;
        }
        for (int b = 0; b < adverseCount; b++) {
            if (b != a && facts.act[adverse[b]] == act && sees(named, adverseRule[b]) && outweighs(facts, b, a)) {
                return false;
            }
        }
        return true;
    }

    /** Whether one adverse record goes before another: the worse direct grade, the larger deduction, then the earlier start, then the id. */
    private boolean outweighs(SubjectFacts facts, int a, int b) {
        ItemRule.Effect left = effect(facts, a);
        ItemRule.Effect right = effect(facts, b);
        return left.outweighs(right) || (!right.outweighs(left) && before(facts, adverse[a], adverse[b]));
    }

    private ItemRule.Effect effect(SubjectFacts facts, int a) {
        ItemRule rule = adverseRule[a];
        return rule.scale().byQuantity()
                ? ItemRule.Effect.points(rule.pointsAlone(facts, adverse[a], day))
                : rule.effectAlone(facts, adverse[a], day);
    }

    /** The order of records: by start, then by id (records stand in the order of their ids). */
    static boolean before(SubjectFacts facts, int i, int j) {
        int left = ItemRule.start(facts, i);
        int right = ItemRule.start(facts, j);
        return left < right || (left == right && i < j);
    }

    private static boolean sees(boolean @Nullable [] named, ItemRule rule) {
        return named == null || named[rule.item().index()];
    }

    private void addAdverse(ItemRule rule, int i) {
        int a = adverseCount++;
        if (a == adverse.length) {
            adverse = Arrays.copyOf(adverse, a * 2);
            adverseRule = Arrays.copyOf(adverseRule, a * 2);
            stands = Arrays.copyOf(stands, a * 2);
        }
        adverse[a] = i;
        adverseRule[a] = rule;
    }

    /** An entry on a list counts once, however often the organisation stands there. */
    private void collectEntries(SubjectFacts facts) {
        for (int i = 0; i < facts.entryCount; i++) {
            int list = facts.list[i];
            ScoringScheme.ListRule rule = scheme.listRule(list);
            if (!facts.entryCounts(i, day) || listSeen[list]) {
                continue;
            }
            listSeen[list] = true;
            listKinds |= scheme.listKindBit(list);
            if (rule != null) {
                plus += rule.points();
                listGrade = Math.max(listGrade, rule.directGrade());
            }
        }
        for (int i = 0; i < facts.entryCount; i++) {
            listSeen[facts.list[i]] = false;
        }
    }
}
