package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseException;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Random histories on two nodes of one ledger against a straight-line model, at every position: what is held about the subject,
 * its score and benefits, where its cases stand, and what is public of it. Now and then, and at the end, of everybody.
 */
final class HistoriesTest {
    private static final int ACTS = Integer.getInteger("acts", Boolean.getBoolean("osmanthus.drills") ? 10_000 : 1_500);
    private static final int PERSONS = 60;
    private static final int ORGANISATIONS = 10;
    private static final int ROOM = 20_000;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final List<Change.Subject> PEOPLE =
            IntStream.rangeClosed(1, PERSONS).mapToObj(Fixtures::person).toList();
    private static final List<Change.Subject> COMPANIES =
            IntStream.range(0, ORGANISATIONS).mapToObj(Fixtures::organisation).toList();

    private final Random random = Seed.random("HistoriesTest");
    private final Judge judge = Fixtures.RULES.judge();
    private final RandomActs acts = acts();
    private final RandomCases cases = new RandomCases(random, acts, COMPANIES);
    private int refused;

    private RandomActs acts() {
        RandomActs made = new RandomActs(random, PEOPLE, COMPANIES);
        for (int i = 0; i < PERSONS; i++) {
            Change.Subject token = Fixtures.token(i + 1);
            made.token(token.high(), token.low(), null);
        }
        return made;
    }

    @Test
    void histories_randomOnTwoNodes_equalTheModelAtEveryPosition_andAFreshNode() {
        Ledger.Place place = Database.fresh();
        try (Node one = Node.on(place, ROOM, ORGANISATIONS);
                Node two = Node.on(place, ROOM, ORGANISATIONS)) {
            long last = 0;
            for (int i = 0; i < ACTS; i++) {
                Ledger ledger = random.nextBoolean() ? one.ledger() : two.ledger();
                RandomCases.Attempt attempt = random.nextInt(5) < 2 ? cases.next() : null;
                Change.Subject subject;
                if (attempt == null) {
                    last = position(ledger, acts.next(Fixtures.TODAY));
                    subject = acts.touched();
                    if (acts.facts(subject) == null) {
                        cases.left(subject);
                    }
                } else {
                    subject = attempt.subject();
                    last = Math.max(last, attempt(ledger, attempt));
                }
                for (Node node : List.of(one, two)) {
                    node.at(last);
                    assertEquals(last, node.generation().position());
                    compare(node, subject);
                    if (i % 500 == 0) {
                        compareAll(node);
                    }
                }
            }
            try (Node fresh = Node.on(place, ROOM, ORGANISATIONS)) {
                for (Node node : List.of(one, two, fresh)) {
                    assertEquals(last, node.generation().position());
                    compareAll(node);
                    comparePopulation(node);
                }
            }
        }
        Map<String, Long> states = new TreeMap<>();
        cases.cases().values().forEach(one -> states.merge(one.state, 1L, Long::sum));
        System.out.println("cases at the end: " + states + "; acts refused: " + refused);
        assertTrue(states.size() >= 5, "cases of nearly every state");
    }

    private static long position(Ledger ledger, Act act) {
        return ledger.submit(null, act).join().position();
    }

    /** The position after what was tried; 0 where it was refused, as the model says. */
    private long attempt(Ledger ledger, RandomCases.Attempt attempt) {
        long position = 0;
        boolean accepted = true;
        try {
            position = position(ledger, attempt.act());
        } catch (CompletionException e) {
            assertTrue(e.getCause() instanceof CaseException, () -> "refused in words: " + e);
            accepted = false;
            refused++;
        }
        assertEquals(attempt.legal(), accepted);
        if (accepted) {
            attempt.done().run();
        }
        return position;
    }

    private void compareAll(Node node) {
        PEOPLE.forEach(person -> compare(node, person));
        COMPANIES.forEach(company -> compare(node, company));
        Identifiers.Lookup identifiers =
                node.generation().stores().identifiers().lookup();
        for (Change.Subject token : acts.tokens()) {
            Change.Subject owner = acts.owner(token);
            int expected = owner == null ? Identifiers.ABSENT : identifiers.find(owner.high(), owner.low());
            assertEquals(expected, identifiers.find(token.high(), token.low()), "token of " + owner);
        }
    }

    private void compare(Node node, Change.Subject subject) {
        compareFacts(node, subject);
        compareCases(node, subject);
        if (COMPANIES.contains(subject)) {
            comparePublished(node, subject);
        }
    }

    /** Facts, answers and score. */
    private void compareFacts(Node node, Change.Subject subject) {
        Generation generation = node.generation();
        int place = generation.stores().identifiers().lookup().find(subject.high(), subject.low());
        SubjectFacts expected = acts.facts(subject);
        assertEquals(expected == null, place == Identifiers.ABSENT, () -> subject + " is enrolled");
        if (expected == null) {
            return;
        }
        SubjectFacts found = new SubjectFacts();
        generation.stores().dossiers().lookup().read(place, found, true);
        assertEquals(shown(expected), shown(found));
        boolean organisation = (place & Identifiers.ORGANISATION) != 0;
        long word = organisation
                ? generation.stores().organisations().get(place & ~Identifiers.ORGANISATION)
                : generation.stores().persons().get(place);
        assertEquals(judge.answerWord(expected, Fixtures.TODAY), word, () -> "benefits of " + subject);
        assertEquals(judge.score(expected, Fixtures.TODAY), judge.score(found, Fixtures.TODAY));
    }

