package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Marks;
import java.util.ArrayList;
import java.util.List;

/*
 * Marks take the place of those before, so what was marked last is read from the ledger in the same transaction. What a
 * source has retracted meanwhile stays retracted, whatever is decided.
 */

/** What a case does to records, arrears and entries, as changes of one transaction. For one act. */
final class Effects {
    private final Page page;
    private final Subject subject;
    private final boolean organisation;
    private final String actor;
    private final Earlier earlier;
    private final List<Entry> before;

    Effects(Page page, Case row, String actor, Earlier earlier) {
        this.page = page;
        this.subject = row.subject();
        this.organisation = row.organisation();
        this.actor = actor;
        this.earlier = earlier;
        this.before = earlier.changes();
    }

    /** An objection marks at once what it is about. */
    void filed(CaseKind kind, Payload content) {
        switch (kind) {
            case OBJECTION_RECORD, OBJECTION_ARREARS, OBJECTION_ENTRY -> mark(kind, content, Marks.DISPUTED, 0);
            case OBJECTION_ACCESS, REPAIR -> {}
        }
    }

    /**
     * A decision takes the mark away, unless another objection to the same waits for its own, and takes back or repairs for good
     * what it finds so.
     */
    void decided(Case row, Payload content, Move outcome) {
        CaseKind kind = row.kind();
        switch (kind) {
            case OBJECTION_RECORD, OBJECTION_ARREARS, OBJECTION_ENTRY -> {
                int found = outcome == Move.REJECTED ? 0 : Marks.RETRACTED;
                mark(kind, content, found, earlier.disputedElsewhere(row, content) ? 0 : Marks.DISPUTED);
            }
            case REPAIR -> {
                if (outcome == Move.UPHELD) {
                    repair(content);
                }
            }
            case OBJECTION_ACCESS -> {}
        }
    }

    private void repair(Payload content) {
        if (content.text("list").isEmpty()) {
            mark(CaseKind.OBJECTION_RECORD, content, Marks.REPAIRED, 0);
        } else {
            mark(CaseKind.OBJECTION_ENTRY, content, Marks.REPAIRED, 0);
        }
        for (Payload entry : entries(content)) {
            mark(CaseKind.OBJECTION_ENTRY, entry, Marks.REPAIRED, 0);
        }
    }

    /** The list entries that rest on a record, and leave with it. */
    static List<Payload> entries(Payload content) {
        List<Payload> entries = new ArrayList<>();
        for (String line : content.text("entries").split("\n", -1)) {
            String[] parts = line.split("\t", -1);
            if (parts.length == 3) {
                entries.add(Payload.of()
                        .with("list", parts[0])
                        .with("id", parts[1])
                        .with("leaves_on", parts[2].isEmpty() ? null : parts[2]));
            }
        }
        return entries;
    }

    private void mark(CaseKind kind, Payload content, int add, int remove) {
        switch (kind) {
            case OBJECTION_RECORD -> record(content, add, remove);
            case OBJECTION_ARREARS -> arrears(content, add, remove);
            case OBJECTION_ENTRY -> entry(content, add, remove);
            case OBJECTION_ACCESS, REPAIR -> {}
        }
    }

    private void record(Payload content, int add, int remove) {
        String id = content.text("id");
        String source = content.text("source");
        int marks = 0;
        for (Entry entry : before) {
            byte[] bytes = entry.payload();
            if (entry.kind() == Kind.RECORD_MARKED && bytes != null) {
                Payload payload = Payload.parse(bytes);
                boolean same = payload.text("record_id").equals(id)
                        && payload.text("source").equals(source);
                marks = same ? (int) payload.number("marks") : marks;
            }
        }
        int next = (marks & ~remove) | add;
        if (next != marks) {
            append(
                    Kind.RECORD_MARKED,
                    Payload.of()
                            .with("type", organisation ? "organisation" : "person")
                            .with("record_id", id)
                            .with("source", source)
                            .with("marks", next));
        }
    }

    private void arrears(Payload content, int add, int remove) {
        String scene = content.text("scene");
        int since = content.day("since");
        int marks = 0;
        for (Entry entry : before) {
            byte[] bytes = entry.payload();
            boolean added = entry.kind() == Kind.ARREARS_ADDED;
            if ((added || entry.kind() == Kind.ARREARS_MARKED) && bytes != null) {
                Payload payload = Payload.parse(bytes);
                if (payload.text("scene").equals(scene) && payload.day("since") == since) {
                    // what is new is in dispute with its day, and not taken back with what was there before
                    marks = added ? marks & Marks.DISPUTED : (int) payload.number("marks");
                }
            }
        }
        int next = (marks & ~remove) | add;
        if (next != marks) {
            append(
                    Kind.ARREARS_MARKED,
                    Payload.of().with("scene", scene).withDay("since", since).with("marks", next));
        }
    }

    private void entry(Payload content, int add, int remove) {
        String id = content.text("id");
        String list = content.text("list");
        int marks = 0;
        for (Entry entry : before) {
            byte[] bytes = entry.payload();
            if (entry.kind() == Kind.ENTRY_AMENDED && bytes != null) {
                Payload payload = Payload.parse(bytes);
                int marked = Amendment.of(payload).marks();
                boolean same = payload.text("entry_id").equals(id)
                        && payload.text("list").equals(list)
                        && marked != Amendment.KEPT;
                marks = same ? marked : marks;
            }
        }
        int next = (marks & ~remove) | add;
        if (next != marks) {
            // marks only: its last day stays that of the delivery, and moves with it
            append(
                    Kind.ENTRY_AMENDED,
                    new Amendment(Amendment.KEPT, next)
                            .in(Payload.of().with("entry_id", id).with("list", list)));
        }
    }

    private void append(Kind kind, Payload payload) {
        if (organisation) {
            page.appendOpen(subject, kind, payload, actor);
        } else {
            page.appendPersonal(subject, kind, payload, actor);
        }
    }
}
