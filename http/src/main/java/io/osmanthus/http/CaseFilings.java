package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Held;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.Filing;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.trail.Access;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.vocabulary.CaseLimits;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/*
 * What is filed is looked up in what is held here: nobody files about what is not theirs, and what is not found is 404. The
 * texts of who files are kept as they are but for citizen ids, which become stars: a desk works with pseudonyms.
 */

/** Makes filings of requests. For one request, on a worker; the reader has advanced. */
final class CaseFilings {
    static final int ID_MAX = 128;
    static final int GROUNDS_MAX = 500;
    static final int TEXT_MAX = 4_000;
    static final int ENTRIES_MAX = 20;

    private static final int ACCESSES_MAX = 1_000;
    private static final Set<String> OBJECTION = Set.of("subject", "id", "source", "grounds", "statement");
    private static final Set<String> REPAIR = Set.of("record_id", "entry_id", "source", "evidence", "entries");
    private static final Set<String> EVIDENCE = Set.of("duties_fulfilled", "commitment_letter", "other");

    private final Site site;
    private final Reader reader;
    private final Generation generation;
    private final Subject subject;
    private final SubjectType type;
    private final CaseLookups lookups;

    CaseFilings(Site site, Live live, Reader reader, Generation generation, Subject subject, SubjectType type) {
        this.site = site;
        this.reader = reader;
        this.generation = generation;
        this.subject = subject;
        this.type = type;
        this.lookups = new CaseLookups(site, live, generation, subject, type);
    }

    /** What came of a request: a filing, or why there is none. */
    sealed interface Made {
        record Of(Filing filing) implements Made {}

        record Not(Writes.Judged.Refused refused) implements Made {}
    }

    Made objection(byte[] body) {
        JsonObject given = JsonObject.parse(body, OBJECTION);
        if (given == null) {
            return malformed("", "must be an object with 'subject', 'id' and 'grounds'");
        }
        String about = given.text("subject", ID_MAX);
        String id = given.text("id", ID_MAX);
        String grounds = given.prose("grounds", GROUNDS_MAX);
        String statement = given.prose("statement", TEXT_MAX);
        if (about == null || id == null || grounds == null) {
            String missing = about == null ? "subject" : id == null ? "id" : "grounds";
            return malformed("/" + missing, "must be a text that is not empty, of the length allowed");
        }
        if (given.has("statement") && statement == null) {
            return malformed("/statement", "must be a text of at most " + TEXT_MAX + " characters");
        }
        Payload content = Payload.of()
                .with("id", id)
                .with("grounds", masked(grounds))
                .with("statement", statement == null ? null : masked(statement));
        boolean person = type == SubjectType.PERSON;
        return switch (about) {
            case "record" -> record(given, "/id", id, content, CaseKind.OBJECTION_RECORD);
            case "arrears" -> person ? arrears(id, content) : malformed("/subject", "must be record or entry");
            case "access" -> person ? access(id, content) : malformed("/subject", "must be record or entry");
            case "entry" ->
                person
                        ? malformed("/subject", "must be record, arrears or access")
                        : entry("/id", id, content, CaseKind.OBJECTION_ENTRY);
            default -> malformed("/subject", person ? "must be record, arrears or access" : "must be record or entry");
        };
    }

    Made repair(byte[] body) {
        JsonObject given = JsonObject.parse(body, REPAIR);
        String record = given == null ? null : given.text("record_id", ID_MAX);
        String entry = given == null ? null : given.text("entry_id", ID_MAX);
        boolean entryAllowed = type == SubjectType.ORGANISATION;
        if (given == null
                || (record == null) == (entry == null)
                || (!entryAllowed && (entry != null || given.has("entries")))) {
            return malformed(
                    "",
                    entryAllowed
                            ? "must be an object with 'record_id' or 'entry_id', and 'evidence'"
                            : "must be an object with 'record_id' and 'evidence'");
        }
        Payload content = Payload.of();
        Writes.Judged.Refused refused = evidence(given, content);
        if (refused != null) {
            return new Made.Not(refused);
        }
        if (record != null) {
            content.with("id", record);
            return record(given, "/record_id", record, content, CaseKind.REPAIR);
        }
        String id = String.valueOf(entry);
        content.with("id", id);
        return entry("/entry_id", id, content, CaseKind.REPAIR);
    }

    /** Evidence is an object of texts; a text alone is that of the duties fulfilled. */
    private static Writes.Judged.@Nullable Refused evidence(JsonObject given, Payload content) {
        String plain = given.prose("evidence", TEXT_MAX);
        if (plain != null) {
            content.with("duties_fulfilled", masked(plain));
            return null;
        }
        JsonObject evidence = given.object("evidence", EVIDENCE);
        if (evidence == null) {
            return Writes.Judged.Refused.of(
                    Problem.MALFORMED,
                    "/evidence",
                    "must be a text, or an object of 'duties_fulfilled', 'commitment_letter', 'other'");
        }
        for (String key : EVIDENCE) {
            String text = evidence.prose(key, TEXT_MAX);
            if (evidence.has(key) && text == null) {
                return Writes.Judged.Refused.of(
                        Problem.MALFORMED,
                        "/evidence/" + key,
                        "must be a text of at most " + TEXT_MAX + " characters that is not empty");
            }
            content.with(key, text == null ? null : masked(text));
        }
        return null;
    }