    /** Every case of the subject, by the node's own connection. */
    private void compareCases(Node node, Change.Subject subject) {
        Map<UUID, String> expected = new TreeMap<>();
        cases.cases().forEach((id, one) -> {
            if (one.about.subject().equals(subject)) {
                expected.put(
                        id,
                        String.join(" ", one.about.kind().word(), one.state, one.before, one.outcome, one.proposer)
                                + one.version);
            }
        });
        Map<UUID, String> found = new TreeMap<>();
        for (Case row : Cases.of(node.ledger(), new Subject(subject.high(), subject.low()))) {
            found.put(
                    row.id(),
                    String.join(
                                    " ",
                                    row.kind().word(),
                                    row.state().word(),
                                    row.resumes() == null ? "" : row.resumes().word(),
                                    row.outcome() == null ? "" : row.outcome().word(),
                                    row.proposer() == null ? "" : row.proposer())
                            + row.version());
        }
        assertEquals(expected, found);
    }

    /** What departments are told of an organisation, in all matters together: the entries that count, and which are disputed. */
    private void comparePublished(Node node, Change.Subject company) {
        TreeSet<String> expected = new TreeSet<>();
        SubjectFacts held = Objects.requireNonNull(acts.facts(company));
        List<Matter> matters = Fixtures.RULES.matters();
        for (int i = 0; i < held.entryCount; i++) {
            int list = held.list[i];
            if (counts(held, i) && matters.stream().anyMatch(matter -> matter.effect(list) != null)) {
                expected.add(list + " " + held.entryId[i] + " until " + held.leavesOn[i] + " "
                        + (held.entryMarks[i] % 2 == 1));
            }
        }
        TreeSet<String> found = new TreeSet<>();
        node.reader().advance();
        for (Matter matter : matters) {
            MatchReport report = node.reader().match(matter.index(), company.high(), company.low());
            assertNotNull(report);
            for (MatchReport.Hit hit : report.hits()) {
                found.add(hit.list().index() + " " + hit.entryId() + " until " + hit.leavesOn() + " " + hit.disputed());
            }
        }
        assertEquals(expected, found);
    }

    private static boolean counts(SubjectFacts held, int i) {
        return held.enteredOn[i] <= Fixtures.TODAY
                && (held.leavesOn[i] == SubjectFacts.NONE || Fixtures.TODAY < held.leavesOn[i])
                && held.entryMarks[i] % 8 < 2;
    }

    /** Who is on which list: published every few seconds. */
    private void comparePopulation(Node node) {
        List<String> expected = new ArrayList<>();
        for (ListDefinition list : Fixtures.RULES.vocabulary().lists()) {
            for (int i = 0; i < ORGANISATIONS; i++) {
                SubjectFacts held = Objects.requireNonNull(acts.facts(COMPANIES.get(i)));
                boolean on = IntStream.range(0, held.entryCount)
                        .anyMatch(entry -> held.list[entry] == list.index() && counts(held, entry));
                expected.add(list.id() + " " + i + " " + on);
            }
        }
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        List<String> found = listed(node.generation().population());
        while (!found.equals(expected) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            found = listed(node.generation().population());
        }
        assertEquals(expected, found);
    }

    private static List<String> listed(Population population) {
        List<String> lines = new ArrayList<>();
        for (ListDefinition list : Fixtures.RULES.vocabulary().lists()) {
            for (int i = 0; i < ORGANISATIONS; i++) {
                lines.add(list.id() + " " + i + " "
                        + population.list(list.index()).contains(i));
            }
        }
        return lines;
    }

    private static List<String> shown(SubjectFacts facts) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < facts.recordCount; i++) {
            lines.add("record " + facts.recordId[i] + "," + facts.item[i] + "," + facts.occurredOn[i] + ","
                    + facts.quantityHundredths[i] + "," + facts.act[i] + "," + facts.marks[i] + ","
                    + facts.severity[i] + "," + facts.source[i]);
        }
        for (int i = 0; i < facts.consentCount; i++) {
            lines.add("consent " + facts.consentScene[i] + "," + facts.grantedOn[i] + "," + facts.expiresOn[i]);
        }
        for (int i = 0; i < facts.arrearsCount; i++) {
            lines.add("arrears " + facts.arrearsScene[i] + "," + facts.since[i] + "," + facts.arrearsMarks[i]);
        }
        for (int i = 0; i < facts.entryCount; i++) {
            lines.add("entry " + facts.entryId[i] + "," + facts.list[i] + "," + facts.enteredOn[i] + ","
                    + facts.leavesOn[i] + "," + facts.entryMarks[i]);
        }
        return lines;
    }
}
