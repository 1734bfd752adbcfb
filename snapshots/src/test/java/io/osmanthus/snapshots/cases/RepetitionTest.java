package io.osmanthus.snapshots.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Database;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.RekeyLedger;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Marks;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Nobody files twice about the same, whatever key the row was hashed under, and everybody about what is new. */
final class RepetitionTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final PseudonymKey NEXT = PseudonymKey.ofHex("a7".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, "{}".getBytes(StandardCharsets.UTF_8));
    private static final int DAY = (int) LocalDate.of(2026, 10, 15).toEpochDay();
    private static final int LATER = DAY + 60;
    private static final Subject PERSON = new Subject(1, 1);
    private static final Subject RENAMED = new Subject(9, 9);
    private static final String OPEN = "a case about the same is open already";
    private static final String FOR_GOOD = "a case about the same has been decided for good";

    private final Ledger.Place place = Database.fresh();

    private static Filing record(Subject subject, int object) {
        Payload content = Payload.of().with("id", "R1").with("source", "法院").with("grounds", "wrong");
        return new Filing(CaseKind.OBJECTION_RECORD, subject, false, new byte[] {(byte) object}, false, content);
    }

    private static Filing arrears(int debts) {
        Payload content =
                Payload.of().with("scene", "parking").withDay("since", 20_000).with("debts", debts);
        return new Filing(CaseKind.OBJECTION_ARREARS, PERSON, false, new byte[] {7}, false, content);
    }

    private static void enrol(Ledger ledger, Subject subject) {
        append(ledger, subject, Kind.ENROLLED, Payload.of());
    }

    private static void append(Ledger ledger, Subject subject, Kind kind, Payload payload) {
        ledger.submit(null, page -> {
                    page.appendPersonal(subject, kind, payload, "office");
                    return DONE;
                })
                .join();
    }

    /** The case's id, or why it is refused. */
    private static String file(Ledger ledger, Filing filing) {
        String[] id = {""};
        try {
            ledger.submit(null, page -> {
                        id[0] = Cases.file(page, filing, ProcedureTest.PROCEDURE, DAY, "self")
                                .id()
                                .toString();
                        return DONE;
                    })
                    .join();
            return id[0];
        } catch (CompletionException e) {
            return e.getCause() instanceof CaseException refused ? refused.words() : String.valueOf(e.getCause());
        }
    }

    private static void move(Ledger ledger, String id, Move move, int day) {
        ledger.submit(null, page -> {
                    UUID uuid = UUID.fromString(id);
                    Cases.move(page, uuid, null, 0, move, "because", "desk", ProcedureTest.PROCEDURE, day);
                    return DONE;
                })
                .join();
    }

    private static long marks(Ledger ledger, Subject subject, Kind kind) {
        long marks = 0;
        for (Entry entry : ledger.about(subject)) {
            byte[] bytes = entry.payload();
            marks = entry.kind() == kind && bytes != null ? Payload.parse(bytes).number("marks") : marks;
        }
        return marks;
    }

    @Test
    void objection_afterAnotherKey_isKnownAgain() {
        String id;
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            enrol(ledger, PERSON);
            id = file(ledger, record(PERSON, 1));
        }
        assertTrue(RekeyLedger.run(place, KEY, NEXT, to -> to.subject(PERSON, RENAMED), false)
                .done());
        try (Ledger ledger = Ledger.open(place, NEXT, InstantSource.system())) {
            assertEquals(OPEN, file(ledger, record(RENAMED, 2)));
            move(ledger, id, Move.REJECTED, DAY);
            move(ledger, id, Move.CLOSED, LATER);
            assertEquals(FOR_GOOD, file(ledger, record(RENAMED, 2)));
        }
    }

    /** As it could come about by a change of key in earlier versions. */
    @Test
    void decision_whileAnotherObjectionToTheSameIsOpen_leavesItInDispute() {
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            enrol(ledger, PERSON);
            Filing filing = record(PERSON, 1);
            String one = file(ledger, filing);
            String two = UUID.randomUUID().toString();
            ledger.submit(null, page -> {
                        Payload content =
                                Payload.parse(filing.content().bytes()).with("case", two);
                        page.appendPersonal(PERSON, Kind.CASE_FILED, content, "self");
                        try (PreparedStatement copy = page.connection()
                                .prepareStatement(
                                        "INSERT INTO cases (id, kind, subject, organisation, object, state,"
                                                + " four_eyes, version, filed_on, due_on, at) SELECT ?, kind, subject, organisation,"
                                                + " decode('02', 'hex'), state, four_eyes, version, filed_on, due_on, at FROM cases")) {
                            copy.setObject(1, UUID.fromString(two));
                            copy.executeUpdate();
                        }
                        return DONE;
                    })
                    .join();
            assertEquals(Marks.DISPUTED, marks(ledger, PERSON, Kind.RECORD_MARKED));
            move(ledger, one, Move.REJECTED, DAY);
            assertEquals(Marks.DISPUTED, marks(ledger, PERSON, Kind.RECORD_MARKED), "the other is not decided");
            move(ledger, two, Move.SUSPENDED, DAY);
            move(ledger, one, Move.REVIEW, DAY);
            move(ledger, one, Move.REJECTED, DAY);
            assertEquals(Marks.DISPUTED, marks(ledger, PERSON, Kind.RECORD_MARKED), "nor while its clock stands");
            move(ledger, two, Move.RESUMED, DAY);
            move(ledger, two, Move.REJECTED, DAY);
            assertEquals(0, marks(ledger, PERSON, Kind.RECORD_MARKED));
        }
    }

    @Test
    void arrears_newSinceTheObjection_canBeObjectedTo() {
        Payload debt = Payload.of().with("scene", "parking").withDay("since", 20_000);
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            enrol(ledger, PERSON);
            String one = file(ledger, arrears(1));
            append(ledger, PERSON, Kind.ARREARS_ADDED, debt);
            assertEquals(OPEN, file(ledger, arrears(2)), "it is in dispute with the first");
            move(ledger, one, Move.REJECTED, DAY);
            assertEquals(0, marks(ledger, PERSON, Kind.ARREARS_MARKED));
            String two = file(ledger, arrears(2));
            assertEquals(Marks.DISPUTED, marks(ledger, PERSON, Kind.ARREARS_MARKED), two);
            move(ledger, two, Move.REJECTED, DAY);
            assertEquals(OPEN, file(ledger, arrears(2)), "nothing is new");
            move(ledger, one, Move.CLOSED, LATER);
            move(ledger, two, Move.CLOSED, LATER);
            assertEquals(FOR_GOOD, file(ledger, arrears(2)));
            String three = file(ledger, arrears(3));
            assertEquals(Marks.DISPUTED, marks(ledger, PERSON, Kind.ARREARS_MARKED), "delivered since: " + three);
            move(ledger, three, Move.UPHELD, DAY);
            assertEquals(Marks.RETRACTED, marks(ledger, PERSON, Kind.ARREARS_MARKED));
            append(ledger, PERSON, Kind.ARREARS_ADDED, debt);
            String four = file(ledger, arrears(1));
            assertEquals(Marks.DISPUTED, marks(ledger, PERSON, Kind.ARREARS_MARKED), four);
            move(ledger, four, Move.REJECTED, DAY);
            assertEquals(0, marks(ledger, PERSON, Kind.ARREARS_MARKED), "not taken back with what was before");
        }
    }
}
