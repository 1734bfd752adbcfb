package io.osmanthus.engine;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.engine.rules.ScoringScheme;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What another set of rules would do to a city: counts of scores, grades and benefits that move, by district. Counts of
 * persons keep the floor and rounding of {@link Census}; no subject is named. Not thread-safe.
 *
 * <p>The two sets may number items, scenes, lists and districts differently: each side gets its facts under its own
 * vocabulary. Scenes are compared by id; one that only one side knows answers nothing on the other.
 */
public final class RulesDiff {
    private static final String NONE = "none";

    private final RuleSet before;
    private final RuleSet after;
    private final LocalDate date;
    private final int day;
    private final Judge judgeBefore;
    private final Judge judgeAfter;
    private final List<String> sceneIds;
    private final Map<Moved, long[]> counts = new TreeMap<>(Comparator.comparing(Moved::subject)
            .thenComparing(Moved::what)
            .thenComparing(Moved::from)
            .thenComparing(Moved::to));

    private record Moved(SubjectType subject, String what, String from, String to) {}

    /**
     * How many subjects moved.
     *
     * @param what {@code score}, {@code grade}, or the id of a scene
     * @param from grade or benefit before, {@code none}; of scores {@code any}
     * @param to grade or benefit after, {@code none}; of scores {@code higher} or {@code lower}
     * @param district code, or null: all together
     * @param subjects persons: rounded, null below the floor; organisations: exact, never by district
     */
    public record Move(
            SubjectType subject,
            String what,
            String from,
            String to,
            @Nullable Integer district,
            @Nullable Long subjects) {}

    /** The versions compared, the day, how many subjects of each type were judged, and what moves. */
    public record Report(
            String before,
            String after,
            LocalDate day,
            @Nullable Long persons,
            long organisations,
            List<Move> moves) {}

    private long persons;
    private long organisations;

    private RulesDiff(RuleSet before, RuleSet after, LocalDate date) {
        this.before = before.on(date);
        this.after = after.on(date);
        this.date = date;
        this.day = (int) date.toEpochDay();
        this.judgeBefore = before.judge();
        this.judgeAfter = after.judge();
        List<String> ids = new ArrayList<>();
        before.vocabulary().scenes().forEach(scene -> ids.add(scene.id()));
        after.vocabulary().scenes().stream()
                .map(SceneDefinition::id)
                .filter(id -> !ids.contains(id))
                .forEach(ids::add);
        this.sceneIds = List.copyOf(ids);
    }

    /** A comparison of which no subject has been judged yet. */
    public static RulesDiff between(RuleSet before, RuleSet after, LocalDate day) {
        return new RulesDiff(before, after, day);
    }

    /** Judges every subject of a verified snapshot by both. The snapshot's files are read twice, side by side. */
    public static Report of(Path snapshot, RuleSet before, RuleSet after, LocalDate day) {
        RulesDiff diff = between(before, after, day);
        try (SnapshotFacts left = SnapshotFacts.open(snapshot, before.vocabulary());
                SnapshotFacts right = SnapshotFacts.open(snapshot, after.vocabulary())) {
            while (left.next() && right.next()) {
                diff.judge(left.facts(), right.facts(), left.districtCode());
            }
        }
        return diff.report();
    }

    /**
     * Judges one subject by both.
     *
     * @param factsBefore under the vocabulary of the first rules
     * @param factsAfter the same facts under that of the second
     * @param districtCode of a person; 0 unknown
     */
    public void judge(SubjectFacts factsBefore, SubjectFacts factsAfter, int districtCode) {
        SubjectType subject = factsBefore.type;
        int district = district(subject, districtCode);
        persons += subject == SubjectType.PERSON ? 1 : 0;
        organisations += subject == SubjectType.ORGANISATION ? 1 : 0;
        int change = Integer.compare(judgeAfter.score(factsAfter, day), judgeBefore.score(factsBefore, day));
        if (change != 0) {
            count(new Moved(subject, "score", "any", change > 0 ? "higher" : "lower"), district);
        }
        moved(
                subject,
                "grade",
                grade(judgeBefore.grade(factsBefore, day)),
                grade(judgeAfter.grade(factsAfter, day)),
                district);
        long wordBefore = judgeBefore.answerWord(factsBefore, day);
        long wordAfter = judgeAfter.answerWord(factsAfter, day);
        for (String scene : sceneIds) {
            moved(subject, scene, benefit(before, scene, wordBefore), benefit(after, scene, wordAfter), district);
        }
    }

    /** The counts so far, as they may be shown. */
    public Report report() {
        List<Move> moves = new ArrayList<>();
        List<Vocabulary.District> districts = before.vocabulary().districts();
        counts.forEach((moved, byDistrict) -> {
            long all = 0;
            for (long one : byDistrict) {
                all += one;
            }
            boolean persons = moved.subject() == SubjectType.PERSON;
            moves.add(move(moved, null, persons ? Census.published(all) : Long.valueOf(all)));
            for (Vocabulary.District district : persons ? districts : List.<Vocabulary.District>of()) {
                moves.add(move(moved, district.code(), Census.published(byDistrict[district.index()])));
            }
        });
        return new Report(
                before.version(), after.version(), date, Census.published(persons), organisations, List.copyOf(moves));
    }

    private static Move move(Moved moved, @Nullable Integer district, @Nullable Long subjects) {
        return new Move(moved.subject(), moved.what(), moved.from(), moved.to(), district, subjects);
    }

    private void moved(SubjectType subject, String what, String from, String to, int district) {
        if (!from.equals(to)) {
            count(new Moved(subject, what, from, to), district);
        }
    }

    private void count(Moved moved, int district) {
        counts.computeIfAbsent(
                        moved,
                        ignored -> new long[before.vocabulary().districts().size() + 1])[district]++;
    }

    /** The index of a district; one more than the last for unknown ones and organisations. */
    private int district(SubjectType subject, int code) {
        Vocabulary.District district =
                subject == SubjectType.PERSON ? before.vocabulary().district(code) : null;
        return district == null ? before.vocabulary().districts().size() : district.index();
    }

    private static String grade(ScoringScheme.@Nullable Grade grade) {
        return grade == null ? NONE : grade.id();
    }

    private static String benefit(RuleSet rules, String scene, long word) {
        SceneDefinition definition = rules.vocabulary().scene(scene);
        int code = definition == null ? 0 : (int) (word >>> (4 * definition.index())) & 15;
        if (definition == null || code == 0) {
            return NONE;
        }
        SceneRule rule = rules.scenes().get(definition.index());
        Benefit benefit = rule.benefits().get(code - 1);
        return benefit.id();
    }
}
