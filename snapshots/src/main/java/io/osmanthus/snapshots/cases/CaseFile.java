package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A case with what was said: its row, what was filed, and each move since.
 *
 * @param filing null where it cannot be read any more
 */
public record CaseFile(Case row, @Nullable Payload filing, Instant filedAt, List<Step> steps) {
    /** One move: when, by whom, from where to where, and why. */
    public record Step(Instant at, String actor, String move, String from, String to, String reason) {}

    /** The file of a case from every change about its subject. */
    public static CaseFile of(Case row, List<Entry> about) {
        String id = row.id().toString();
        Payload filing = null;
        Instant filedAt = Instant.EPOCH;
        List<Step> steps = new ArrayList<>();
        for (Entry entry : about) {
            byte[] bytes = entry.payload();
            if (bytes == null || (entry.kind() != Kind.CASE_FILED && entry.kind() != Kind.CASE_MOVED)) {
                continue;
            }
            Payload payload = Payload.parse(bytes);
            if (!payload.text("case").equals(id)) {
                continue;
            }
            if (entry.kind() == Kind.CASE_FILED) {
                filing = payload;
                filedAt = entry.at();
            } else {
                steps.add(new Step(
                        entry.at(),
                        entry.actor(),
                        payload.text("move"),
                        payload.text("from"),
                        payload.text("to"),
                        payload.text("reason")));
            }
        }
        return new CaseFile(row, filing, filedAt, List.copyOf(steps));
    }

    /** The list entries that leave with a repaired record. */
    public List<Payload> entries() {
        Payload content = filing;
        return content == null ? List.of() : Effects.entries(content);
    }
}
