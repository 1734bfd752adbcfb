package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WriterTest {
    private static final int PERSONS = 60;

    private final Engine engine = new Engine();
    private final Generation generation = Fixtures.empty(PERSONS, 5);
    private final Reader reader = engine.reader();
    private final Writer writer = Writer.of(generation);
    private long position;

    WriterTest() {
        engine.publish(generation);
        reader.advance();
    }

    @AfterEach
    void letGo() {
        reader.close();
        writer.close();
        engine.close();
        assertEquals(true, generation.closed(), "the generation's memory is freed");
    }

    @Test
    void consent_givenAndWithdrawn_showsAtOnce() {
        int scene = Fixtures.scene("culture");
        enrolWithToken(1);
        assertEquals(0, check(scene, 1));
        apply(new Change.GiveConsent(Fixtures.person(1), scene, Fixtures.TODAY, SubjectFacts.NONE));
        assertEquals(1, check(scene, 1));
        apply(new Change.WithdrawConsent(Fixtures.person(1), scene, Integer.MAX_VALUE));
        assertEquals(0, check(scene, 1));
    }

    /** Reports name a token: whose it is must be known as long as the generation is read, also when nobody follows for it. */
    @Test
    void personAt_ofOneWhomTheLedgerEnrolled_isKnownAfterTheWriterLetGo() {
        enrolWithToken(1);
        enrolWithToken(2);
        apply(new Change.Leave(Fixtures.person(2), List.of()));
        Change.Subject token = Fixtures.token(1);
        int ordinal = reader.person(token.high(), token.low());
        assertEquals(true, generation.retain(), "held like a reader holds it");
        writer.close();
        assertEquals(Fixtures.person(1), reader.personAt(ordinal));
        assertEquals(null, reader.personAt(ordinal + 1), "has left");
        assertEquals(null, reader.personAt(-1));
    }

    @Test
    void arrears_filedAndSettled_pauseAndFree() {
        int scene = Fixtures.scene("culture");
        enrolWithToken(1);
        apply(new Change.GiveConsent(Fixtures.person(1), scene, Fixtures.TODAY, SubjectFacts.NONE));
        apply(new Change.AddArrears(Fixtures.person(1), scene, Fixtures.TODAY - 3));
        assertEquals(0, check(scene, 1));
        apply(new Change.SettleArrears(Fixtures.person(1), scene, Fixtures.TODAY - 3));
        assertEquals(1, check(scene, 1));
    }

    /** Counted, not timed: what a change about nobody takes. */
    @Test
    void decoy_scoresSomebodyAsTheyAre_andChangesNothing() {
        int scene = Fixtures.scene("culture");
        for (int person = 1; person <= 5; person++) {
            enrolWithToken(person);
            if (person % 2 == 0) {
                apply(new Change.GiveConsent(Fixtures.person(person), scene, Fixtures.TODAY, SubjectFacts.NONE));
            }
        }
        apply(new Change.AddArrears(Fixtures.person(4), scene, Fixtures.TODAY - 3));
        long before = writer.scored();
        apply(new Change.AddArrears(Fixtures.person(2), Fixtures.scene("transit"), Fixtures.TODAY - 3));
        long one = writer.scored() - before;
        writer.publishPopulation();
        Population population = generation.population();
        before = writer.scored();
        for (int i = 0; i < 50; i++) {
            apply(new Change.Decoy());
        }
        assertEquals(50 * one, writer.scored() - before);
        writer.publishPopulation();
        assertEquals(population, generation.population(), "nothing is published either");
        for (int person = 1; person <= 5; person++) {
            assertEquals(person == 2 ? 1 : 0, check(scene, person), "person " + person);
        }
        apply(new Change.Leave(Fixtures.person(3), List.of()));
        for (int i = 0; i < 50; i++) {
            apply(new Change.Decoy());
        }
        assertEquals(0, check(scene, 3), "who has left is not brought back");
    }

    @Test
    void leave_tokenThatIsAnothersByNow_staysTheOthers() {
        int scene = Fixtures.scene("culture");
        enrolWithToken(1);
        enrolWithToken(2);
        apply(new Change.GiveConsent(Fixtures.person(2), scene, Fixtures.TODAY, SubjectFacts.NONE));
        apply(new Change.BindToken(Fixtures.person(2), Fixtures.token(1)));
        assertEquals(1, check(scene, 1));
        apply(new Change.Leave(Fixtures.person(1), List.of(Fixtures.token(1))));
        assertEquals(1, check(scene, 1));
    }

    @Test
    void bind_moreTokensThanDeclared_fullAndNothingChanged() {
        enrolWithToken(0);
        long capacity = generation.stores().identifiers().capacity();
        int next = 1;
        while (generation.stores().identifiers().count() < capacity) {
            apply(new Change.BindToken(Fixtures.person(0), Fixtures.token(next++)));
        }
        Change.BindToken more = new Change.BindToken(Fixtures.person(0), Fixtures.token(next));
        long before = generation.position();
        EngineException full = assertThrows(EngineException.class, () -> writer.apply(before + 1, more));
        assertEquals(EngineException.Code.FULL, full.code());
        assertEquals(before, generation.position());
        assertEquals(capacity, generation.stores().identifiers().count());
        apply(new Change.UnbindToken(Fixtures.person(1), Fixtures.token(1)));
        assertEquals(capacity, generation.stores().identifiers().count(), "it is another person's");
        apply(new Change.UnbindToken(Fixtures.person(0), Fixtures.token(1)));
        apply(more);
        assertEquals(capacity, generation.stores().identifiers().count());
    }

    @Test
    void record_addedAndDisputed_movesTheScore() {
        enrolWithToken(1);
        apply(record(1, "R-2", "court-default", 2));
        assertEquals(50, explain(1).score());
        apply(new Change.MarkRecord(SubjectType.PERSON, Fixtures.person(1), "R-2", 2, SubjectFacts.DISPUTED));
        assertEquals(100, explain(1).score());
        apply(new Change.MarkRecord(SubjectType.PERSON, Fixtures.person(1), "R-2", 2, 0));
        assertEquals(50, explain(1).score());
    }

    @Test
    void leave_person_erasesIdentifiersWordAndDossier() {
        int scene = Fixtures.scene("transit");
        enrolWithToken(1);
        apply(new Change.GiveConsent(Fixtures.person(1), scene, Fixtures.TODAY, SubjectFacts.NONE));
        assertNotNull(
                reader.explain(Fixtures.person(1).high(), Fixtures.person(1).low()));
        apply(new Change.Leave(Fixtures.person(1), List.of(Fixtures.token(1))));
        assertEquals(0, check(scene, 1));
        assertNull(reader.explain(Fixtures.person(1).high(), Fixtures.person(1).low()));
        assertEquals(5, generation.footprint().identifiers());
        assertEquals(0, generation.footprint().dossiers());
    }

    @Test
    void entry_onAndOffAList_movesTheMatch() {
        Change.Subject organisation = Fixtures.organisation(2);
        apply(new Change.AddEntry(organisation, "L1", Fixtures.list("major-tax"), Fixtures.TODAY, SubjectFacts.NONE));
        assertEquals("MEASURE", outcome(organisation));
        apply(new Change.AmendEntry(organisation, "L1", Fixtures.list("major-tax"), Fixtures.TODAY, 0));
        assertEquals("NONE", outcome(organisation));
    }

    @Test
    void arrears_marked_pauseNothing_untilTheMarkIsGone() {
        int scene = Fixtures.scene("culture");
        enrolWithToken(1);
        apply(new Change.GiveConsent(Fixtures.person(1), scene, Fixtures.TODAY, SubjectFacts.NONE));
        apply(new Change.AddArrears(Fixtures.person(1), scene, Fixtures.TODAY));
        assertEquals(0, check(scene, 1));
        apply(new Change.MarkArrears(Fixtures.person(1), scene, Fixtures.TODAY, SubjectFacts.DISPUTED));
        assertEquals(1, check(scene, 1));
        apply(new Change.MarkArrears(Fixtures.person(1), scene, Fixtures.TODAY - 1, 0));
        Held.Arrears marked = Objects.requireNonNull(held(Fixtures.person(1))).arrears("culture", Fixtures.TODAY);
        assertEquals(SubjectFacts.DISPUTED, Objects.requireNonNull(marked).marks());
        apply(new Change.MarkArrears(Fixtures.person(1), scene, Fixtures.TODAY, 0));
        assertEquals(0, check(scene, 1));
    }

    @Test
    void arrears_newOfADisputedDay_pauseNothing_untilItIsDecided() {
        int scene = Fixtures.scene("culture");
        Change.Subject person = Fixtures.person(1);
        enrolWithToken(1);
        apply(new Change.GiveConsent(person, scene, Fixtures.TODAY, SubjectFacts.NONE));
        apply(new Change.AddArrears(person, scene, Fixtures.TODAY));
        apply(new Change.MarkArrears(person, scene, Fixtures.TODAY, SubjectFacts.DISPUTED));
        apply(new Change.SettleArrears(person, scene, Fixtures.TODAY));
        apply(new Change.AddArrears(person, scene, Fixtures.TODAY));
        assertEquals(1, check(scene, 1), "the day is in dispute, also when its first debt is gone");
        apply(new Change.AddArrears(person, scene, Fixtures.TODAY - 1));
        assertEquals(0, check(scene, 1), "another day is not");
        apply(new Change.SettleArrears(person, scene, Fixtures.TODAY - 1));
        apply(new Change.MarkArrears(person, scene, Fixtures.TODAY, 0));
        assertEquals(0, check(scene, 1));
    }

    @Test
    void arrears_newOfADayThatWasTakenBack_count_andAreSettledBeforeThese() {
        int scene = Fixtures.scene("culture");
        Change.Subject person = Fixtures.person(1);
        enrolWithToken(1);
        apply(new Change.GiveConsent(person, scene, Fixtures.TODAY, SubjectFacts.NONE));
        apply(new Change.AddArrears(person, scene, Fixtures.TODAY));
        apply(new Change.MarkArrears(person, scene, Fixtures.TODAY, SubjectFacts.RETRACTED));
        apply(new Change.AddArrears(person, scene, Fixtures.TODAY));
        assertEquals(0, check(scene, 1));
        apply(new Change.MarkArrears(person, scene, Fixtures.TODAY, SubjectFacts.DISPUTED));
        assertEquals(1, check(scene, 1));
        apply(new Change.MarkArrears(person, scene, Fixtures.TODAY, 0));
        assertEquals(0, check(scene, 1), "the new one was rightly reported; the old one stays taken back");
        assertEquals(1, Objects.requireNonNull(held(person)).debts("culture", Fixtures.TODAY));
        apply(new Change.SettleArrears(person, scene, Fixtures.TODAY));
        assertEquals(1, check(scene, 1), "what counts is what was paid");
    }

    @Test
    void entry_takenBackBeforeItComes_staysBack() {
        Change.Subject organisation = Fixtures.organisation(1);
        int list = Fixtures.list("work-safety");
        apply(new Change.AmendEntry(organisation, "E-9", list, SubjectFacts.NONE, SubjectFacts.RETRACTED));
        apply(new Change.AddEntry(organisation, "E-9", list, Fixtures.TODAY, SubjectFacts.NONE));
        Held.Listed entry = Objects.requireNonNull(held(organisation)).entry("E-9");
        assertEquals(SubjectFacts.RETRACTED, Objects.requireNonNull(entry).marks());
        apply(new Change.AddEntry(organisation, "E-10", list, Fixtures.TODAY, SubjectFacts.NONE));
        Held.Listed other = Objects.requireNonNull(held(organisation)).entry("E-10");
        assertEquals(0, Objects.requireNonNull(other).marks());
        assertNull(reader.held(1, 1));
    }

    @Test
    void entry_markedOnly_keepsItsLastDay_andOneThatIsDatedItsMarks() {
        Change.Subject organisation = Fixtures.organisation(1);
        int list = Fixtures.list("work-safety");
        int kept = Amendment.KEPT;
        int last = Fixtures.TODAY + 30;
        apply(new Change.AddEntry(organisation, "E-1", list, Fixtures.TODAY, last));
        apply(new Change.AmendEntry(organisation, "E-1", list, kept, SubjectFacts.DISPUTED));
        assertEntry(organisation, "E-1", last, SubjectFacts.DISPUTED);
        apply(new Change.AmendEntry(organisation, "E-1", list, SubjectFacts.NONE, kept));
        assertEntry(organisation, "E-1", SubjectFacts.NONE, SubjectFacts.DISPUTED);
        apply(new Change.AmendEntry(organisation, "E-2", list, last, kept));
        apply(new Change.AmendEntry(organisation, "E-2", list, kept, SubjectFacts.REPAIRED));
        apply(new Change.AddEntry(organisation, "E-2", list, Fixtures.TODAY, SubjectFacts.NONE));
        assertEntry(organisation, "E-2", last, SubjectFacts.REPAIRED);
    }

    private void assertEntry(Change.Subject organisation, String id, int leaves, int marks) {
        Held.Listed entry = Objects.requireNonNull(
                Objects.requireNonNull(held(organisation)).entry(id));
        assertEquals(leaves, entry.leavesOn());
        assertEquals(marks, entry.marks());
    }

    @Test
    void leave_marksOfRecordsThatHaveNotCome_goToo() {
        enrolWithToken(1);
        Change.Subject person = Fixtures.person(1);
        apply(new Change.MarkRecord(SubjectType.PERSON, person, "R-9", 2, SubjectFacts.RETRACTED));
        apply(new Change.Leave(person, List.of(Fixtures.token(1))));
        enrolWithToken(1);
        apply(record(1, "R-9", "court-default", 2));
        assertEquals(
                0, Objects.requireNonNull(held(person)).records("R-9").get(0).marks());
    }

    private @Nullable Held held(Change.Subject subject) {
        return reader.held(subject.high(), subject.low());
    }

    @Test
    void enrol_beyondTheHeadRoom_saysFull() {
        for (int i = 0; i < PERSONS; i++) {
            apply(new Change.Enrol(Fixtures.person(i), -1));
        }
        EngineException full =
                assertThrows(EngineException.class, () -> apply(new Change.Enrol(Fixtures.person(PERSONS), -1)));
        assertEquals(EngineException.Code.FULL, full.code());
        assertEquals(PERSONS, generation.position(), "a change that failed is not counted as applied");
    }

    @Test
    void apply_positionThatDoesNotAdvance_isRefused() {
        apply(new Change.Enrol(Fixtures.person(1), -1));
        assertThrows(
                IllegalArgumentException.class, () -> writer.apply(position, new Change.Enrol(Fixtures.person(2), -1)));
    }

    @Test
    void changes_random_agreeWithAFreshJudgementAndTheBitmaps() {
        Random random = Seed.random("WriterTest");
        Map<Integer, SubjectFacts> model = new HashMap<>();
        for (int step = 0; step < 5_000; step++) {
            int person = random.nextInt(PERSONS);
            change(random, person, step, model);
            if (step % 50 == 0) {
                compare(model);
            }
        }
        compare(model);
    }

    /** One random change, applied to the engine and to plain facts. */
    private void change(Random random, int person, int step, Map<Integer, SubjectFacts> model) {
        SubjectFacts facts = model.get(person);
        if (facts == null) {
            if (model.size() + departed < PERSONS) {
                enrolWithToken(person);
                model.put(person, new SubjectFacts());
            }
            return;
        }
        Change.Subject subject = Fixtures.person(person);
        int scene = random.nextInt(9);
        int day = Fixtures.TODAY - random.nextInt(900) + 30;
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                apply(new Change.GiveConsent(subject, scene, day, SubjectFacts.NONE));
                facts.removeConsents(scene, day);
                facts.addConsent(scene, day, SubjectFacts.NONE);
            }
            case 2 -> {
                apply(new Change.WithdrawConsent(subject, scene, Integer.MAX_VALUE));
                facts.removeConsents(scene, Integer.MAX_VALUE);
            }
            case 3 -> {
                apply(new Change.AddArrears(subject, scene, day));
                facts.addArrears(scene, day);
            }
            case 4 -> {
                int settled = facts.arrearsCount == 0 ? day : facts.since[0];
                int settledScene = facts.arrearsCount == 0 ? scene : facts.arrearsScene[0];
                apply(new Change.SettleArrears(subject, settledScene, settled));
                facts.removeArrears(settledScene, settled);
            }
            case 5 -> {
                List<Item> items = Fixtures.RULES.vocabulary().items().stream()
                        .filter(item -> item.subject() == SubjectType.PERSON)
                        .toList();
                int item = items.get(random.nextInt(items.size())).index();
                String id = "R" + random.nextInt(1_000_000) + "-" + step;
                int source = random.nextInt(Fixtures.SOURCES.size());
                long hours = random.nextInt(30_000);
                int act = random.nextInt(3);
                apply(new Change.AddRecord(
                        SubjectType.PERSON, subject, id, item, source, day, SubjectFacts.NONE, hours, 0, act));
                int index = facts.addRecord(item, day, SubjectFacts.NONE, hours, act);
                facts.recordId[index] = id;
                facts.source[index] = source;
                facts.sinkLastRecord(Fixtures.SOURCES);
            }
            case 6 -> {
                if (facts.recordCount > 0) {
                    int index = random.nextInt(facts.recordCount);
                    int marks = random.nextInt(2);
                    apply(new Change.MarkRecord(
                            SubjectType.PERSON,
                            subject,
                            String.valueOf(facts.recordId[index]),
                            facts.source[index],
                            marks));
                    facts.marks[index] = marks;
                }
            }
            default -> {
                if (random.nextInt(20) == 0) {
                    apply(new Change.Leave(subject, List.of(Fixtures.token(person))));
                    model.remove(person);
                    departed++;
                }
            }
        }
    }

    /** Ordinals are never reused, so those who left still take theirs. */
    private int departed;

    private void compare(Map<Integer, SubjectFacts> model) {
        Judge judge = Fixtures.RULES.judge();
        writer.publishPopulation();
        Population population = generation.population();
        assertEquals(model.size(), population.enrolled().getCardinality());
        for (SceneRule rule : Fixtures.RULES.scenes()) {
            int scene = rule.definition().index();
            if (rule.definition().subject() != SubjectType.PERSON) {
                continue;
            }
            Map<Integer, Integer> answers = new HashMap<>();
            for (int person = 0; person < PERSONS; person++) {
                SubjectFacts facts = model.get(person);
                long word = facts == null ? 0 : judge.answerWord(facts, Fixtures.TODAY);
                int expected = (int) (word >>> (4 * scene)) & 15;
                assertEquals(expected, check(scene, person), rule.definition().id() + " of person " + person);
                answers.merge(expected, 1, Integer::sum);
            }
            for (Benefit benefit : rule.benefits()) {
                assertEquals(
                        answers.getOrDefault(benefit.code(), 0),
                        population.entitled(rule, benefit).getCardinality(),
                        rule.definition().id() + " " + benefit.id());
            }
        }
        List<Integer> persons = new ArrayList<>(model.keySet());
        for (int person : persons) {
            SubjectFacts facts = Objects.requireNonNull(model.get(person));
            assertEquals(judge.score(facts, Fixtures.TODAY), explain(person).score(), "score of person " + person);
        }
    }

    private void enrolWithToken(int person) {
        apply(new Change.Enrol(Fixtures.person(person), person % 10));
        apply(new Change.BindToken(Fixtures.person(person), Fixtures.token(person)));
    }

    private Change record(int person, String id, String item, int source) {
        return new Change.AddRecord(
                SubjectType.PERSON,
                Fixtures.person(person),
                id,
                Fixtures.item(item),
                source,
                Fixtures.TODAY - 10,
                SubjectFacts.NONE,
                0,
                3,
                0);
    }

    private void apply(Change change) {
        writer.apply(position + 1, change);
        position++;
    }

    private int check(int scene, int person) {
        Change.Subject token = Fixtures.token(person);
        return reader.check(scene, token.high(), token.low());
    }

    private Explanation explain(int person) {
        Change.Subject subject = Fixtures.person(person);
        return Objects.requireNonNull(reader.explain(subject.high(), subject.low()));
    }

    private String outcome(Change.Subject organisation) {
        int matter = 0;
        return String.valueOf(Objects.requireNonNull(reader.match(matter, organisation.high(), organisation.low()))
                .outcome());
    }
}
