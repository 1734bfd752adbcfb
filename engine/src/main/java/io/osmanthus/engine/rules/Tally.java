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
    private int day = SubjectFacts.NONE;

    /** Sums of plus amounts: one bucket per item, or per item and calendar year. */
    private int buckets;

    private ItemRule[] bucketRule = new ItemRule[8];
    private int[] bucketYear = new int[8];
    private long[] bucketSum = new long[8];

    /** The adverse records that count, by index; of an act the one that stands. */
    private int adverseCount;

    private int[] adverse = new int[8];
    private ItemRule[] adverseRule = new ItemRule[8];
    private boolean[] stands = new boolean[8];

    /** By slot: 1 + the place in {@link #adverse} of the first (repeats) or largest (largest only) record; else 0. */
    private final int[] chosen;

    private final boolean[] listSeen;
    private long plus;
    private int directGrade;
    private int listKinds;

    Tally(ScoringScheme scheme, int listCount) {
        this.scheme = scheme;
        this.countsFrom = new int[scheme.items().size()];
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
            countsFrom[slot] = rule.months() == 0 ? Integer.MAX_VALUE : Days.countsFrom(next, rule.months());
        }
    }

    /** Whether a record counts on the day, before acts, caps and the freeze. */
    boolean counts(ItemRule rule, SubjectFacts facts, int i) {
        if (facts.marks[i] != 0) {
            return false;
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
        buckets = 0;
        adverseCount = 0;
        directGrade = -1;
        listKinds = 0;
        for (int i = 0; i < facts.recordCount; i++) {
            ItemRule rule = scheme.rule(facts.item[i]);
            if (rule == null || !counts(rule, facts, i)) {
                continue;
            }
            if (rule.item().adverse()) {
                addAdverse(rule, i);
            } else if (!rule.highestOfAct() || facts.act[i] == 0 || highestOfAct(rule, facts, i)) {
                addPlus(rule, facts, i);
            }
        }
        for (int b = 0; b < buckets; b++) {
            plus += bucketRule[b].scale().points(bucketSum[b]);
        }
        if (facts.entryCount > 0) {
            collectEntries(facts);
        }
    }

    /** Sum of the plus points after caps, before any freeze. */
    long plus() {
        return plus;
    }

    /** The place of the worst direct grade that stands, or -1. */
    int directGrade() {
        return directGrade;
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
        int base = scheme.base();
        if (adverseCount == 0) {
            return directGrade < 0 ? base + plus : base;
        }
        return (frozen(facts, named) ? 0 : plus) + minus(facts, named) + base;
    }

    /** Whether plus points do not count: while an act that freezes them lasts, or a direct grade stands. */
    boolean frozen(SubjectFacts facts, boolean @Nullable [] named) {
        if (directGrade >= 0) {
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
        long minus = 0;
        for (int a = 0; a < adverseCount; a++) {
            minus += pointsOf(facts, a);
        }
        return minus;
    }

    /** Decides which adverse records stand (one of an act), and which is the first or largest of its item. */
    private void settle(SubjectFacts facts, boolean @Nullable [] named) {
        for (int a = 0; a < adverseCount; a++) {
            chosen[adverseRule[a].slot()] = 0;
        }
        for (int a = 0; a < adverseCount; a++) {
            ItemRule rule = adverseRule[a];
            stands[a] = sees(named, rule) && largestOfAct(facts, named, a);
            if (!stands[a]) {
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
        if (chosen[rule.slot()] == a + 1) {
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

    /** What an adverse record takes, with repeats: a negative number or 0. */
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
            if (other.points() > rule.points() || (other.points() == rule.points() && before(facts, j, i))) {
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

    /** Whether one adverse record goes before another: the larger deduction, then the earlier start, then the id. */
    private boolean outweighs(SubjectFacts facts, int a, int b) {
        int left = adverseRule[a].pointsAlone(facts, adverse[a], day);
        int right = adverseRule[b].pointsAlone(facts, adverse[b], day);
        return left < right || (left == right && before(facts, adverse[a], adverse[b]));
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

    private void addPlus(ItemRule rule, SubjectFacts facts, int i) {
        int year = rule.byCalendarYear() ? Days.year(ItemRule.start(facts, i)) : 0;
        long amount = rule.scale().amount(facts.quantityHundredths[i]);
        for (int b = 0; b < buckets; b++) {
            if (bucketRule[b].slot() == rule.slot() && bucketYear[b] == year) {
                bucketSum[b] += amount;
                return;
            }
        }
        int b = buckets++;
        if (b == bucketSum.length) {
            bucketRule = Arrays.copyOf(bucketRule, b * 2);
            bucketYear = Arrays.copyOf(bucketYear, b * 2);
            bucketSum = Arrays.copyOf(bucketSum, b * 2);
        }
        bucketRule[b] = rule;
        bucketYear[b] = year;
        bucketSum[b] = amount;
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
                directGrade = Math.max(directGrade, rule.directGrade());
            }
        }
        for (int i = 0; i < facts.entryCount; i++) {
            listSeen[facts.list[i]] = false;
        }
    }
}
