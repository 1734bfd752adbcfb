package io.osmanthus.snapshots.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ProcedureTest {
    private static final Vocabulary VOCABULARY =
            Vocabulary.load(Path.of(System.getProperty("osmanthus.root", ".")).resolve("config"));
    static final Procedure PROCEDURE =
            new Procedure(Objects.requireNonNull(VOCABULARY.regimes().cases()), VOCABULARY.workingDays());

    private static Case filed(CaseKind kind, boolean fourEyes, String day) {
        return PROCEDURE.filed(new UUID(1, 2), kind, new Subject(1, 2), false, new byte[16], fourEyes, day(day));
    }

    private static int day(String date) {
        return (int) LocalDate.parse(date).toEpochDay();
    }

    private static String text(int day) {
        return LocalDate.ofEpochDay(day).toString();
    }

    private static Case moved(Case from, Move move, String day) {
        return PROCEDURE.moved(from, move, "desk-1", day(day));
    }

    private static void refused(Case from, Move move, String actor, String day, String words) {
        CaseException refused = assertThrows(CaseException.class, () -> PROCEDURE.moved(from, move, actor, day(day)));
        assertEquals(CaseException.Code.ILLEGAL, refused.code());
        assertTrue(refused.words().contains(words), refused.words());
    }

    @Test
    void filed_dueByWorkingDays_overSpringFestivalAndNationalDay() {
        // the golden cases of the calendar: 2020-01-20 + 7 = 2020-02-06, 2026-09-25 + 7 = 2026-10-12
        assertEquals(
                "2020-01-23",
                text(filed(CaseKind.OBJECTION_RECORD, false, "2020-01-20").dueOn()));
        assertEquals("2020-02-06", text(PROCEDURE.dueIfForwarded(CaseKind.OBJECTION_RECORD, day("2020-01-20"))));
        assertEquals("2026-10-12", text(PROCEDURE.dueIfForwarded(CaseKind.OBJECTION_ENTRY, day("2026-09-25"))));
        assertEquals(
                "2026-10-20",
                text(filed(CaseKind.OBJECTION_ACCESS, false, "2026-10-15").dueOn()));
        assertEquals(
                "2026-10-29", text(filed(CaseKind.REPAIR, false, "2026-10-15").dueOn()));
        assertEquals("2026-10-29", text(PROCEDURE.dueIfForwarded(CaseKind.REPAIR, day("2026-10-15"))));
    }

    @Test
    void forwarded_dueSevenWorkingDaysAfterTheFiling() {
        Case row = filed(CaseKind.OBJECTION_RECORD, false, "2026-09-25");
        assertEquals("2026-10-12", text(moved(row, Move.FORWARDED, "2026-09-28").dueOn()));
    }

    @Test
    void suspendedAndResumed_theWorkingDaysLeftRunOn() {
        Case row = moved(filed(CaseKind.OBJECTION_RECORD, false, "2026-10-15"), Move.FORWARDED, "2026-10-16");
        assertEquals("2026-10-26", text(row.dueOn()));
        Case stopped = moved(row, Move.SUSPENDED, "2026-10-20");
        assertEquals(Days.NONE, stopped.dueOn());
        assertEquals(4, stopped.remaining());
        refused(stopped, Move.UPHELD, "desk-1", "2026-10-21", "can be: resumed");
        Case again = moved(stopped, Move.RESUMED, "2026-11-20");
        assertEquals(CaseState.FORWARDED, again.state());
        assertEquals("2026-11-26", text(again.dueOn()));
        Case late = moved(moved(row, Move.SUSPENDED, "2026-11-02"), Move.RESUMED, "2026-11-10");
        assertEquals("2026-11-10", text(late.dueOn()), "overdue stays due at once");
    }

    @Test
    void rejected_reviewOnceAndInTime_thenClosedForGood() {
        Case rejected = moved(filed(CaseKind.OBJECTION_RECORD, false, "2026-10-15"), Move.REJECTED, "2026-10-19");
        assertEquals("2026-11-02", text(rejected.reviewUntil()));
        refused(rejected, Move.CLOSED, "desk-1", "2026-11-02", "until 2026-11-02");
        refused(rejected, Move.REVIEW, "self", "2026-11-03", "until 2026-11-02");
        assertEquals(
                CaseState.CLOSED, moved(rejected, Move.CLOSED, "2026-11-03").state());
        Case review = moved(rejected, Move.REVIEW, "2026-11-02");
        assertEquals("2026-11-11", text(review.dueOn()));
        Case closed = moved(review, Move.UPHELD, "2026-11-04");
        assertEquals(CaseState.CLOSED, closed.state());
        assertEquals(Move.UPHELD, closed.outcome());
        refused(closed, Move.REVIEW, "self", "2026-11-04", "nothing more");
    }

    @Test
    void upheld_nothingToReview_closedAtOnce() {
        Case upheld = moved(filed(CaseKind.REPAIR, false, "2026-10-15"), Move.UPHELD, "2026-10-15");
        refused(upheld, Move.REVIEW, "self", "2026-10-15", "as asked for");
        assertEquals(CaseState.CLOSED, moved(upheld, Move.CLOSED, "2026-10-15").state());
    }

    @Test
    void fourEyes_oneProposesAnotherApproves() {
        Case row = filed(CaseKind.OBJECTION_RECORD, true, "2026-10-15");
        Case proposed = moved(row, Move.UPHELD, "2026-10-16");
        assertEquals(CaseState.PROPOSED, proposed.state());
        assertEquals("desk-1", proposed.proposer());
        assertEquals(row.dueOn(), proposed.dueOn());
        refused(proposed, Move.UPHELD, "desk-1", "2026-10-16", "four eyes");
        refused(proposed, Move.REJECTED, "desk-2", "2026-10-16", "another decision is proposed");
        Case returned = PROCEDURE.moved(proposed, Move.RETURNED, "desk-2", day("2026-10-16"));
        assertEquals(CaseState.FILED, returned.state());
        assertNull(returned.outcome());
        Case decided = PROCEDURE.moved(proposed, Move.UPHELD, "desk-2", day("2026-10-16"));
        assertEquals(CaseState.DECIDED, decided.state());
        assertNull(decided.proposer());
    }

    @Test
    void fourEyes_alsoInReview() {
        Case proposed = moved(filed(CaseKind.OBJECTION_RECORD, true, "2026-10-15"), Move.REJECTED, "2026-10-16");
        Case rejected = PROCEDURE.moved(proposed, Move.REJECTED, "desk-2", day("2026-10-16"));
        Case review = PROCEDURE.moved(rejected, Move.REVIEW, "self", day("2026-10-19"));
        Case again = moved(review, Move.UPHELD, "2026-10-20");
        assertEquals(CaseState.PROPOSED, again.state());
        Case back = PROCEDURE.moved(again, Move.RETURNED, "desk-2", day("2026-10-20"));
        assertEquals(CaseState.REVIEW, back.state());
        assertEquals(
                CaseState.CLOSED,
                PROCEDURE.moved(again, Move.UPHELD, "desk-2", day("2026-10-20")).state());
    }
}
