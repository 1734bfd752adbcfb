package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerTail;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nodes that follow one ledger know the same, at every position, as a straight-line model and as a fresh node. */
final class FollowerTest {
    private static final int PERSONS = 150;
    private static final int ORGANISATIONS = 20;
    private static final int ACTS = Boolean.getBoolean("osmanthus.drills") ? 10_000 : 1_500;

    /** Changes that a node has to catch up with. */
    private static final int BACKLOG =
            Integer.getInteger("backlog", Boolean.getBoolean("osmanthus.drills") ? 1_000_000 : 20_000);

    /** Of those, what one act appends. */
    private static final int ACT_CHANGES = 5_000;

    /** What is in the ledger before, so that what reads and applies it is compiled. */
    private static final int WARM_UP = 60_000;

    private static final int QUIET_SECONDS = 5;

    /** Speed and waiting are asserted of backlogs of this size: smaller ones say little. */
    private static final int ASSERTED_FROM = 200_000;

    private static final int CHANGES_A_SECOND_MIN = 20_000;

    /** Persons of the node that serves. */
    private static final int SERVED = 10_000;

    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, new byte[0]);
    private static final List<SceneDefinition> SCENES = Fixtures.RULES.vocabulary().scenes().stream()
            .filter(scene -> scene.subject() == SubjectType.PERSON)
            .toList();

    private static final long EMPTY_COMPANY = Fixtures.RULES.judge().answerWord(emptyCompany(), Fixtures.TODAY);
    private static final List<Change.Subject> PEOPLE =
            IntStream.rangeClosed(1, PERSONS).mapToObj(Fixtures::person).toList();
    private static final List<Change.Subject> COMPANIES =
            IntStream.range(0, ORGANISATIONS).mapToObj(Fixtures::organisation).toList();

    private final Random random = Seed.random("FollowerTest");
    private final Judge judge = Fixtures.RULES.judge();
    private final RandomActs acts = acts();

    private static SubjectFacts emptyCompany() {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(SubjectType.ORGANISATION);
        return facts;
    }

    private RandomActs acts() {
        RandomActs made = new RandomActs(random, PEOPLE, COMPANIES);
        for (int i = 0; i < PERSONS; i++) {
            Change.Subject token = Fixtures.token(i + 1);
            made.token(token.high(), token.low(), null);
        }
        return made;
    }

    /** A node: an engine, what it follows the ledger with, and its generation. */
    private record Node(Ledger ledger, Engine engine, Follower follower, LedgerTail tail) implements AutoCloseable {
        static Node on(Ledger.Place place) {
            return on(place, true);
        }

        /** One that knows the ledger as it is now, and hears of nothing more until its tail is started. */
        static Node cutOff(Ledger.Place place) {
            return on(place, false);
        }

        private static Node on(Ledger.Place place, boolean following) {
            Ledger ledger = Ledger.open(place, KEY, InstantSource.system());
            Engine engine = new Engine();
            Follower[] holder = new Follower[1];
            LedgerTail tail = new LedgerTail(ledger, null, new LedgerTail.Listener() {
                @Override
                public void changed(List<io.osmanthus.snapshots.ledger.Entry> entries) {
                    holder[0].changed(entries);
                }

                @Override
                public void heard(long position, long askedNanos) {
                    holder[0].heard(position, askedNanos);
                }

                @Override
                public long vouchedUntilNanos() {
                    return holder[0].vouchedUntilNanos();
                }
            });
            Follower follower =
                    new Follower(ledger, engine, tail.position(), 60, (version, ordinal) -> List.of(), () -> {});
            holder[0] = follower;
            if (following) {
                tail.start();
            }
            Departures departures = Departures.of(ledger);
            Generation generation = Fixtures.empty(20_000, ORGANISATIONS);
            for (int i = 0; i < ORGANISATIONS; i++) {
                generation.stores().organisations().set(i, EMPTY_COMPANY);
            }
            engine.publish(follower.catchUp(generation, departures));
            return new Node(ledger, engine, follower, tail);
        }

        Generation generation() {
            Generation generation = engine.current();
            if (generation == null) {
                throw new IllegalStateException("published");
            }
            return generation;
        }

        void at(long position) {
            follower.reached(position).orTimeout(60, TimeUnit.SECONDS).join();
        }

        @Override
        public void close() {
            tail.close();
            follower.close();
            ledger.close();
            engine.close();
        }
    }

    /**
     * After each act the subject it was about, and after some everybody, is on both nodes what the straight-line model says:
     * every position is compared, and answers are those of the judge over the model's facts.
     */
    @Test
    void histories_randomOnTwoNodes_equalTheModelAtEveryPosition_andAFreshNode() {
        Ledger.Place place = Database.fresh();
        try (Node one = Node.on(place);
                Node two = Node.on(place)) {
            long last = 0;
            for (int i = 0; i < ACTS; i++) {
                Node node = random.nextBoolean() ? one : two;
                last = node.ledger()
                        .submit(null, acts.next(Fixtures.TODAY))
                        .join()
                        .position();
                for (Node asked : List.of(one, two)) {
                    asked.at(last);
                    assertEquals(last, asked.generation().position());
                    compare(asked, acts.touched());
                }
                if (i % 500 == 0) {
                    compare(one);
                    compare(two);
                }
            }
            compare(one);
            compare(two);
            try (Node fresh = Node.on(place)) {
                assertEquals(last, fresh.generation().position());
                compare(fresh);
            }
        }
    }

    @Test
    void vouching_goesOnWhileHeard() {
        try (Node node = Node.on(Database.fresh())) {
            node.ledger().submit(null, acts.next(Fixtures.TODAY)).join();
            node.at(node.ledger().head().position());
            assertTrue(node.follower().vouchedUntilNanos() - System.nanoTime() > 0);
        }
    }

    /**
     * The second wall: a departure is skipped in a replay only where the loader knew of it. A loader that reads up to a position
     * and does not hear of a departure before it has loaded what the person left.
     */
    @Test
    void departure_thatTheLoaderDidNotKnowOf_replayed() {
        Ledger.Place place = Database.fresh();
        Departures unaware;
        try (Ledger elsewhere = Ledger.open(Database.fresh(), KEY, InstantSource.system())) {
            // as far as that one goes, nobody has left
            for (int i = 1; i <= 10; i++) {
                int number = i;
                elsewhere
                        .submit(null, page -> {
                            page.appendPersonal(subject(number), Kind.ENROLLED, Payload.of(), "self");
                            return DONE;
                        })
                        .join();
            }
            unaware = Departures.of(elsewhere);
        }
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            for (int number = 1; number <= 2; number++) {
                int person = number;
                ledger.submit(null, page -> {
                            page.appendPersonal(subject(person), Kind.ENROLLED, Payload.of(), "self");
                            return DONE;
                        })
                        .join();
            }
            long left = ledger.submit(null, page -> {
                        page.appendPersonal(subject(1), Kind.LEFT, Payload.of(), "self");
                        return DONE;
                    })
                    .join()
                    .position();
            assertTrue(left <= unaware.position(), "the departure lies where the loader has read");
            Generation generation = Fixtures.empty(1_000, ORGANISATIONS);
            try (Writer loader = Writer.of(generation)) {
                loader.apply(1, new Change.Enrol(Fixtures.person(1), -1));
            }
            try (Engine engine = new Engine();
                    Follower follower =
                            new Follower(ledger, engine, left, 60, (version, ordinal) -> List.of(), () -> {})) {
                engine.publish(follower.catchUp(generation, unaware));
                assertEquals(left, generation.position());
                Identifiers.Lookup identifiers =
                        generation.stores().identifiers().lookup();
                Change.Subject gone = Fixtures.person(1);
                Change.Subject here = Fixtures.person(2);
                assertTrue(identifiers.find(here.high(), here.low()) != Identifiers.ABSENT);
                assertEquals(Identifiers.ABSENT, identifiers.find(gone.high(), gone.low()), "who left is here again");
            }
        }
    }

    @Test
    void backlog_replayed_speed() {
        Ledger.Place place = Database.fresh();
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            List<CompletableFuture<Act.Receipt>> done = new ArrayList<>();
            for (int i = 0; i < PERSONS; i++) {
                int number = i;
                done.add(ledger.submit(null, page -> {
                    page.appendPersonal(subject(number), Kind.ENROLLED, Payload.of(), "self");
                    return DONE;
                }));
            }
            for (int i = 0; i < BACKLOG / ACT_CHANGES; i++) {
                int seed = i;
                done.add(ledger.submit(null, page -> {
                    for (int j = 0; j < ACT_CHANGES; j++) {
                        consent(page, (seed * 31 + j) % PERSONS, SCENES.get(j % SCENES.size()), 0);
                    }
                    return DONE;
                }));
            }
            done.forEach(CompletableFuture::join);
        }
        long begin = System.nanoTime();
        try (Node node = Node.on(place)) {
            long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            long changes = node.generation().position();
            System.out.println("replayed " + changes + " changes in " + ms + " ms: " + changes * 1000 / Math.max(1, ms)
                    + " a second");
            assertEquals(BACKLOG + PERSONS, changes);
        }
    }

    /**
     * What a node has to catch up with that was cut off from the ledger, or sees a night's work of an office arrive. Quiet is
     * before and after it: what else the machine does is in both.
     */
    @Test
    void backlog_appliedWhileChecksAreAnswered_speed() throws InterruptedException {
        Ledger.Place place = Database.fresh();
        try (Ledger writer = Ledger.open(place, KEY, InstantSource.system())) {
            enrolled(writer);
            fill(writer, WARM_UP);
            try (Node node = Node.cutOff(place);
                    SteadyChecks checks = new SteadyChecks(node.engine(), SERVED)) {
                long last = fill(writer, BACKLOG);
                long from = node.generation().position();
                double rate = checks.saturation() / 2;
                Thread checking = checks.start(rate);
                TimeUnit.SECONDS.sleep(1);
                checks.take();
                TimeUnit.SECONDS.sleep(QUIET_SECONDS);
                SteadyChecks.Waits quiet = checks.take();
                long begin = System.nanoTime();
                // the ledger was heard until just now: the node answers, and its tail knows that it does
                node.follower().heard(from, begin);
                node.tail().start();
                node.at(last);
                long ms = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
                SteadyChecks.Waits loaded = checks.take();
                TimeUnit.SECONDS.sleep(QUIET_SECONDS);
                quiet = quiet.and(checks.take());
                checks.stop();
                checking.join();
                long changes = node.generation().position() - from;
                System.out.printf(
                        "applied %d changes in %d ms, %d a second, beside %.0f checks a second; us until a burst of %d"
                                + " was answered: quiet %s, meanwhile %s%n",
                        changes,
                        ms,
                        changes * 1_000 / ms,
                        rate * SteadyChecks.BURST,
                        SteadyChecks.BURST,
                        quiet,
                        loaded);
                assertEquals(BACKLOG, changes);
                assertEquals(last, node.generation().position());
                if (BACKLOG >= ASSERTED_FROM) {
                    assertTrue(changes * 1_000 / ms >= CHANGES_A_SECOND_MIN, "changes a second");
                    assertTrue(loaded.micros(0.999) <= 2 * quiet.micros(0.999), "p99.9 while a backlog is applied");
                }
            }
        }
    }

    /** Appends changes; the last position. */
    private static long fill(Ledger writer, int changes) {
        long last = 0;
        for (int begin = 0; begin < changes; begin += ACT_CHANGES) {
            int first = begin;
            last = writer.submit(null, page -> {
                        for (int j = first; j < first + ACT_CHANGES; j++) {
                            int number = 1 + Math.floorMod(j * 7_919, SERVED);
                            consent(page, number, SCENES.get(j % SCENES.size()), j % 3);
                        }
                        return DONE;
                    })
                    .join()
                    .position();
        }
        return last;
    }

    private static Act.Receipt enrolled(Ledger writer) {
        HexFormat hex = HexFormat.of();
        return writer.submit(null, page -> {
                    for (int number = 1; number <= SERVED; number++) {
                        Change.Subject token = Fixtures.token(number);
                        page.appendPersonal(subject(number), Kind.ENROLLED, Payload.of(), "self");
                        page.appendPersonal(
                                subject(number),
                                Kind.TOKEN_BOUND,
                                Payload.of()
                                        .with("scheme", "card")
                                        .with("token", hex.toHexDigits(token.high()) + hex.toHexDigits(token.low())),
                                "self");
                    }
                    return DONE;
                })
                .join();
    }

    private static void consent(Page page, int number, SceneDefinition scene, int daysAgo) {
        page.appendPersonal(
                subject(number),
                Kind.CONSENT_GIVEN,
                Payload.of()
                        .with("scene", scene.id())
                        .with("purpose_version", scene.purposeVersion())
                        .withDay("granted_on", Fixtures.TODAY - daysAgo)
                        .with("expires_on", LocalDate.of(2028, 1, 1).toString()),
                "self");
    }

    private static Subject subject(int number) {
        Change.Subject person = Fixtures.person(number);
        return new Subject(person.high(), person.low());
    }

    private void compare(Node node) {
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

    /** Facts, answers and score of a subject. */
    private void compare(Node node, Change.Subject subject) {
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

    private static List<String> shown(SubjectFacts facts) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < facts.recordCount; i++) {
            lines.add("record " + facts.recordId[i] + "," + facts.item[i] + "," + facts.occurredOn[i] + ","
                    + facts.quantityHundredths[i] + "," + facts.marks[i] + "," + facts.severity[i] + ","
                    + facts.source[i]);
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
