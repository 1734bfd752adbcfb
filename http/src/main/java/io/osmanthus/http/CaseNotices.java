package io.osmanthus.http;

import io.osmanthus.engine.Keeper;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseState;
import io.osmanthus.snapshots.cases.Move;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Payload;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person is told of their cases: each move, and the days that count. Stateless. */
final class CaseNotices {
    /** Before the last day on which a review may be asked for. */
    static final int REVIEW_AHEAD_DAYS = 3;

    private CaseNotices() {}

    /** A move of a case; null for a step between the staff who decide, which decides nothing yet. */
    static @Nullable Notice moved(Entry entry, Payload payload, long id) {
        Move move = Move.of(payload.text("move"));
        boolean between = move == Move.RETURNED || payload.text("to").equals(CaseState.PROPOSED.word());
        if (move == null || between) {
            return null;
        }
        String kind = move.decides() ? "case-decided" : "case-moved";
        return new Notice(id, entry.at().toEpochMilli(), Notice.Axis.LEDGER, entry.position(), kind, json -> {
            json.writeStringField("case_id", payload.text("case"));
            json.writeStringField("move", move.word());
            json.writeStringField("state", payload.text("to"));
            json.writeStringField("reason", payload.text("reason"));
            json.writeStringField("due_on", text(payload.text("due_on")));
            json.writeStringField("review_until", text(payload.text("review_until")));
        });
    }

    /** The days that count of the cases as they stand: due and not decided, a review that can soon no longer be asked for. */
    static void dated(List<Case> cases, LocalDate today, Ids ids, List<Notice> into) {
        int day = (int) today.toEpochDay();
        for (Case row : cases) {
            if (row.state().pending() && row.dueOn() != Days.NONE && row.dueOn() <= day) {
                into.add(dated("case-due", "due_on", row, row.dueOn(), row.dueOn(), ids));
            }
            int told = row.reviewUntil() - REVIEW_AHEAD_DAYS;
            if (row.state() == CaseState.DECIDED && row.reviewUntil() >= day && told <= day) {
                into.add(dated("case-review-ends", "review_until", row, row.reviewUntil(), told, ids));
            }
        }
    }

    /** Makes the id of a notice from what makes it one. */
    interface Ids {
        long of(Object... parts);
    }

    private static Notice dated(String kind, String field, Case row, int last, int told, Ids ids) {
        long at =
                LocalDate.ofEpochDay(told).atStartOfDay(Keeper.ZONE).toInstant().toEpochMilli();
        return new Notice(ids.of(kind, row.id(), last), at, Notice.Axis.DAY, at, kind, json -> {
            json.writeStringField("case_id", row.id().toString());
            json.writeStringField("state", row.state().word());
            json.writeStringField(field, LocalDate.ofEpochDay(last).toString());
        });
    }

    private static @Nullable String text(String given) {
        return given.isEmpty() ? null : given;
    }
}