    private Made record(JsonObject given, String pointer, String id, Payload content, CaseKind kind) {
        Held held = reader.held(subject.high(), subject.low());
        String source = given.text("source", ID_MAX);
        List<Held.OneRecord> found = held == null ? List.of() : new ArrayList<>(held.records(id));
        if (source != null) {
            found = found.stream().filter(one -> one.source().equals(source)).toList();
        }
        if (held == null || found.isEmpty()) {
            return notFound();
        }
        if (found.size() > 1) {
            return unprocessable("/source", "is needed: several sources have delivered a record of this id");
        }
        Held.OneRecord record = found.get(0);
        CaseLimits.Severity own = CaseLimits.Severity.of(record.severity());
        CaseLimits.Severity severity =
                own == CaseLimits.Severity.NONE ? record.item().severity() : own;
        content.with("item", record.item().id())
                .with("source", record.source())
                .with("severity", severity == CaseLimits.Severity.NONE ? null : severity.word())
                .withDay("occurred_on", record.occurredOn());
        if (kind == CaseKind.REPAIR) {
            if (!record.item().adverse()) {
                return unprocessable(pointer, "is not adverse: there is nothing to repair");
            }
            int document = lookups.documentDay(held, record);
            List<Problem.Fault> missing = new ArrayList<>(missing(pointer, severity, document, content));
            Writes.Judged.Refused refused = entries(given, held, content, missing);
            if (refused != null) {
                return new Made.Not(refused);
            }
            if (!missing.isEmpty()) {
                return new Made.Not(new Writes.Judged.Refused(Problem.UNPROCESSABLE, missing));
            }
        }
        boolean fourEyes = severity == CaseLimits.Severity.SERIOUS || blacklisted(held, content);
        return made(kind, content, fourEyes, record.source() + "\u001f" + id);
    }

    /** What a repair lacks, and from when it may be asked for. */
    private List<Problem.Fault> missing(String pointer, CaseLimits.Severity severity, int document, Payload content) {
        List<Problem.Fault> missing = new ArrayList<>();
        CaseLimits limits = site.vocabulary().regimes().cases();
        LocalDate today = generation.day();
        if (limits == null) {
            return missing;
        }
        if (type == SubjectType.ORGANISATION && document != Days.NONE) {
            LocalDate from = limits.repairFrom(severity, LocalDate.ofEpochDay(document), today);
            if (today.isBefore(from)) {
                missing.add(new Problem.Fault(
                        pointer, "must be public for its shortest time first: a repair may be asked for from " + from));
            }
        }
        for (CaseLimits.Proof proof : limits.repairRequires(type, severity, today)) {
            if (content.text(proof.word()).isEmpty()) {
                missing.add(new Problem.Fault("/evidence/" + proof.word(), "is needed for a repair of this kind"));
            }
        }
        missing.sort(java.util.Comparator.comparing(Problem.Fault::pointer));
        return missing;
    }

    /**
     * The list entries that rest on the record and leave with it. Each must meet what its own repair would have to: a repair of
     * a trifle must not take a place on a black list along.
     */
    private Writes.Judged.@Nullable Refused entries(
            JsonObject given, Held held, Payload content, List<Problem.Fault> missing) {
        if (!given.has("entries")) {
            return null;
        }
        List<String> ids = given.texts("entries", ENTRIES_MAX, ID_MAX);
        if (ids == null) {
            return Writes.Judged.Refused.of(
                    Problem.MALFORMED, "/entries", "must be at most " + ENTRIES_MAX + " ids of list entries");
        }
        List<String> lines = new ArrayList<>();
        for (String id : ids) {
            Held.Listed entry = held.entry(id);
            if (entry == null) {
                return Writes.Judged.Refused.of(Problem.NOT_FOUND);
            }
            if (entry.list().kind() == ListDefinition.Kind.RED) {
                return Writes.Judged.Refused.of(
                        Problem.UNPROCESSABLE, "/entries", "must not name an honour: there is nothing to repair");
            }
            for (Problem.Fault fault : missing("/entries", severity(entry), entry.enteredOn(), content)) {
                if (!missing.contains(fault)) {
                    missing.add(fault);
                }
            }
            String last = entry.leavesOn() == SubjectFacts.NONE
                    ? ""
                    : LocalDate.ofEpochDay(entry.leavesOn()).toString();
            lines.add(entry.list().id() + "\t" + id + "\t" + last);
        }
        content.with("entries", String.join("\n", lines));
        return null;
    }

