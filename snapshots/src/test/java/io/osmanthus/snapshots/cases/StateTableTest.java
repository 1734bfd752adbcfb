package io.osmanthus.snapshots.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.ledger.Subject;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the table of states promises as a whole, and that the procedure follows it. */
final class StateTableTest {
    private static final int DAY = (int) LocalDate.of(2026, 10, 15).toEpochDay();

    /** A case of a kind in a state, got there by legal moves. */
    static Case in(CaseKind kind, CaseState state) {
        Case row = ProcedureTest.PROCEDURE.filed(
                new UUID(1, 2), kind, new Subject(1, 2), false, new byte[16], state == CaseState.PROPOSED, DAY);
        List<Move> way =
                switch (state) {
                    case FILED -> List.of();
                    case FORWARDED -> List.of(Move.FORWARDED);
                    case SUSPENDED -> List.of(Move.SUSPENDED);
                    case PROPOSED, DECIDED -> List.of(Move.REJECTED);
                    case REVIEW -> List.of(Move.REJECTED, Move.REVIEW);
                    case CLOSED -> List.of(Move.REJECTED, Move.REVIEW, Move.UPHELD);
                };
        for (Move move : way) {
            row = ProcedureTest.PROCEDURE.moved(row, move, "desk-1", DAY);
        }
        assertEquals(state, row.state());
        return row;
    }

    @Test
    void table_everyRow_once() {
        for (StateTable.Row row : StateTable.table()) {
            for (CaseKind kind : row.kinds()) {
                assertEquals(
                        1,
                        StateTable.table().stream()
                                .filter(other -> other.from() == row.from()
                                        && other.move() == row.move()
                                        && other.kinds().contains(kind))
                                .count(),
                        row.toString());
            }
        }
    }

    @Test
    void table_everyStateOfEveryKind_isReachedAndLeadsToClosed() {
        for (CaseKind kind : CaseKind.values()) {
            Set<CaseState> seen = EnumSet.of(CaseState.FILED);
            Deque<CaseState> next = new ArrayDeque<>(seen);
            while (!next.isEmpty()) {
                CaseState state = next.remove();
                for (Move move : StateTable.legal(kind, state)) {
                    StateTable.Row row = StateTable.row(kind, state, move);
                    CaseState to = row == null ? null : row.to();
                    if (to != null && seen.add(to)) {
                        next.add(to);
                    }
                }
            }
            seen.add(CaseState.PROPOSED);
            assertEquals(EnumSet.allOf(CaseState.class), seen, kind.word());
            assertTrue(StateTable.legal(kind, CaseState.CLOSED).isEmpty());
        }
        assertFalse(StateTable.legal(CaseKind.REPAIR, CaseState.FILED).contains(Move.CORRECTED));
        assertFalse(
                StateTable.legal(CaseKind.OBJECTION_ACCESS, CaseState.REVIEW).contains(Move.CORRECTED));
    }

    @Test
    void moved_everyMoveThatIsNotInTheTable_refusedWithAReason() {
        int refused = 0;
        for (CaseKind kind : CaseKind.values()) {
            for (CaseState state : CaseState.values()) {
                for (Move move : Move.values()) {
                    if (StateTable.row(kind, state, move) != null) {
                        continue;
                    }
                    Case row = in(kind, state);
                    CaseException why = assertThrows(
                            CaseException.class,
                            () -> ProcedureTest.PROCEDURE.moved(row, move, "desk-2", DAY),
                            kind + " " + state + " " + move);
                    assertEquals(CaseException.Code.ILLEGAL, why.code());
                    assertTrue(why.words().contains(state.word()), why.words());
                    assertTrue(why.words().contains("'" + move.word() + "'"), why.words());
                    refused++;
                }
            }
        }
        assertEquals(
                (long) CaseKind.values().length * CaseState.values().length * Move.values().length - legal(), refused);
    }

    private static long legal() {
        return StateTable.table().stream().mapToLong(row -> row.kinds().size()).sum();
    }
}
