package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.CaseLimits;
import io.osmanthus.snapshots.vocabulary.WorkingDays;
import java.time.LocalDate;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/*
 * A decision that was proposed on a first decision has an outcome that is not yet one; returned, a case of the first
 * instance has none again, and one in review has the decision that is reviewed. That one is a rejection or a correction,
 * and which of the two makes no difference to what follows.
 */

/**
 * The procedure (办理程序): where a move leads and by which day, from the table of states, the limits of the law and the
 * calendar. Pure and thread-safe.
 */
public final class Procedure {
    private final CaseLimits limits;
    private final WorkingDays calendar;

    public Procedure(CaseLimits limits, WorkingDays calendar) {
        this.limits = limits;
        this.calendar = calendar;
    }

    /** The day by which a case filed on a day is decided, if nobody else must be asked. */
    public int due(CaseKind kind, int filedOn) {
        LocalDate day = LocalDate.ofEpochDay(filedOn);
        return calendar.after(
                filedOn, kind.objection() ? limits.objectionOwnWorkingDays(day) : limits.repairWorkingDays(day));
    }

    /** The day by which a case filed on a day is decided once its source has been asked. */
    public int dueIfForwarded(CaseKind kind, int filedOn) {
        return calendar.after(due(kind, filedOn), more(kind, filedOn));
    }

    Case filed(
            UUID id, CaseKind kind, Subject subject, boolean organisation, byte[] object, boolean fourEyes, int day) {
        return new Case(
                id,
                kind,
                subject,
                organisation,
                object,
                CaseState.FILED,
                null,
                null,
                fourEyes,
                null,
                1,
                day,
                due(kind, day),
                Days.NONE,
                Days.NONE);
    }

    /**
     * A case after a move.
     *
     * @param actor who moves it; under four eyes a decision is approved by another than who has proposed it
     * @throws CaseException ILLEGAL, with the reason in words
     */
    Case moved(Case from, Move move, String actor, int today) {
        StateTable.Row row = StateTable.row(from.kind(), from.state(), move);
        if (row == null) {
            throw illegal(from, move);
        }
        if (from.state() == CaseState.PROPOSED) {
            return answered(from, move, actor, today);
        }
        if (move.decides()) {
            CaseState to = row.to();
            return from.fourEyes() || to == null ? from.proposed(move, actor) : decided(from, move, to, today);
        }
        return switch (move) {
            case FORWARDED ->
                from.at(CaseState.FORWARDED, calendar.after(from.dueOn(), more(from.kind(), from.filedOn())));
            case SUSPENDED -> from.suspended(calendar.between(today, from.dueOn()));
            case RESUMED -> {
                CaseState back = from.resumes();
                yield from.at(back == null ? CaseState.FILED : back, calendar.after(today, from.remaining()));
            }
            case REVIEW -> review(from, today);
            case CLOSED -> close(from, today);
            case UPHELD, REJECTED, CORRECTED, RETURNED -> throw illegal(from, move);
        };
    }

    private Case answered(Case from, Move move, String actor, int today) {
        CaseState back = from.resumes();
        CaseState source = back == null ? CaseState.FILED : back;
        if (move == Move.RETURNED) {
            return from.returned(source, source == CaseState.REVIEW ? Move.REJECTED : null);
        }
        if (move != from.outcome()) {
            throw new CaseException(
                    CaseException.Code.ILLEGAL,
                    "another decision is proposed: approve that one, or return it ('returned')");
        }
        if (actor.equals(from.proposer())) {
            throw new CaseException(
                    CaseException.Code.ILLEGAL, "who has proposed a decision does not approve it (four eyes)");
        }
        StateTable.Row row = StateTable.row(from.kind(), source, move);
        CaseState to = row == null || row.to() == null ? CaseState.DECIDED : row.to();
        return decided(from, move, to, today);
    }

    private Case decided(Case from, Move move, CaseState to, int today) {
        int until = move == Move.UPHELD || to == CaseState.CLOSED
                ? Days.NONE
                : calendar.after(today, limits.reviewRequestWorkingDays(LocalDate.ofEpochDay(today)));
        return from.decided(move, to, until);
    }

    private Case review(Case from, int today) {
        if (from.outcome() == Move.UPHELD) {
            throw new CaseException(
                    CaseException.Code.ILLEGAL, "it was decided as asked for: there is nothing to review");
        }
        if (today > from.reviewUntil()) {
            throw new CaseException(
                    CaseException.Code.ILLEGAL,
                    "a review could be asked for until " + LocalDate.ofEpochDay(from.reviewUntil()));
        }
        return from.at(CaseState.REVIEW, calendar.after(today, limits.reviewWorkingDays(LocalDate.ofEpochDay(today))));
    }

    /** Closing must not take a review away. */
    private static Case close(Case from, int today) {
        if (from.outcome() != Move.UPHELD && today <= from.reviewUntil()) {
            throw new CaseException(
                    CaseException.Code.ILLEGAL,
                    "a review may be asked for until " + LocalDate.ofEpochDay(from.reviewUntil())
                            + "; before that the case is not closed");
        }
        return from.at(CaseState.CLOSED, Days.NONE);
    }

    /** The working days that asking the source adds. */
    private int more(CaseKind kind, int filedOn) {
        LocalDate day = LocalDate.ofEpochDay(filedOn);
        return kind.objection()
                ? Math.max(0, limits.objectionSourceWorkingDays(day) - limits.objectionOwnWorkingDays(day))
                : 0;
    }

    private static CaseException illegal(Case from, Move move) {
        String legal = StateTable.legal(from.kind(), from.state()).stream()
                .map(Move::word)
                .collect(Collectors.joining(", "));
        return new CaseException(
                CaseException.Code.ILLEGAL,
                "a case of kind " + from.kind().word() + " that is "
                        + from.state().word() + " cannot be '" + move.word() + "'; it can be: "
                        + (legal.isEmpty() ? "nothing more" : legal));
    }

    /** Whether a mover other than the desk may make a move: who filed asks for a review, and nothing else. */
    public static boolean own(@Nullable Move move) {
        return move == Move.REVIEW;
    }
}
