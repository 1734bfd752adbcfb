package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.LedgerAudit;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the rows of cases against the transitions in the ledger: each must be legal, and every row must be what they come to.
 * One use.
 */
public final class CaseAudit implements LedgerAudit.Listener {
    private final Map<String, Folded> cases = new HashMap<>();
    private final Set<Subject> seen = new HashSet<>();

    /** What the transitions of a case come to. */
    private record Folded(
            CaseKind kind,
            Subject subject,
            CaseState state,
            @Nullable CaseState resumes,
            @Nullable Move outcome,
            @Nullable String proposer,
            boolean fourEyes,
            int version,
            int dueOn,
            long position) {}

    /** How many cases there are. */
    public int count() {
        return cases.size();
    }

    @Override
    public @Nullable String change(Entry entry) {
        byte[] bytes = entry.payload();
        Kind kind = entry.kind();
        if (kind == Kind.LEFT) {
            if (seen.remove(entry.subject())) {
                cases.values().removeIf(one -> one.subject().equals(entry.subject()));
            }
            return null;
        }
        if (bytes == null || (kind != Kind.CASE_FILED && kind != Kind.CASE_MOVED)) {
            return null;
        }
        seen.add(entry.subject());
        Payload payload = Payload.parse(bytes);
        return kind == Kind.CASE_FILED ? filed(entry, payload) : moved(entry, payload);
    }

    @Override
    public @Nullable String end(Connection connection) throws SQLException {
        Map<String, Folded> left = new HashMap<>(cases);
        List<String> words = new ArrayList<>();
        Cases.forEach(connection, row -> {
            String wrong =
                    words.isEmpty() ? difference(row, left.remove(row.id().toString())) : null;
            if (wrong != null) {
                words.add(wrong);
            }
        });
        if (words.isEmpty() && !left.isEmpty()) {
            words.add("case " + left.keySet().iterator().next() + " was filed, and has no row in 'cases'");
        }
        return words.isEmpty() ? null : words.get(0);
    }

    private @Nullable String filed(Entry entry, Payload payload) {
        CaseKind kind = CaseKind.of(payload.text("case_kind"));
        String id = payload.text("case");
        if (kind == null || id.isEmpty() || cases.containsKey(id)) {
            return "files a case that was filed before, or of no known kind";
        }
        cases.put(
                id,
                new Folded(
                        kind,
                        entry.subject(),
                        CaseState.FILED,
                        null,
                        null,
                        null,
                        payload.number("four_eyes") == 1,
                        1,
                        payload.day("due_on"),
                        entry.position()));
        return null;
    }

    private @Nullable String moved(Entry entry, Payload payload) {
        String id = payload.text("case");
        Folded now = cases.get(id);
        Move move = Move.of(payload.text("move"));
        if (now == null || move == null || !now.subject().equals(entry.subject())) {
            return "moves case " + id + ", which was not filed";
        }
        if (payload.number("version") != now.version() + 1) {
            return "moves case " + id + " to version " + payload.number("version") + "; it was at " + now.version();
        }
        StateTable.Row row = StateTable.row(now.kind(), now.state(), move);
        CaseState to = row == null ? null : to(now, move, row);
        if (to == null
                || !now.state().word().equals(payload.text("from"))
                || !to.word().equals(payload.text("to"))) {
            return "moves case " + id + " by '" + move.word() + "' from '" + payload.text("from") + "' to '"
                    + payload.text("to") + "', which the table of states does not allow";
        }
        boolean approved = now.state() == CaseState.PROPOSED && move.decides();
        if (approved && (move != now.outcome() || entry.actor().equals(now.proposer()))) {
            return "approves another decision of case " + id + " than was proposed, or one's own";
        }
        boolean stops = to == CaseState.SUSPENDED || to == CaseState.PROPOSED;
        Move outcome = move.decides() ? move : move == Move.RETURNED ? before(now) : now.outcome();
        cases.put(
                id,
                new Folded(
                        now.kind(),
                        now.subject(),
                        to,
                        stops ? now.state() : null,
                        outcome,
                        to == CaseState.PROPOSED ? entry.actor() : null,
                        now.fourEyes(),
                        now.version() + 1,
                        payload.day("due_on"),
                        entry.position()));
        return null;
    }

    private static @Nullable Move before(Folded now) {
        return now.resumes() == CaseState.REVIEW ? Move.REJECTED : null;
    }

    private static @Nullable CaseState to(Folded now, Move move, StateTable.Row row) {
        CaseState to = row.to();
        if (move.decides() && now.state() != CaseState.PROPOSED) {
            return now.fourEyes() ? CaseState.PROPOSED : to;
        }
        CaseState resumes = now.resumes();
        if (to != null || resumes == null) {
            return to;
        }
        StateTable.Row proposed = move.decides() ? StateTable.row(now.kind(), resumes, move) : null;
        return move.decides() ? (proposed == null ? null : proposed.to()) : resumes;
    }

    private static @Nullable String difference(Case row, @Nullable Folded folded) {
        String name = "case " + row.id();
        if (folded == null) {
            return name + " stands in 'cases', and nobody has filed it";
        }
        if (row.kind() != folded.kind() || !row.subject().equals(folded.subject())) {
            return name + " is of another kind or subject than was filed at position " + folded.position();
        }
        String is = course(row.state(), row.resumes(), row.outcome(), row.version(), row.dueOn());
        String was = course(folded.state(), folded.resumes(), folded.outcome(), folded.version(), folded.dueOn());
        if (!is.equals(was)
                || row.fourEyes() != folded.fourEyes()
                || !Objects.equals(row.proposer(), folded.proposer())) {
            return name + " is " + is + ", and its transitions come to " + was + " (the last at position "
                    + folded.position() + ")";
        }
        return null;
    }

    private static String course(
            CaseState state, @Nullable CaseState resumes, @Nullable Move outcome, int version, int dueOn) {
        return state.word()
                + (resumes == null ? "" : " from " + resumes.word())
                + (outcome == null ? "" : " (" + outcome.word() + ")")
                + " in version " + version
                + (dueOn == Days.NONE ? "" : ", due " + java.time.LocalDate.ofEpochDay(dueOn));
    }
}
