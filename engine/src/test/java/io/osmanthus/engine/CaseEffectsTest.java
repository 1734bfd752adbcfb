package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseException;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.cases.Filing;
import io.osmanthus.snapshots.cases.Move;
import io.osmanthus.snapshots.cases.Procedure;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerTail;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Marks;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Cases filed and decided on two nodes of one ledger: both, and a node that starts afterwards, hold every record, every debt
 * and every list entry with the marks that a straight-line model gives it.
 */
final class CaseEffectsTest {
    private static final int ACTS = Boolean.getBoolean("osmanthus.drills") ? 10_000 : 400;
    private static final int PERSONS = 6;
    private static final int ORGANISATIONS = 3;
    private static final int OBJECTS = 3;
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, new byte[0]);
    private static final List<Move> MOVES = List.of(Move.values());
    private static final Procedure PROCEDURE = new Procedure(
            Objects.requireNonNull(Fixtures.RULES.vocabulary().regimes().cases()),
            Fixtures.RULES.vocabulary().workingDays());

    private final Random random = Seed.random("CaseEffectsTest");
    private final Map<UUID, Open> open = new TreeMap<>();
    private final Map<String, Integer> marks = new TreeMap<>();

    private record Open(CaseKind kind, String name) {}

    /** A node: what it follows the ledger with, and its generation. */
    private record Node(Ledger ledger, Engine engine, Follower follower, LedgerTail tail) implements AutoCloseable {
        static Node on(Ledger.Place place) {
            Ledger ledger = Ledger.open(place, KEY, InstantSource.system());
            Engine engine = new Engine();
            Follower[] holder = new Follower[1];
            LedgerTail tail = new LedgerTail(ledger, null, new LedgerTail.Listener() {
                @Override
                public void changed(List<Entry> entries) {
                    holder[0].changed(entries);
                }

                @Override
                public void heard(long position, long askedNanos) {
                    holder[0].heard(position, askedNanos);
                }
            });
            Follower follower =
                    new Follower(ledger, engine, tail.position(), 60, (version, ordinal) -> List.of(), () -> {});
            holder[0] = follower;
            tail.start();
            engine.publish(follower.catchUp(Fixtures.empty(1_000, ORGANISATIONS), Departures.of(ledger)));
            return new Node(ledger, engine, follower, tail);
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

    private static Subject subject(int number, boolean organisation) {
        Change.Subject one = organisation ? Fixtures.organisation(number) : Fixtures.person(number + 1);
        return new Subject(one.high(), one.low());
    }

    @Test
    void cases_randomOnTwoNodes_marksEqualTheModelEverywhere() {
        Ledger.Place place = Database.fresh();
        try (Node one = Node.on(place);
                Node two = Node.on(place)) {
            facts(one.ledger());
            for (int i = 0; i < ACTS; i++) {
                Ledger ledger = random.nextBoolean() ? one.ledger() : two.ledger();
                if (open.isEmpty() || random.nextInt(4) == 0) {
                    file(ledger);
                } else {
                    move(ledger);
                }
                if (i % 100 == 0) {
                    compare(one);
                }
            }
            compare(one);
            compare(two);
            try (Node fresh = Node.on(place)) {
                compare(fresh);
            }
        }
        System.out.println("marks at the end: "
                + marks.values().stream().filter(bits -> bits != 0).count());
    }

    private static void facts(Ledger ledger) {
        ledger.submit(null, page -> {
                    for (int i = 0; i < PERSONS; i++) {
                        page.appendPersonal(subject(i, false), Kind.ENROLLED, Payload.of(), "self");
                        for (int object = 0; object < OBJECTS; object++) {
                            page.appendPersonal(
                                    subject(i, false),
                                    Kind.RECORD_ADDED,
                                    Payload.of()
                                            .with("type", "person")
                                            .with("record_id", "R" + object)
                                            .with("item", "court-default")
                                            .with("source", "法院")
                                            .withDay("occurred_on", Fixtures.TODAY - 30),
                                    "office");
                            page.appendPersonal(
                                    subject(i, false),
                                    Kind.ARREARS_ADDED,
                                    Payload.of()
                                            .with("scene", "parking")
                                            .withDay("since", Fixtures.TODAY - object)
                                            .with("reference", "B" + object),
                                    "gate");
                        }
                    }
                    for (int i = 0; i < ORGANISATIONS; i++) {
                        for (int object = 0; object < OBJECTS; object++) {
                            page.appendOpen(
                                    subject(i, true),
                                    Kind.ENTRY_ADDED,
                                    Payload.of()
                                            .with("entry_id", "E" + object)
                                            .with("list", "work-safety")
                                            .withDay("entered_on", Fixtures.TODAY - 30),
                                    "office");
                        }
                    }
                    return DONE;
                })
                .join();
    }

    private void file(Ledger ledger) {
        CaseKind kind =
                switch (random.nextInt(4)) {
                    case 0 -> CaseKind.OBJECTION_ENTRY;
                    case 1 -> CaseKind.OBJECTION_ARREARS;
                    case 2 -> CaseKind.REPAIR;
                    default -> CaseKind.OBJECTION_RECORD;
                };
        boolean organisation = kind == CaseKind.OBJECTION_ENTRY;
        int number = random.nextInt(organisation ? ORGANISATIONS : PERSONS);
        int object = random.nextInt(OBJECTS);
        Payload content = Payload.of();
        String name =
                switch (kind) {
                    case OBJECTION_ENTRY -> {
                        content.with("id", "E" + object).with("list", "work-safety");
                        yield "organisation " + number + " E" + object;
                    }
                    case OBJECTION_ARREARS -> {
                        content.with("scene", "parking").withDay("since", Fixtures.TODAY - object);
                        yield "person " + number + " parking " + (Fixtures.TODAY - object);
                    }
                    case OBJECTION_RECORD, REPAIR, OBJECTION_ACCESS -> {
                        content.with("id", "R" + object).with("source", "法院");
                        yield "person " + number + " R" + object;
                    }
                };
        byte[] keyed = (kind + " " + object + " ".repeat(16)).getBytes(StandardCharsets.US_ASCII);
        Filing filing = new Filing(kind, subject(number, organisation), organisation, keyed, false, content);
        Case[] filed = new Case[1];
        boolean accepted = accepted(ledger, page -> {
            filed[0] = Cases.file(page, filing, PROCEDURE, Fixtures.TODAY, "self");
            return DONE;
        });
        if (accepted) {
            open.put(Objects.requireNonNull(filed[0]).id(), new Open(kind, name));
            if (kind != CaseKind.REPAIR) {
                marks.merge(name, Marks.DISPUTED, (a, b) -> a | b);
            }
        }
    }

    private void move(Ledger ledger) {
        List<UUID> ids = new ArrayList<>(open.keySet());
        UUID id = ids.get(random.nextInt(ids.size()));
        Open one = Objects.requireNonNull(open.get(id));
        Move move = MOVES.get(random.nextInt(MOVES.size()));
        boolean accepted = accepted(ledger, page -> {
            Cases.move(page, id, null, 0, move, "because", "desk", PROCEDURE, Fixtures.TODAY);
            return DONE;
        });
        if (!accepted || !move.decides()) {
            return;
        }
        if (one.kind() != CaseKind.REPAIR) {
            int found = move == Move.REJECTED ? 0 : Marks.RETRACTED;
            marks.merge(one.name(), 0, (a, b) -> (a & ~Marks.DISPUTED) | found);
        } else if (move == Move.UPHELD) {
            marks.merge(one.name(), Marks.REPAIRED, (a, b) -> a | b);
        }
    }

    private void compare(Node node) {
        node.at(node.ledger().head().position());
        Map<String, Integer> found = new TreeMap<>();
        try (Reader reader = node.engine().reader()) {
            reader.advance();
            for (int i = 0; i < PERSONS; i++) {
                String name = "person " + i + " ";
                Held held = held(reader, subject(i, false));
                held.records().forEach(one -> found.put(name + one.id(), one.marks()));
                held.arrears().forEach(one -> found.put(name + "parking " + one.since(), one.marks()));
            }
            for (int i = 0; i < ORGANISATIONS; i++) {
                String name = "organisation " + i + " ";
                held(reader, subject(i, true)).entries().forEach(one -> found.put(name + one.id(), one.marks()));
            }
        }
        assertEquals(PERSONS * OBJECTS * 2 + ORGANISATIONS * OBJECTS, found.size());
        found.values().removeIf(bits -> bits == 0);
        Map<String, Integer> expected = new TreeMap<>(marks);
        expected.values().removeIf(bits -> bits == 0);
        assertEquals(expected, found);
    }

    private static Held held(Reader reader, Subject subject) {
        return Objects.requireNonNull(reader.held(subject.high(), subject.low()));
    }

    private static boolean accepted(Ledger ledger, Act act) {
        try {
            ledger.submit(null, act).join();
            return true;
        } catch (CompletionException e) {
            if (e.getCause() instanceof CaseException) {
                return false;
            }
            throw e;
        }
    }
}
