package io.osmanthus.http;

import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseFile;
import io.osmanthus.snapshots.cases.CaseState;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is read of cases. For one request, on a worker. */
final class CaseReads {
    /** Cases of a page of the work queue. */
    static final int PAGE_MAX = 100;

    private final Site site;
    private final Live live;

    CaseReads(Site site, Live live) {
        this.site = site;
        this.live = live;
    }

    /**
     * What is shown.
     *
     * @param person whom of the enrolled it is about, or null: an organisation, or nobody
     * @param version of the one case shown, 0 for a list
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Shown(byte[] body, @Nullable Subject person, int version) {}

    /** The cases of a citizen or an organisation, or one of them. */
    Shown own(Route route, Map<String, String> path, Caller caller) {
        CaseActs.Owner owner = CaseActs.owner(site, caller, path.get("uscc"));
        if (owner == null) {
            throw new Writes.Refusal(Problem.NOT_FOUND);
        }
        boolean person = owner.type() == SubjectType.PERSON;
        if (person && !enrolled(owner.subject())) {
            throw new Writes.Refusal(Problem.NOT_ENROLLED);
        }
        Subject about = person ? owner.subject() : null;
        if (route == Route.MY_CASES || route == Route.ORGANISATION_CASES) {
            List<Case> rows = Cases.of(live.ledger(), owner.subject());
            return new Shown(CaseJson.list(rows, null), about, 0);
        }
        Case row = found(path.get("id"));
        if (!row.subject().equals(owner.subject())) {
            throw new Writes.Refusal(Problem.NOT_FOUND);
        }
        return new Shown(CaseJson.file(file(row), false), about, row.version());
    }

    /** One case, for the desk. */
    Shown desk(Map<String, String> path) {
        Case row = found(path.get("id"));
        Subject about = row.organisation() ? null : row.subject();
        return new Shown(CaseJson.file(file(row), true), about, row.version());
    }

    /** A page of the work queue. */
    Shown queue(CaseCursor asked, String actor) {
        List<Case> rows = Cases.queue(live.ledger(), asked.state(), asked.dueBefore(), asked.place(), PAGE_MAX + 1);
        String next = null;
        List<Case> page = rows;
        if (rows.size() > PAGE_MAX) {
            page = rows.subList(0, PAGE_MAX);
            Case last = page.get(PAGE_MAX - 1);
            next = new CaseCursor(asked.state(), asked.dueBefore(), new Cases.Place(last.dueOn(), last.id()))
                    .text(site.pseudonymKey(), actor);
        }
        return new Shown(CaseJson.list(page, next), null, 0);
    }

    /** What a query for the work queue asks for; null where it is malformed. */
    static @Nullable CaseCursor asked(
            @Nullable String state, @Nullable String dueBefore, @Nullable String cursor, Site site, String actor) {
        if (cursor != null) {
            return CaseCursor.of(cursor, site.pseudonymKey(), actor);
        }
        CaseState wanted = state == null ? null : CaseState.of(state);
        int before = dueBefore == null ? Days.NONE : dueBefore.isEmpty() ? Days.MALFORMED : Days.parse(dueBefore);
        return (state != null && wanted == null) || before == Days.MALFORMED
                ? null
                : new CaseCursor(wanted, before, null);
    }

    private boolean enrolled(Subject person) {
        try (Reader reader = live.engine().reader()) {
            if (reader.advance() == null) {
                throw new Writes.Refusal(Problem.NOT_READY);
            }
            return reader.person(person.high(), person.low()) >= 0;
        }
    }

    private Case found(@Nullable String given) {
        UUID id = CaseActs.id(given);
        Case row = id == null ? null : Cases.find(live.ledger(), id);
        if (row == null) {
            throw new Writes.Refusal(Problem.NOT_FOUND);
        }
        return row;
    }

    private CaseFile file(Case row) {
        return CaseFile.of(row, live.ledger().about(row.subject()));
    }
}
