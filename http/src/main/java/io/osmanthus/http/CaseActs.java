package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseException;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.cases.Filing;
import io.osmanthus.snapshots.cases.Move;
import io.osmanthus.snapshots.cases.Procedure;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.CaseLimits;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What citizens, organisations and the desk do with cases. For one request, on a worker; the reader has advanced. */
final class CaseActs {
    static final int REASON_MAX = 2_000;

    private static final Pattern TAG = Pattern.compile("\"([1-9][0-9]{0,8})\"");

    private final Site site;
    private final Live live;
    private final Reader reader;

    CaseActs(Site site, Live live, Reader reader) {
        this.site = site;
        this.live = live;
        this.reader = reader;
    }

    Writes.Judged judge(Route route, Map<String, String> path, Caller caller, byte[] body, @Nullable String ifMatch) {
        Generation generation = reader.advance();
        CaseLimits limits = site.vocabulary().regimes().cases();
        if (generation == null || limits == null) {
            return Writes.Judged.Refused.of(Problem.NOT_READY);
        }
        Procedure procedure = new Procedure(limits, site.vocabulary().workingDays());
        int today = (int) generation.day().toEpochDay();
        if (route == Route.CASE_MOVE) {
            return move(path.get("id"), caller, body, ifMatch, procedure, today);
        }
        Owner owner = owner(caller, path.get("uscc"));
        if (owner == null) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        Subject subject = owner.subject();
        if (owner.type() == SubjectType.PERSON
                ? reader.person(subject.high(), subject.low()) < 0
                : !reader.knowsOrganisation(subject.high(), subject.low())) {
            return Writes.Judged.Refused.of(
                    owner.type() == SubjectType.PERSON ? Problem.NOT_ENROLLED : Problem.NOT_FOUND);
        }
        if (route == Route.MY_REVIEW || route == Route.ORGANISATION_REVIEW) {
            return review(path.get("id"), owner, body, ifMatch, procedure, today);
        }
        CaseFilings filings = new CaseFilings(site, live, reader, generation, subject, owner.type());
        CaseFilings.Made made = route == Route.MY_REPAIR || route == Route.ORGANISATION_REPAIR
                ? filings.repair(body)
                : filings.objection(body);
        if (made instanceof CaseFilings.Made.Not not) {
            return not.refused();
        }
        Filing filing = ((CaseFilings.Made.Of) made).filing();
        long seenAt = generation.position();
        return new Writes.Judged.Ready(
                page -> {
                    if (caller instanceof Caller.Citizen citizen
                            && !page.here(subject, seenAt, CitizenActs.enrolment(citizen, 0), owner.actor())) {
                        throw new Writes.Refusal(Problem.NOT_ENROLLED);
                    }
                    Case row = Cases.file(page, filing, procedure, today, owner.actor());
                    return new Act.Outcome(
                            201, Reply.bytes(json -> CaseJson.filed(json, row, filing.content(), procedure)));
                },
                true);
    }

    private Writes.Judged move(
            @Nullable String given,
            Caller caller,
            byte[] body,
            @Nullable String ifMatch,
            Procedure procedure,
            int today) {
        UUID id = id(given);
        if (id == null) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        if (ifMatch == null) {
            return Writes.Judged.Refused.of(Problem.IF_MATCH_NEEDED);
        }
        int version = version(ifMatch);
        if (version < 0) {
            return Writes.Judged.Refused.of(Problem.CASE_MOVED_ON);
        }
        JsonObject read = JsonObject.parse(body, Set.of("to", "reason"));
        String word = read == null ? null : read.text("to", 32);
        String reason = read == null ? null : read.prose("reason", REASON_MAX);
        Move move = word == null ? null : Move.of(word);
        if (move == null) {
            return Writes.Judged.Refused.of(
                    Problem.MALFORMED,
                    "/to",
                    "must be one of "
                            + List.of(Move.values()).stream().map(Move::word).toList());
        }
        if (reason == null) {
            return Writes.Judged.Refused.of(
                    Problem.MALFORMED, "/reason", "is written, of 1 to " + REASON_MAX + " characters");
        }
        return moved(id, null, version, move, CaseFilings.masked(reason), caller.actor(), procedure, today);
    }

