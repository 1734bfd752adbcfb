package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@link Judge} against {@link StraightModel} over random subjects, on days that lie on and about the boundaries. */
class JudgeModelTest {
    private static final boolean SLOW = Boolean.getBoolean("osmanthus.slow");

    /** 240,000 (person, day) pairs; in the slow profile 2,016,000. */
    private static final int SUBJECTS = SLOW ? 84_000 : 10_000;

    /** Subjects whose pairs are placed into bitmaps together. */
    private static final int BITMAP_SUBJECTS = 2_000;

    private static final int DAYS_EACH = 24;
    private static final LocalDate EPOCH = LocalDate.EPOCH;

    private static final List<String> PLUS = items(SubjectType.PERSON, item -> !item.adverse());
    private static final List<String> PERSON = items(SubjectType.PERSON, item -> true);
    private static final List<String> ORGANISATION = items(SubjectType.ORGANISATION, item -> true);

    private final Random random = Shipped.random("JudgeModelTest");
    private final Judge judge = Shipped.RULES.judge();

    /** One subject, as the model and as the engine see it. */
    private static final class Subject {
        final List<StraightModel.Fact> facts = new ArrayList<>();
        final List<StraightModel.Consent> consents = new ArrayList<>();
        final List<StraightModel.Arrears> arrears = new ArrayList<>();
        final List<StraightModel.Entry> entries = new ArrayList<>();
        final List<LocalDate> boundaries = new ArrayList<>();
    }

    /** Three ways to one answer: the straight model, the judge's word, and the scenes' rules as bitmap algebra. */
    @Test
    void persons_randomFactsAndDays_modelWordAndBitmapsAgree() {
        int districts = Shipped.VOCABULARY.districts().size();
        int lists = Shipped.VOCABULARY.lists().size();
        int[] sceneScores = new int[Shipped.RULES.scenes().size()];
        for (int first = 0; first < SUBJECTS; first += BITMAP_SUBJECTS) {
            Population population = Population.empty(Shipped.RULES.scenes(), districts, lists);
            List<Long> words = new ArrayList<>();
            for (int n = 0; n < BITMAP_SUBJECTS; n++) {
                Subject subject = person();
                SubjectFacts facts = facts(subject, SubjectType.PERSON);
                for (int d = 0; d < DAYS_EACH; d++) {
                    LocalDate date = date(subject);
                    int day = (int) date.toEpochDay();
                    words.add(asTheModelSays(subject, facts, date));
                    judge.sceneScores(facts, day, sceneScores);
                    population.place(
                            words.size() - 1,
                            -1,
                            judge.consents(facts, day),
                            judge.arrears(facts, day),
                            Shipped.RULES.scenes(),
                            sceneScores);
                }
            }
            bitmapsAgree(population, words);
        }
    }

    private long asTheModelSays(Subject subject, SubjectFacts facts, LocalDate date) {
        int day = (int) date.toEpochDay();
        Supplier<String> about = () -> subject.facts + " " + subject.consents + " " + subject.arrears + " on " + date;
        int score = StraightModel.guihua(subject.facts, date);
        assertEquals(score, judge.score(facts, day), about);
        ScoringScheme.Grade grade = judge.grade(facts, day);
        assertEquals(StraightModel.guihuaGrade(score), grade == null ? null : grade.id(), about);
        long word = judge.answerWord(facts, day);
        for (SceneDefinition scene : Shipped.VOCABULARY.scenes()) {
            assertEquals(
                    StraightModel.benefit(scene.id(), subject.facts, subject.consents, subject.arrears, date),
                    Shipped.benefit(word, scene.id()),
                    about);
        }
        return word;
    }

    /** Rebuilds every word from the bitmaps and compares. */
    private static void bitmapsAgree(Population population, List<Long> words) {
        long[] fromBitmaps = new long[words.size()];
        for (SceneRule rule : Shipped.RULES.scenes()) {
            if (rule.definition().subject() == SubjectType.PERSON) {
                for (Benefit benefit : rule.benefits()) {
                    long nibble =
                            (long) benefit.code() << (4 * rule.definition().index());
                    population.entitled(rule, benefit).forEach((int pair) -> fromBitmaps[pair] |= nibble);
                }
            }
        }
        for (int pair = 0; pair < fromBitmaps.length; pair++) {
            assertEquals((long) words.get(pair), fromBitmaps[pair]);
        }
    }

