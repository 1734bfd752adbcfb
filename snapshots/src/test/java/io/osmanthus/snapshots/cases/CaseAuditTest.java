package io.osmanthus.snapshots.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Database;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerAudit;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a superuser of a real PostgreSQL changes behind the ledger's back is named, with its position. */
final class CaseAuditTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, "{}".getBytes(StandardCharsets.UTF_8));
    private static final int DAY = (int) LocalDate.of(2026, 10, 15).toEpochDay();
    private static final Subject PERSON = new Subject(1, 1);
    private static final Subject LEAVER = new Subject(2, 2);

    private static final Ledger.Place WRITTEN = Database.fresh();

    private Ledger.Place place = WRITTEN;

    /**
     * Positions: 1 enrolled, 2 enrolled, 3 filed, 4 marked, 5 forwarded, 6 filed, 7 marked, 8 left, 9 rejected, 10 unmarked.
     */
    @BeforeAll
    static void writeOnce() {
        try (Ledger ledger = Ledger.open(WRITTEN, KEY, InstantSource.system())) {
            for (Subject subject : new Subject[] {PERSON, LEAVER}) {
                submit(ledger, page -> {
                    page.appendPersonal(subject, Kind.ENROLLED, Payload.of(), "self");
                    return DONE;
                });
            }
            Case[] filed = new Case[1];
            submit(ledger, page -> {
                filed[0] = Cases.file(page, filing(PERSON), ProcedureTest.PROCEDURE, DAY, "self");
                return DONE;
            });
            submit(ledger, page -> {
                move(page, filed[0], Move.FORWARDED, "desk-1");
                return DONE;
            });
            submit(ledger, page -> {
                Cases.file(page, filing(LEAVER), ProcedureTest.PROCEDURE, DAY, "self");
                return DONE;
            });
            submit(ledger, page -> {
                page.appendPersonal(LEAVER, Kind.LEFT, Payload.of(), "self");
                Cases.forget(page, LEAVER);
                return DONE;
            });
            submit(ledger, page -> {
                move(page, filed[0], Move.REJECTED, "desk-1");
                return DONE;
            });
            assertEquals(10, ledger.head().position());
        }
    }

    /** The same ledger once more, as it was written. */
    @BeforeEach
    void write() {
        place = Database.copy(WRITTEN);
    }

    private static void move(io.osmanthus.snapshots.ledger.Page page, Case row, Move move, String actor)
            throws SQLException {
        Cases.move(page, row.id(), null, 0, move, "因为", actor, ProcedureTest.PROCEDURE, DAY);
    }

    private static Filing filing(Subject subject) {
        Payload content = Payload.of().with("id", "R-1").with("source", "法院").with("grounds", "不是我");
        return new Filing(CaseKind.OBJECTION_RECORD, subject, false, new byte[16], false, content);
    }

    private static void submit(Ledger ledger, Act act) {
        ledger.submit(null, act).join();
    }

    private LedgerAudit.Report audit(LedgerAudit.@Nullable Head expected) {
        return new LedgerAudit(KEY, expected, new CaseAudit()).run(place);
    }

    private void broken(long position, String words) {
        LedgerAudit.Broken broken = audit(null).broken();
        assertNotNull(broken, "nothing was found");
        assertEquals(position, broken.position(), broken.words());
        assertTrue(broken.words().contains(words), broken.words());
    }

    /** What a superuser may do who has switched the triggers off. */
    private void tamper(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            assertTrue(statement.executeUpdate(sql) > 0, sql);
        }
    }

    @Test
    void ledger_asWritten_isWhole_alsoWithOneWhoLeft() {
        LedgerAudit.Report report = audit(null);
        assertNull(report.broken(), String.valueOf(report.broken()));
        assertEquals(10, report.head().position());
        assertNull(audit(report.head()).broken());
    }

    @Test
    void change_alteredInAnyColumn_named() throws SQLException {
        for (String column : new String[] {
            "payload = payload || '\\x00'::bytea",
            "payload = set_byte(payload, 20, get_byte(payload, 20) # 1)",
            "actor = 'desk-2'",
            "at = at + interval '1 microsecond'",
            "kind = 'case_filed'",
            "key_number = 2",
            "subject = set_byte(subject, 0, 9)",
            "hash = set_byte(hash, 0, get_byte(hash, 0) # 1)"
        }) {
            write();
            tamper("UPDATE change SET " + column + " WHERE position = 5");
            broken(5, "is not as it was written");
        }
    }

    @Test
    void change_takenOutOrPutIn_named() throws SQLException {
        tamper("DELETE FROM change WHERE position = 5");
        broken(5, "is missing");
        write();
        tamper("DELETE FROM change WHERE position > 8");
        broken(9, "the counter stands at 10, the last change is 8");
        write();
        tamper(
                "INSERT INTO change SELECT 11, subject, kind, key_number, payload, actor, at, hash FROM change WHERE position = 10");
        broken(11, "its hash does not fit");
        write();
        tamper("UPDATE ledger SET position = 9");
        broken(10, "the counter stands at 9");
    }

    @Test
    void ledger_writtenAnewFromAnEarlierState_namedByTheHeadThatWasKept() throws SQLException {
        LedgerAudit.Head kept = audit(null).head();
        tamper("DELETE FROM change WHERE position > 8");
        tamper("UPDATE ledger SET position = 8, head = (SELECT hash FROM change WHERE position = 8)");
        tamper("UPDATE cases SET state = 'forwarded', outcome = null, version = 2, due_on = DATE '2026-10-26'");
        assertNull(audit(null).broken(), "by itself it is whole");
        LedgerAudit.Broken broken = audit(kept).broken();
        assertNotNull(broken);
        assertEquals(9, broken.position());
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            for (int i = 0; i < 2; i++) {
                submit(ledger, page -> {
                    page.appendPersonal(PERSON, Kind.CONSENT_WITHDRAWN, Payload.of(), "self");
                    return DONE;
                });
            }
        }
        broken = audit(kept).broken();
        assertNotNull(broken);
        assertEquals(10, broken.position());
        assertTrue(broken.words().contains("another hash"), broken.words());
    }

    @Test
    void case_changedBesideItsTransitions_named() throws SQLException {
        for (String[] change : new String[][] {
            {"UPDATE cases SET state = 'closed'", "its transitions come to decided (rejected)"},
            {"UPDATE cases SET outcome = 'upheld'", "is decided (upheld)"},
            {"UPDATE cases SET version = 9", "in version 9"},
            {"UPDATE cases SET due_on = DATE '2030-01-01'", "due 2030-01-01"},
            {"UPDATE cases SET four_eyes = true", "come to"},
            {"UPDATE cases SET kind = 'repair'", "of another kind"},
            {"UPDATE cases SET id = gen_random_uuid()", "nobody has filed it"},
            {"DELETE FROM cases", "has no row"}
        }) {
            write();
            tamper(change[0]);
            broken(0, change[1]);
        }
    }

    @Test
    void key_changedOfOneWhoHasNotLeft_named() throws SQLException {
        tamper("UPDATE person SET key = set_byte(key, 20, get_byte(key, 20) # 1) WHERE key IS NOT NULL");
        broken(1, "cannot be opened");
        write();
        tamper("UPDATE person SET key = NULL WHERE left_at IS NULL");
        broken(1, "has not left");
    }
}
