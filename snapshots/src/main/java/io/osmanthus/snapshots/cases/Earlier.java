package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * What a case is about is said twice: by the keyed hash in its row, and by what was filed, in the ledger. The hash does not
 * survive another pseudonym key, and the filing is gone once it is erased: either is enough to know the same again.
 *
 * Arrears are named by scene and first day, and another debt may come of a day that a case is, or was, about. While nothing is
 * decided it is in dispute with the others. Afterwards it is something new, and can be objected to, also before the case about
 * the others is closed.
 */

/** The cases of one subject and what its changes say, as an act finds them. For one act. */
final class Earlier {
    private static final int OBJECT_BYTES = 16;

    private final List<Case> rows;
    private final List<Entry> changes;
    private final Map<String, Filed> filings = new HashMap<>();

    private record Filed(long position, Payload content) {}

    private Earlier(List<Case> rows, List<Entry> changes) {
        this.rows = rows;
        this.changes = changes;
        for (Entry entry : changes) {
            byte[] bytes = entry.payload();
            if (entry.kind() == Kind.CASE_FILED && bytes != null) {
                Payload content = Payload.parse(bytes);
                filings.put(content.text("case"), new Filed(entry.position(), content));
            }
        }
    }

    static Earlier of(Page page, Subject subject) throws SQLException {
        return new Earlier(Cases.every(page.connection(), subject), page.about(subject));
    }

    /** Every change about the subject that can be read, in order. */
    List<Entry> changes() {
        return changes;
    }

    /** What was filed with a case. */
    Payload filing(Case row) {
        Filed filed = filings.get(row.id().toString());
        if (filed == null) {
            throw new CaseException(CaseException.Code.GONE, "what was filed cannot be read any more");
        }
        return filed.content();
    }

    /**
     * Refuses what is before the desk already or was decided for good.
     *
     * @throws CaseException CONFLICT, TOO_MANY
     */
    void refuseRepetition(Filing filing) {
        int open = 0;
        for (Case row : rows) {
            boolean closed = row.state() == CaseState.CLOSED;
            open += closed ? 0 : 1;
            if (!same(row, filing) || (!row.undecided() && newSince(row, filing))) {
                continue;
            }
            if (!closed) {
                throw new CaseException(CaseException.Code.CONFLICT, "a case about the same is open already");
            }
            if (forGood(row)) {
                throw new CaseException(CaseException.Code.CONFLICT, "a case about the same has been decided for good");
            }
        }
        if (open >= Cases.OPEN_MAX) {
            throw new CaseException(
                    CaseException.Code.TOO_MANY, Cases.OPEN_MAX + " cases are open already: wait until one is closed");
        }
    }

    /** The hash of what is filed about; another where a case about older arrears of the day has not been closed. */
    byte[] object(Filing filing) {
        boolean taken = rows.stream()
                .anyMatch(row -> row.state() != CaseState.CLOSED && Arrays.equals(row.object(), filing.object()));
        if (!taken) {
            return filing.object();
        }
        long before = rows.stream().filter(row -> same(row, filing)).count();
        ByteBuffer text = ByteBuffer.allocate(filing.object().length + Long.BYTES);
        text.put(filing.object()).putLong(before);
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(text.array()), OBJECT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether another objection to the same waits for its decision: then it stays in dispute. */
    boolean disputedElsewhere(Case one, Payload content) {
        String name = name(one.kind(), content);
        return rows.stream()
                .anyMatch(row -> !row.id().equals(one.id())
                        && row.kind().objection()
                        && row.undecided()
                        && name.equals(name(row)));
    }

    private boolean same(Case row, Filing filing) {
        return row.kind() == filing.kind()
                && (Arrays.equals(row.object(), filing.object())
                        || name(filing.kind(), filing.content()).equals(name(row)));
    }

    /** Whether there are arrears of the day that came after a case about it was filed. */
    private boolean newSince(Case row, Filing filing) {
        Filed filed = filings.get(row.id().toString());
        if (row.kind() != CaseKind.OBJECTION_ARREARS || filed == null) {
            // in doubt for the person
            return row.kind() == CaseKind.OBJECTION_ARREARS;
        }
        Payload then = filed.content();
        if (then.has("debts") && filing.content().number("debts") > then.number("debts")) {
            return true;
        }
        for (Entry entry : changes) {
            byte[] bytes = entry.payload();
            if (entry.kind() == Kind.ARREARS_ADDED && entry.position() > filed.position() && bytes != null) {
                Payload added = Payload.parse(bytes);
                if (added.text("scene").equals(then.text("scene")) && added.day("since") == then.day("since")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a case that is closed leaves no other: a repair may be asked for again, arrears of one day may be new ones. */
    private static boolean forGood(Case row) {
        boolean upheld = row.outcome() == Move.UPHELD;
        return switch (row.kind()) {
            case REPAIR -> upheld;
            case OBJECTION_ARREARS -> !upheld;
            case OBJECTION_RECORD, OBJECTION_ACCESS, OBJECTION_ENTRY -> true;
        };
    }

    private @Nullable String name(Case row) {
        Filed filed = filings.get(row.id().toString());
        return filed == null ? null : name(row.kind(), filed.content());
    }

    private static String name(CaseKind kind, Payload content) {
        String list = content.text("list");
        String of =
                switch (kind) {
                    case OBJECTION_ARREARS -> content.text("scene") + '\u001f' + content.text("since");
                    case OBJECTION_ENTRY -> list + '\u001f' + content.text("id");
                    case OBJECTION_ACCESS -> content.text("id");
                    case OBJECTION_RECORD -> content.text("source") + '\u001f' + content.text("id");
                    case REPAIR -> (list.isEmpty() ? content.text("source") : list) + '\u001f' + content.text("id");
                };
        return kind.word() + '\u001f' + of;
    }
}
