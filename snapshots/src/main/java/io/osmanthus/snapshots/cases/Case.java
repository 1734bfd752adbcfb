package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.ledger.Subject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The course of a case, without anything that was said. Days are epoch days or {@link Days#NONE}.
 *
 * @param object a keyed hash of what it is about
 * @param resumes where a suspended or proposed case came from; else null
 * @param outcome the decision, or the one proposed; null before
 * @param fourEyes whether two persons decide
 * @param proposer who has proposed
 * @param version the number of its changes
 * @param remaining working days that were left when the clock was stopped
 * @param reviewUntil the last day on which a review may be asked for
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Case(
        UUID id,
        CaseKind kind,
        Subject subject,
        boolean organisation,
        byte[] object,
        CaseState state,
        @Nullable CaseState resumes,
        @Nullable Move outcome,
        boolean fourEyes,
        @Nullable String proposer,
        int version,
        int filedOn,
        int dueOn,
        int remaining,
        int reviewUntil) {
    /** Whether nothing has been decided: what an objection is about is in dispute so long. */
    boolean undecided() {
        return switch (state) {
            case FILED, FORWARDED -> true;
            case SUSPENDED, PROPOSED -> resumes != CaseState.REVIEW;
            case DECIDED, REVIEW, CLOSED -> false;
        };
    }

    /** In another state, with a day by which something is due. */
    Case at(CaseState next, int due) {
        return with(next, null, outcome, null, due, Days.NONE, reviewUntil);
    }

    Case decided(Move how, CaseState next, int until) {
        return with(next, null, how, null, Days.NONE, Days.NONE, until);
    }

    Case proposed(Move how, String by) {
        return with(CaseState.PROPOSED, state, how, by, dueOn, Days.NONE, reviewUntil);
    }

    Case returned(CaseState back, @Nullable Move before) {
        return with(back, null, before, null, dueOn, Days.NONE, reviewUntil);
    }

    Case suspended(int left) {
        return with(CaseState.SUSPENDED, state, outcome, null, Days.NONE, left, reviewUntil);
    }

    private Case with(
            CaseState next,
            @Nullable CaseState back,
            @Nullable Move how,
            @Nullable String by,
            int due,
            int left,
            int until) {
        return new Case(
                id,
                kind,
                subject,
                organisation,
                object,
                next,
                back,
                how,
                fourEyes,
                by,
                version + 1,
                filedOn,
                due,
                left,
                until);
    }
}