    /** Who filed asks for the one review. */
    private Writes.Judged review(
            @Nullable String given,
            Owner owner,
            byte[] body,
            @Nullable String ifMatch,
            Procedure procedure,
            int today) {
        UUID id = id(given);
        if (id == null) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        int version = ifMatch == null ? 0 : version(ifMatch);
        if (version < 0) {
            return Writes.Judged.Refused.of(Problem.CASE_MOVED_ON);
        }
        JsonObject read = JsonObject.parse(body, Set.of("grounds"));
        String grounds = read == null ? null : read.prose("grounds", REASON_MAX);
        if (grounds == null) {
            return Writes.Judged.Refused.of(
                    Problem.MALFORMED, "/grounds", "are written, of 1 to " + REASON_MAX + " characters");
        }
        return moved(
                id,
                owner.subject(),
                version,
                Move.REVIEW,
                CaseFilings.masked(grounds),
                owner.actor(),
                procedure,
                today);
    }

    private static Writes.Judged moved(
            UUID id,
            @Nullable Subject owner,
            int version,
            Move move,
            String reason,
            String actor,
            Procedure procedure,
            int today) {
        return new Writes.Judged.Ready(
                page -> {
                    Case row = Cases.move(page, id, owner, version, move, reason, actor, procedure, today);
                    return new Act.Outcome(200, Reply.bytes(json -> {
                        json.writeStartObject();
                        CaseJson.course(json, row);
                        json.writeEndObject();
                    }));
                },
                true);
    }

    /** On whose behalf somebody files. */
    record Owner(Subject subject, SubjectType type, String actor) {}

    /** Who files; null where an organisation is named that the caller does not speak for. */
    private @Nullable Owner owner(Caller caller, @Nullable String uscc) {
        return owner(site, caller, uscc);
    }

    static @Nullable Owner owner(Site site, Caller caller, @Nullable String uscc) {
        if (caller instanceof Caller.Citizen citizen) {
            return new Owner(new Subject(citizen.high(), citizen.low()), SubjectType.PERSON, caller.actor());
        }
        if (caller instanceof Caller.Representative representative && uscc != null) {
            PseudonymKey.Pseudonymiser maker = site.pseudonymKey().pseudonymiser(Scheme.USCC);
            maker.make(Canonical.of(uscc));
            return maker.high() == representative.high() && maker.low() == representative.low()
                    ? new Owner(
                            new Subject(representative.high(), representative.low()),
                            SubjectType.ORGANISATION,
                            caller.actor())
                    : null;
        }
        return null;
    }

    /** The id of a path, or null where it is none. */
    static @Nullable UUID id(@Nullable String given) {
        if (given == null || !given.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
            return null;
        }
        return UUID.fromString(given);
    }

    /** The version of an entity tag; 0 for whichever ({@code *}); -1 where it is no tag of ours. */
    private static int version(String ifMatch) {
        Matcher tag = TAG.matcher(ifMatch.strip());
        if (tag.matches()) {
            return Integer.parseInt(tag.group(1));
        }
        return ifMatch.strip().equals("*") ? 0 : -1;
    }

    /** Which problem an exception of cases is; the words are ours and name nobody. */
    static Writes.Judged.Refused refused(CaseException e) {
        return switch (e.code()) {
            case NOT_FOUND -> Writes.Judged.Refused.of(Problem.NOT_FOUND);
            case GONE -> Writes.Judged.Refused.of(Problem.NOT_ENROLLED);
            case STALE -> Writes.Judged.Refused.of(Problem.CASE_MOVED_ON);
            case ILLEGAL -> Writes.Judged.Refused.of(Problem.CASE_CONFLICT, "/to", e.words());
            case CONFLICT, TOO_MANY -> Writes.Judged.Refused.of(Problem.CASE_CONFLICT, "", e.words());
        };
    }
}
