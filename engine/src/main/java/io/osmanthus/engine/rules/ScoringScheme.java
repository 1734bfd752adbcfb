package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Title;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the facts of one type of subject become a score and a grade. Immutable and thread-safe. */
public final class ScoringScheme {
    /** A grade; {@code atLeast} is {@link Integer#MIN_VALUE} where every lower score has it. */
    public record Grade(String id, Title title, int atLeast) {}

    /** What standing on a list means: points while an entry counts, or the grade at {@code directGrade} (else -1). */
    record ListRule(ListDefinition list, int points, int directGrade) {}

    /** The bounds of a score; {@link Integer#MIN_VALUE} and {@link Integer#MAX_VALUE} where there is none. */
    record Bounds(int base, int floor, int ceiling) {
        int clamp(long score) {
            return (int) Math.max(floor, Math.min(ceiling, score));
        }
    }

    /** Items whose points are capped together, after their own caps; {@link Scale#UNCAPPED} where there is no cap. */
    record Dimension(String id, Title title, int capPlus, int capMinus, boolean byCalendarYear) {
        long capped(long points) {
            return points >= 0 ? Math.min(points, capPlus) : Math.max(points, -(long) capMinus);
        }
    }

    private final String id;
    private final Title title;
    private final SubjectType subject;
    private final Bounds bounds;
    private final List<Grade> grades;
    private final List<Dimension> dimensions;
    private final List<ItemRule> items;
    private final @Nullable ItemRule[] byItem;
    private final @Nullable ListRule[] byList;
    private final int[] listKinds;
    private final @Nullable Title[] itemWords;
    private final @Nullable Title[] listWords;
    private final Title words;

    ScoringScheme(
            String id,
            Title title,
            SubjectType subject,
            Bounds bounds,
            List<Grade> grades,
            List<Dimension> dimensions,
            List<ItemRule> items,
            List<ListRule> lists,
            Vocabulary vocabulary) {
        this.id = id;
        this.title = title;
        this.subject = subject;
        this.bounds = bounds;
        this.grades = List.copyOf(grades);
        this.dimensions = List.copyOf(dimensions);
        this.items = List.copyOf(items);
        this.byItem = new @Nullable ItemRule[vocabulary.items().size()];
        items.forEach(rule -> byItem[rule.item().index()] = rule);
        this.byList = new @Nullable ListRule[vocabulary.lists().size()];
        lists.forEach(rule -> byList[rule.list().index()] = rule);
        this.listKinds = new int[vocabulary.lists().size()];
        vocabulary.lists().forEach(list -> listKinds[list.index()] = bit(list.kind()));
        this.itemWords = new @Nullable Title[byItem.length];
        items.forEach(rule -> itemWords[rule.item().index()] = ItemWords.of(rule, grades, dimensions));
        this.listWords = new @Nullable Title[byList.length];
        lists.forEach(rule -> listWords[rule.list().index()] = ItemWords.of(rule, grades));
        this.words = ItemWords.of(bounds, dimensions);
    }

    public String id() {
        return id;
    }

    public Title title() {
        return title;
    }

    public SubjectType subject() {
        return subject;
    }

    /** The score of an empty file. */
    public int base() {
        return bounds.base();
    }

    /** The least score, or {@link Integer#MIN_VALUE}: none. */
    public int floor() {
        return bounds.floor();
    }

    /** The greatest score, or {@link Integer#MAX_VALUE}: none. */
    public int ceiling() {
        return bounds.ceiling();
    }

    /** Best first. */
    public List<Grade> grades() {
        return grades;
    }

    /** Base, bounds and the caps of dimensions in words made from the rules themselves. */
    public Title words() {
        return words;
    }

    /** What an item does to a score, in words made from its rule; null: it is recorded and scores nothing. */
    public @Nullable Title itemWords(int itemIndex) {
        return itemWords[itemIndex];
    }

    /** What standing on a list does to a score or grade, in words made from its rule; null: nothing. */
    public @Nullable Title listWords(int listIndex) {
        return listWords[listIndex];
    }

    Bounds bounds() {
        return bounds;
    }

    List<Dimension> dimensions() {
        return dimensions;
    }

    List<ItemRule> items() {
        return items;
    }

    /** The rule of a catalogue item, or null: it is recorded and scores nothing. */
    @Nullable
    ItemRule rule(int itemIndex) {
        return byItem[itemIndex];
    }

    /** The rule of a list, or null: standing on it scores nothing. */
    @Nullable
    ListRule listRule(int listIndex) {
        return byList[listIndex];
    }

    /** The {@link #bit} of a list's kind. */
    int listKindBit(int listIndex) {
        return listKinds[listIndex];
    }

    /** A kind of list as a bit, for conditions on none of a kind. */
    static int bit(ListDefinition.Kind kind) {
        return switch (kind) {
            case RED -> 1;
            case ATTENTION -> 2;
            case BLACK -> 4;
        };
    }

    /** The place of a score's grade in {@link #grades}, or their number: none. */
    int gradeIndex(int score) {
        for (int i = 0; i < grades.size(); i++) {
            if (score >= grades.get(i).atLeast()) {
                return i;
            }
        }
        return grades.size();
    }
}
