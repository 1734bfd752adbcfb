package io.osmanthus.snapshots.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one table of states (状态表): which move of which kind of case is legal from which state, and where it leads. Code,
 * contract, documentation and tests are made from it. Stateless.
 *
 * <pre>
 * from       move                            to         kinds
 * filed      forwarded                       forwarded  all
 * filed      upheld, rejected                decided    all         (under four eyes: proposed)
 * filed      corrected                       decided    record, arrears, entry
 * forwarded  upheld, rejected, corrected     decided    as above
 * filed, forwarded, review   suspended       suspended  all
 * suspended  resumed                         where it came from
 * proposed   upheld, rejected, corrected     where the decision proposed leads
 * proposed   returned                        where it came from
 * decided    review, closed                  review, closed
 * review     upheld, rejected, corrected     closed     as above    (under four eyes: proposed)
 * </pre>
 *
 * A review is decided for good: there is one only, since nothing leads out of {@code closed}.
 */
public final class StateTable {
    private static final Set<CaseKind> ALL = EnumSet.allOf(CaseKind.class);
    private static final Set<CaseKind> CORRECTABLE =
            EnumSet.of(CaseKind.OBJECTION_RECORD, CaseKind.OBJECTION_ARREARS, CaseKind.OBJECTION_ENTRY);

    private static final List<Row> ROWS = rows();

    /**
     * One legal move.
     *
     * @param to null: where the case came from, or where what was proposed leads
     */
    public record Row(
            Set<CaseKind> kinds,
            CaseState from,
            Move move,
            @Nullable CaseState to) {}

    private StateTable() {}

    /** All rows. */
    public static List<Row> table() {
        return ROWS;
    }

    /** The row of a move, or null: it is not legal. */
    public static @Nullable Row row(CaseKind kind, CaseState from, Move move) {
        for (Row row : ROWS) {
            if (row.from() == from && row.move() == move && row.kinds().contains(kind)) {
                return row;
            }
        }
        return null;
    }

    /** The moves that are legal from a state, in their order. */
    public static List<Move> legal(CaseKind kind, CaseState from) {
        return Arrays.stream(Move.values())
                .filter(move -> row(kind, from, move) != null)
                .toList();
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(ALL, CaseState.FILED, Move.FORWARDED, CaseState.FORWARDED));
        decisions(rows, CaseState.FILED, CaseState.DECIDED);
        decisions(rows, CaseState.FORWARDED, CaseState.DECIDED);
        decisions(rows, CaseState.REVIEW, CaseState.CLOSED);
        decisions(rows, CaseState.PROPOSED, null);
        rows.add(new Row(ALL, CaseState.PROPOSED, Move.RETURNED, null));
        for (CaseState from : List.of(CaseState.FILED, CaseState.FORWARDED, CaseState.REVIEW)) {
            rows.add(new Row(ALL, from, Move.SUSPENDED, CaseState.SUSPENDED));
        }
        rows.add(new Row(ALL, CaseState.SUSPENDED, Move.RESUMED, null));
        rows.add(new Row(ALL, CaseState.DECIDED, Move.REVIEW, CaseState.REVIEW));
        rows.add(new Row(ALL, CaseState.DECIDED, Move.CLOSED, CaseState.CLOSED));
        return List.copyOf(rows);
    }

    private static void decisions(List<Row> rows, CaseState from, @Nullable CaseState to) {
        rows.add(new Row(ALL, from, Move.UPHELD, to));
        rows.add(new Row(ALL, from, Move.REJECTED, to));
        rows.add(new Row(CORRECTABLE, from, Move.CORRECTED, to));
    }
}