    private static CaseLimits.Severity severity(Held.Listed entry) {
        return entry.list().kind() == ListDefinition.Kind.BLACK
                ? CaseLimits.Severity.SERIOUS
                : CaseLimits.Severity.GENERAL;
    }

    /** Whether an entry of a black list leaves with the record: that takes two members of staff. */
    private static boolean blacklisted(Held held, Payload content) {
        for (String line : content.text("entries").split("\n", -1)) {
            String[] words = line.split("\t", -1);
            Held.Listed entry = words.length < 2 ? null : held.entry(words[1]);
            if (entry != null && entry.list().kind() == ListDefinition.Kind.BLACK) {
                return true;
            }
        }
        return false;
    }

    /** Arrears are named by scene and first day, or by the operator's reference. */
    private Made arrears(String id, Payload content) {
        Held held = reader.held(subject.high(), subject.low());
        CaseLookups.Debt debt = lookups.debt(id);
        Held.Arrears found = held == null || debt == null ? null : held.arrears(debt.scene(), debt.since());
        if (held == null || found == null) {
            return notFound();
        }
        SceneDefinition scene = found.scene();
        String name = scene.id() + ":" + LocalDate.ofEpochDay(found.since());
        content.with("id", name)
                .with("scene", scene.id())
                .withDay("since", found.since())
                .with("debts", held.debts(scene.id(), found.since()))
                .with("source", scene.arrearsSources().stream().sorted().collect(Collectors.joining("、")));
        return made(CaseKind.OBJECTION_ARREARS, content, false, name);
    }

    private Made access(String id, Payload content) {
        int dash = id.indexOf('-');
        AccessTrail trail = site.trail();
        long at;
        try {
            at = dash < 1 ? -1 : Long.parseLong(id.substring(0, dash), Character.MAX_RADIX);
        } catch (NumberFormatException e) {
            at = -1;
        }
        if (trail == null || at < 0) {
            return notFound();
        }
        for (Access access : trail.accesses(subject.high(), subject.low(), at, at + 1, null, ACCESSES_MAX)
                .accesses()) {
            if (Accesses.id(access).equals(id)) {
                content.with("asked", access.asked().word())
                        .with("client", access.client())
                        .with("scene", access.scene())
                        .with("answer", access.answer())
                        .with("at", Accesses.time(access.at()))
                        .with("source", access.client());
                return made(CaseKind.OBJECTION_ACCESS, content, false, id);
            }
        }
        return notFound();
    }

    private Made entry(String pointer, String id, Payload content, CaseKind kind) {
        Held held = reader.held(subject.high(), subject.low());
        Held.Listed found = held == null ? null : held.entry(id);
        if (held == null || found == null) {
            return notFound();
        }
        boolean black = found.list().kind() == ListDefinition.Kind.BLACK;
        content.with("list", found.list().id())
                .withDay("leaves_on", found.leavesOn() == SubjectFacts.NONE ? Days.NONE : found.leavesOn());
        if (kind == CaseKind.REPAIR) {
            if (found.list().kind() == ListDefinition.Kind.RED) {
                return unprocessable(pointer, "is an honour: there is nothing to repair");
            }
            List<Problem.Fault> missing = missing(pointer, severity(found), found.enteredOn(), content);
            if (!missing.isEmpty()) {
                return new Made.Not(new Writes.Judged.Refused(Problem.UNPROCESSABLE, missing));
            }
        }
        content.with("source", lookups.entrySource(held, found));
        return made(kind, content, black, found.list().id() + "\u001f" + id);
    }

    private Made made(CaseKind kind, Payload content, boolean fourEyes, String object) {
        KeyedHash hash = KeyedHash.of(site.pseudonymKey(), "case/1");
        hash.make(kind.word(), object);
        byte[] keyed =
                ByteBuffer.allocate(16).putLong(hash.high()).putLong(hash.low()).array();
        return new Made.Of(new Filing(kind, subject, type == SubjectType.ORGANISATION, keyed, fourEyes, content));
    }

    /** Citizen ids become stars. */
    static String masked(String text) {
        String masked = text;
        for (int at = CitizenIds.find(masked, 0); at >= 0; at = CitizenIds.find(masked, at)) {
            masked = masked.substring(0, at) + "*".repeat(CitizenIds.LENGTH) + masked.substring(at + CitizenIds.LENGTH);
        }
        return masked;
    }

    private static Made malformed(String pointer, String detail) {
        return new Made.Not(Writes.Judged.Refused.of(Problem.MALFORMED, pointer, detail));
    }

    private static Made unprocessable(String pointer, String detail) {
        return new Made.Not(Writes.Judged.Refused.of(Problem.UNPROCESSABLE, pointer, detail));
    }

    private static Made notFound() {
        return new Made.Not(Writes.Judged.Refused.of(Problem.NOT_FOUND));
    }
}