    @Test
    void organisations_randomFactsAndDays_asTheModelSays() {
        for (int n = 0; n < SUBJECTS; n++) {
            Subject subject = organisation();
            SubjectFacts facts = facts(subject, SubjectType.ORGANISATION);
            for (int d = 0; d < DAYS_EACH / 4; d++) {
                LocalDate date = date(subject);
                int day = (int) date.toEpochDay();
                String about = subject.facts + " " + subject.entries + " on " + date;
                int score = StraightModel.organisation(subject.facts, subject.entries, date);
                assertEquals(score, judge.score(facts, day), about);
                ScoringScheme.Grade grade = Objects.requireNonNull(judge.grade(facts, day));
                assertEquals(StraightModel.organisationGrade(score, subject.entries, date), grade.id(), about);
                long word = judge.answerWord(facts, day);
                assertEquals(
                        StraightModel.approvals(score, subject.entries, date),
                        Shipped.benefit(word, "approvals"),
                        about);
                assertEquals(0, word & ~(15L << (4 * Shipped.scene("approvals"))), about);
                for (Matter matter : Shipped.RULES.matters()) {
                    MatchReport report = judge.match(facts, matter.index(), day);
                    assertEquals(
                            StraightModel.outcome(matter.id(), subject.entries, date),
                            report.outcome().name().toLowerCase(Locale.ROOT),
                            about);
                }
            }
        }
    }

    @Test
    void explain_randomFactsAndDays_baseAndLinesAreTheScore() {
        for (int n = 0; n < SUBJECTS; n++) {
            boolean person = random.nextInt(4) > 0;
            Subject subject = person ? person() : organisation();
            SubjectFacts facts = facts(subject, person ? SubjectType.PERSON : SubjectType.ORGANISATION);
            int base = person ? 100 : 1000;
            for (int d = 0; d < 4; d++) {
                LocalDate date = date(subject);
                int day = (int) date.toEpochDay();
                String about = subject.facts + " " + subject.entries + " on " + date;
                Explanation explanation = judge.explain(facts, day);
                int sum = 0;
                for (Explanation.Line line : explanation.lines()) {
                    sum += line.points();
                    assertTrue(line.counted() || line.points() == 0, about);
                    assertTrue(!line.counted() || line.points() != 0 || "below-step".equals(line.reason()), about);
                    assertTrue(line.countsUntil() == SubjectFacts.NONE || line.countsUntil() >= day, about);
                }
                assertEquals(judge.score(facts, day), explanation.score(), about);
                assertEquals(explanation.score(), base + sum, about);
                long word = judge.answerWord(facts, day);
                for (Explanation.Next next : explanation.next()) {
                    assertTrue(next.pointsMissing() > 0, about);
                    assertTrue(!next.benefit().equals(Shipped.benefit(word, next.scene())), about);
                }
            }
        }
    }

    @Test
    void answers_otherOrderOfTheSameFacts_same() {
        for (int n = 0; n < SUBJECTS / 4; n++) {
            boolean person = random.nextBoolean();
            SubjectType type = person ? SubjectType.PERSON : SubjectType.ORGANISATION;
            Subject subject = person ? person() : organisation();
            SubjectFacts one = facts(subject, type);
            Collections.shuffle(subject.facts, random);
            Collections.shuffle(subject.consents, random);
            Collections.shuffle(subject.arrears, random);
            SubjectFacts other = facts(subject, type);
            int day = (int) date(subject).toEpochDay();
            assertEquals(judge.answerWord(one, day), judge.answerWord(other, day));
            assertEquals(judge.explain(one, day), judge.explain(other, day));
        }
    }

    @Test
    void nextChange_randomFacts_answersAreConstantUntilThen() {
        for (int n = 0; n < SUBJECTS / 20; n++) {
            boolean person = random.nextInt(4) > 0;
            Subject subject = person ? person() : organisation();
            SubjectFacts facts = facts(subject, person ? SubjectType.PERSON : SubjectType.ORGANISATION);
            int day = (int) date(subject).toEpochDay();
            int next = judge.nextChange(facts, day);
            assertTrue(next > day);
            long word = judge.answerWord(facts, day);
            Explanation explanation = judge.explain(facts, day);
            List<MatchReport> matches = matches(facts, day);
            int end = Math.min(next, day + 800);
            for (int later = day + 1; later < end; later++) {
                assertEquals(word, judge.answerWord(facts, later));
                assertEquals(explanation, judge.explain(facts, later));
                assertEquals(matches, matches(facts, later));
            }
        }
    }

    @Test
    void benefits_withAdverseFacts_neverLessThanWithoutAnyRecord() {
        int finance = Shipped.scene("finance");
        for (int n = 0; n < SUBJECTS; n++) {
            Subject subject = person();
            subject.arrears.clear();
            SubjectFacts with = facts(subject, SubjectType.PERSON);
            List<StraightModel.Fact> all = List.copyOf(subject.facts);
            subject.facts.removeIf(fact -> !PLUS.contains(fact.item()));
            SubjectFacts without = facts(subject, SubjectType.PERSON);
            subject.facts.clear();
            SubjectFacts empty = facts(subject, SubjectType.PERSON);
            subject.facts.addAll(all);
            LocalDate date = date(subject);
            int day = (int) date.toEpochDay();
            long word = judge.answerWord(with, day);
            long emptyWord = judge.answerWord(empty, day);
            long withoutWord = judge.answerWord(without, day);
            for (SceneDefinition scene : Shipped.VOCABULARY.scenes()) {
                int code = (int) ((word >>> (4 * scene.index())) & 15);
                int emptyCode = (int) ((emptyWord >>> (4 * scene.index())) & 15);
                assertTrue(emptyCode == 0 || (code != 0 && code <= emptyCode), scene.id() + " on " + date + " " + all);
                if (scene.index() != finance) {
                    assertEquals((withoutWord >>> (4 * scene.index())) & 15, code, scene.id() + " " + date + " " + all);
                }
            }
        }
    }

    private List<MatchReport> matches(SubjectFacts facts, int day) {
        return Shipped.RULES.matters().stream()
                .map(matter -> judge.match(facts, matter.index(), day))
                .toList();
    }

    private Subject person() {
        Subject subject = new Subject();
        records(subject, PERSON);
        for (SceneDefinition scene : Shipped.VOCABULARY.scenes()) {
            if (scene.subject() == SubjectType.PERSON && random.nextInt(3) > 0) {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    LocalDate granted = some();
                    LocalDate expires = random.nextInt(3) == 0 ? null : granted.plusDays(random.nextInt(1_000) - 10);
                    subject.consents.add(new StraightModel.Consent(scene.id(), granted, expires));
                    boundaries(subject, granted, expires, StraightModel.plusMonths(granted, 24));
                }
            }
            if (!scene.arrearsSources().isEmpty() && random.nextInt(5) == 0) {
                LocalDate since = some();
                subject.arrears.add(new StraightModel.Arrears(scene.id(), since, random.nextInt(4) == 0));
                boundaries(subject, since, null, StraightModel.plusMonths(since, 12));
            }
        }
        return subject;
    }

    private Subject organisation() {
        Subject subject = new Subject();
        records(subject, ORGANISATION);
        for (int i = random.nextInt(5); i > 0; i--) {
            List<ListDefinition> lists = Shipped.VOCABULARY.lists();
            LocalDate entered = some();
            LocalDate leaves = random.nextBoolean() ? null : entered.plusDays(random.nextInt(1_000));
            // The red lists and the watch list come first in the file: draw them as often as the many black ones.
            int list = random.nextInt(random.nextBoolean() ? 6 : lists.size());
            subject.entries.add(new StraightModel.Entry(lists.get(list).id(), entered, leaves, random.nextInt(8) == 0));
            boundaries(subject, entered, leaves, entered);
        }
        return subject;
    }

    private void records(Subject subject, List<String> items) {
        // Few items for some subjects, so that repeats, caps and tables are reached.
        List<String> some = new ArrayList<>(items);
        Collections.shuffle(some, random);
        some = some.subList(0, 1 + random.nextInt(some.size()));
        int count = random.nextInt(random.nextInt(4) == 0 ? 14 : 6);
        for (int i = 0; i < count; i++) {
            String item = some.get(random.nextInt(some.size()));
            LocalDate occurred = some();
            LocalDate ended = random.nextInt(3) > 0 ? null : occurred.plusDays(random.nextInt(600));
            BigDecimal quantity = random.nextInt(3) == 0
                    ? BigDecimal.valueOf(List.of(5L, 10L, 20L, 50L, 80L, 100L, 1_000L, 4_000L)
                            .get(random.nextInt(8)))
                    : BigDecimal.valueOf(random.nextInt(20_000), 2);
            String act = random.nextInt(3) == 0 ? "act" + random.nextInt(3) : "";
            subject.facts.add(new StraightModel.Fact(
                    String.format("R%03d", i), item, occurred, ended, quantity, act, random.nextInt(8) == 0));
            LocalDate start = ended == null ? occurred : ended;
            boundaries(subject, occurred, ended, start);
            for (int months : new int[] {3, 12, 24, 36, 60}) {
                subject.boundaries.add(StraightModel.plusMonths(start, months));
            }
        }
    }

    private static void boundaries(Subject subject, LocalDate first, @Nullable LocalDate second, LocalDate third) {
        subject.boundaries.add(first);
        subject.boundaries.add(third);
        if (second != null) {
            subject.boundaries.add(second);
        }
    }

    /** A day of 2019 … 2026; often the last or first of a month, or a leap day. */
    private LocalDate some() {
        LocalDate date = LocalDate.parse("2019-01-01").plusDays(random.nextInt(2_920));
        return switch (random.nextInt(8)) {
            case 0 -> date.withDayOfMonth(1);
            case 1 -> date.withDayOfMonth(date.lengthOfMonth());
            case 2 -> LocalDate.parse(random.nextBoolean() ? "2020-02-29" : "2024-02-29");
            default -> date;
        };
    }

    /** Mostly the day before, of or after a boundary. */
    private LocalDate date(Subject subject) {
        if (subject.boundaries.isEmpty() || random.nextInt(6) == 0) {
            return some().plusDays(random.nextInt(700));
        }
        return subject.boundaries.get(random.nextInt(subject.boundaries.size())).plusDays(random.nextInt(3) - 1);
    }

    /** The facts as the store hands them over: records in the order of their ids. */
    private SubjectFacts facts(Subject subject, SubjectType type) {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(type);
        List<StraightModel.Fact> sorted = new ArrayList<>(subject.facts);
        sorted.sort(java.util.Comparator.comparing(StraightModel.Fact::id));
        for (StraightModel.Fact fact : sorted) {
            int i = facts.addRecord(
                    Shipped.item(fact.item()),
                    (int) fact.occurred().toEpochDay(),
                    day(fact.ended()),
                    fact.quantity().movePointRight(2).longValueExact(),
                    fact.act().isEmpty() ? 0 : 1 + Integer.parseInt(fact.act().substring(3)));
            facts.recordId[i] = fact.id();
            // Disputed, repaired or retracted: each takes the record out.
            facts.marks[i] = fact.gone() ? 1 << (i % 3) : 0;
        }
        for (StraightModel.Consent consent : subject.consents) {
            facts.addConsent(
                    Shipped.scene(consent.scene()), (int) consent.granted().toEpochDay(), day(consent.expires()));
        }
        for (StraightModel.Arrears one : subject.arrears) {
            int i = facts.addArrears(
                    Shipped.scene(one.scene()), (int) one.since().toEpochDay());
            facts.arrearsMarks[i] = one.disputed() ? SubjectFacts.DISPUTED : 0;
        }
        for (int e = 0; e < subject.entries.size(); e++) {
            StraightModel.Entry entry = subject.entries.get(e);
            int i = facts.addEntry(
                    Shipped.list(entry.list()), (int) entry.entered().toEpochDay(), day(entry.leaves()));
            facts.entryId[i] = "E" + e;
            // A disputed entry is marked, and stands.
            facts.entryMarks[i] = entry.gone() ? SubjectFacts.RETRACTED : e % 3 == 0 ? SubjectFacts.DISPUTED : 0;
        }
        return facts;
    }

    private static int day(@Nullable LocalDate date) {
        return date == null ? SubjectFacts.NONE : (int) (date.toEpochDay() - EPOCH.toEpochDay());
    }

    private static List<String> items(SubjectType subject, Predicate<Item> which) {
        return Shipped.VOCABULARY.items().stream()
                .filter(item -> item.subject() == subject)
                .filter(which)
                .map(Item::id)
                .toList();
    }
}
