package io.osmanthus.http;

import io.osmanthus.engine.Change;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.ArrearsReferences;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.CaseLimits;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * What a department or a terminal reports about somebody who is not enrolled takes the same way, moves the position by as
 * much and is answered with the same bytes: a change of the same size, about nobody, that no key opens.
 */

/** What machines report. For one request, on a worker; the reader has advanced. */
final class MachineActs {
    private static final int TEXT_MAX = 128;
    private static final Set<String> RECORD = Set.of(
            "record_id",
            "subject_type",
            "subject_id",
            "item",
            "occurred_on",
            "ended_on",
            "decided_on",
            "quantity",
            "severity",
            "source",
            "document_no");
    private static final Set<String> RETRACTION =
            Set.of("record_id", "entry_id", "list", "subject_type", "subject_id", "source", "reason", "annulled_on");
    private static final Set<String> ARREARS = Set.of("scene", "scheme", "token", "since", "amount_cents", "reference");
    private static final List<String> SEVERITIES = List.of("", "minor", "general", "serious");

    private final Site site;
    private final Live live;
    private final Reader reader;
    private final PseudonymKey.Pseudonymiser persons;
    private final PseudonymKey.Pseudonymiser organisations;
    private final List<Line> lines = new ArrayList<>();
    private final Bulk bulk;

    /** Of each annulled act that is taken back: whether that is late. */
    private final List<Boolean> annulments = new ArrayList<>();

    /** One change to be. {@code subject} null: somebody who is not enrolled. */
    private record Line(
            Kind kind, SubjectType type, @Nullable Subject subject, Payload payload) {}

    /** One report of arrears, by keyed reference. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Debt(byte[] reference, int ordinal, String scene, int since, Payload payload) {}

    MachineActs(Site site, Live live, Reader reader) {
        this.site = site;
        this.live = live;
        this.reader = reader;
        this.bulk = new Bulk(site.config().limits().batchSubjectsMax());
        this.persons = site.pseudonymKey().pseudonymiser(Scheme.PERSON);
        this.organisations = site.pseudonymKey().pseudonymiser(Scheme.USCC);
    }

    Writes.Judged judge(Route route, Map<String, String> path, Caller caller, byte[] body) {
        Generation generation = reader.advance();
        if (generation == null || !(caller instanceof Caller.Machine machine)) {
            return Writes.Judged.Refused.of(Problem.NOT_READY);
        }
        Client client = machine.client().client();
        int today = (int) generation.day().toEpochDay();
        return switch (route) {
            case RECORDS_ADD -> records(body, client, today);
            case RETRACTIONS -> retractions(body, client, generation);
            case LIST_ENTRIES_ADD -> new EntryReports(site, live, reader, client).add(body);
            case ARREARS_ADD -> arrears(body, client, today);
            case ARREARS_SETTLE -> new Settlements(site, client).settle(live, generation, path.get("reference"));
            default -> Writes.Judged.Refused.of(Problem.NOT_FOUND);
        };
    }

    private Writes.Judged records(byte[] body, Client client, int today) {
        Writes.Judged refused = bulk.rows(body, "records", RECORD, (index, one) -> record(one, client, today));
        return refused == null ? ready(client, page -> {}) : refused;
    }

    private Writes.Judged retractions(byte[] body, Client client, Generation generation) {
        EntryReports entries = new EntryReports(site, live, reader, client);
        Writes.Judged refused = bulk.rows(
                body,
                "retractions",
                RETRACTION,
                (index, one) ->
                        one.has("entry_id") ? entries.retraction(index, one) : retraction(one, client, generation));
        if (refused != null) {
            return refused;
        }
        entries.resolve(bulk, generation);
        return ready(client, entries::append);
    }

    private Writes.Judged ready(Client client, Consumer<Page> more) {
        return new Writes.Judged.Ready(page -> {
            for (Line line : lines) {
                append(page, line, client.id());
            }
            more.accept(page);
            annulments.forEach(site.meters()::annulled);
            return bulk.outcome(page);
        });
    }

    private static void append(Page page, Line line, String actor) {
        Subject subject = line.subject();
        if (line.type() == SubjectType.ORGANISATION && subject != null) {
            page.appendOpen(subject, line.kind(), line.payload(), actor);
        } else if (subject != null) {
            page.appendPersonal(subject, line.kind(), line.payload(), actor);
        } else {
            page.appendDecoy(line.kind(), line.payload(), actor);
        }
    }

    private @Nullable String record(JsonObject one, Client client, int today) {
        String id = one.text("record_id", TEXT_MAX);
        String source = one.text("source", TEXT_MAX);
        String itemId = one.text("item", TEXT_MAX);
        if (id == null || source == null || itemId == null) {
            return "REQUIRED_MISSING";
        }
        if (CitizenIds.find(id, 0) >= 0) {
            return "VALUE_MALFORMED";
        }
        Item item = site.vocabulary().item(itemId);
        if (item == null) {
            return "ITEM_UNKNOWN";
        }
        if (!client.sources().contains(source) || !item.sources().contains(source)) {
            return "SOURCE_NOT_ALLOWED";
        }
        int severity = one.has("severity") ? SEVERITIES.indexOf(one.text("severity", TEXT_MAX)) : 0;
        long quantity = one.hundredths("quantity");
        String document = one.text("document_no", TEXT_MAX);
        if (severity < 0 || quantity < 0 || (one.has("document_no") && document == null)) {
            return "VALUE_MALFORMED";
        }
        if ((item.requires().contains(Item.Column.QUANTITY) && !one.has("quantity"))
                || (item.requires().contains(Item.Column.SEVERITY) && severity == 0)
                || (item.requires().contains(Item.Column.DOCUMENT_NO) && document == null)) {
            return "REQUIRED_MISSING";
        }
        String dates = dates(one, today);
        if (dates != null) {
            return dates;
        }
        Target target = target(one);
        if (target.fault() != null) {
            return target.fault();
        }
        if (target.type() != item.subject()) {
            return "VALUE_MALFORMED";
        }
        Payload payload = Payload.of()
                .with("type", word(target.type()))
                .with("record_id", id)
                .with("item", itemId)
                .with("source", source)
                .withDay("occurred_on", one.day("occurred_on"))
                .withDay("ended_on", one.day("ended_on"))
                .withDay("decided_on", one.day("decided_on"))
                .with("quantity_hundredths", quantity)
                .with("severity", severity)
                .with("document_no", document);
        lines.add(new Line(Kind.RECORD_ADDED, target.type(), target.subject(), payload));
        return null;
    }

    private static @Nullable String dates(JsonObject one, int today) {
        int occurred = one.day("occurred_on");
        int ended = one.day("ended_on");
        int decided = one.day("decided_on");
        if (occurred == Days.NONE) {
            return "REQUIRED_MISSING";
        }
        if (occurred == Days.MALFORMED
                || ended == Days.MALFORMED
                || decided == Days.MALFORMED
                || (ended != Days.NONE && ended < occurred)) {
            return "DATE_MALFORMED";
        }
        return occurred > today || ended > today || decided > today ? "DATE_FUTURE" : null;
    }

    private @Nullable String retraction(JsonObject one, Client client, Generation generation) {
        String id = one.text("record_id", TEXT_MAX);
        String source = one.text("source", TEXT_MAX);
        if (id == null || source == null) {
            return "REQUIRED_MISSING";
        }
        if (CitizenIds.find(id, 0) >= 0) {
            return "VALUE_MALFORMED";
        }
        if (!client.sources().contains(source)) {
            return "SOURCE_NOT_ALLOWED";
        }
        String reason = one.text("reason", 1_000);
        int annulled = one.day("annulled_on");
        int today = (int) generation.day().toEpochDay();
        if (annulled == Days.MALFORMED || annulled > today) {
            return annulled == Days.MALFORMED ? "DATE_MALFORMED" : "DATE_FUTURE";
        }
        Target target = target(one);
        if (target.fault() != null) {
            return target.fault();
        }
        Payload payload = Payload.of()
                .with("type", word(target.type()))
                .with("record_id", id)
                .with("source", source)
                .with("marks", SubjectFacts.RETRACTED)
                .with("reason", reason == null ? null : CaseFilings.masked(reason))
                .withDay("annulled_on", annulled);
        CaseLimits limits = site.vocabulary().regimes().cases();
        if (annulled != Days.NONE && limits != null) {
            annulments.add(today > annulled + limits.annulmentDays(LocalDate.ofEpochDay(annulled)));
        }
        lines.add(new Line(Kind.RECORD_MARKED, target.type(), target.subject(), payload));
        return null;
    }

    private record Target(
            SubjectType type,
            @Nullable Subject subject,
            @Nullable String fault) {}

    /** Whom a row is about. That a person is not enrolled is no fault; that an organisation is not known is one. */
    private Target target(JsonObject one) {
        String type = one.text("subject_type", TEXT_MAX);
        String given = one.text("subject_id", TEXT_MAX);
        if (type == null || given == null) {
            return new Target(SubjectType.PERSON, null, "REQUIRED_MISSING");
        }
        String id = Canonical.of(given);
        if (type.equals("organisation")) {
            organisations.make(id);
            Subject subject = new Subject(organisations.high(), organisations.low());
            boolean known = reader.knowsOrganisation(subject.high(), subject.low());
            return new Target(SubjectType.ORGANISATION, subject, known ? null : "REFERENCE_UNKNOWN");
        }
        if (!type.equals("person")) {
            return new Target(SubjectType.PERSON, null, "VALUE_MALFORMED");
        }
        if (id.length() != CitizenIds.LENGTH || !CitizenIds.valid(id, 0)) {
            return new Target(SubjectType.PERSON, null, "ID_MALFORMED");
        }
        persons.make(id);
        boolean enrolled = reader.person(persons.high(), persons.low()) >= 0;
        return new Target(SubjectType.PERSON, enrolled ? new Subject(persons.high(), persons.low()) : null, null);
    }

    private Writes.Judged arrears(byte[] body, Client client, int today) {
        List<Debt> debts = new ArrayList<>();
        Map<Scheme, PseudonymKey.Pseudonymiser> makers = new HashMap<>();
        Writes.Judged refused =
                bulk.rows(body, "arrears", ARREARS, (index, one) -> debt(one, client, today, makers, debts));
        if (refused != null) {
            return refused;
        }
        Map<Integer, Subject> subjects = subjects(debts);
        return new Writes.Judged.Ready(page -> {
            for (Debt debt : debts) {
                Subject subject = subjects.get(debt.ordinal());
                boolean fresh = ArrearsReferences.note(page, debt.reference(), subject, debt.scene(), debt.since());
                // what was reported before moves the position as well: a reference of a stranger may be forgotten by a
                // rekey
                append(
                        page,
                        new Line(Kind.ARREARS_ADDED, SubjectType.PERSON, fresh ? subject : null, debt.payload()),
                        client.id());
            }
            return bulk.outcome(page);
        });
    }

    private @Nullable String debt(
            JsonObject one,
            Client client,
            int today,
            Map<Scheme, PseudonymKey.Pseudonymiser> makers,
            List<Debt> debts) {
        String sceneId = one.text("scene", TEXT_MAX);
        String word = one.text("scheme", TEXT_MAX);
        String given = one.text("token", TEXT_MAX);
        String reference = one.text("reference", TEXT_MAX);
        int since = one.day("since");
        long cents = one.number("amount_cents", -1);
        if (sceneId == null || word == null || given == null || reference == null || since == Days.NONE) {
            return "REQUIRED_MISSING";
        }
        SceneDefinition scene = site.vocabulary().scene(sceneId);
        if (scene == null
                || !client.scenes().contains(sceneId)
                || scene.arrearsSources().isEmpty()) {
            return "SOURCE_NOT_ALLOWED";
        }
        Scheme scheme = Scheme.of(word);
        String token = Canonical.of(given);
        if (scheme == null || !scheme.bindable() || token.isEmpty() || cents < 0) {
            return "VALUE_MALFORMED";
        }
        if (since == Days.MALFORMED) {
            return "DATE_MALFORMED";
        }
        if (since > today) {
            return "DATE_FUTURE";
        }
        PseudonymKey.Pseudonymiser maker = makers.computeIfAbsent(scheme, site.pseudonymKey()::pseudonymiser);
        maker.make(token);
        Payload payload = Payload.of()
                .with("scene", sceneId)
                .withDay("since", since)
                .with("amount_cents", cents)
                .with("reference", reference);
        byte[] keyed = Settlements.keyed(site.pseudonymKey(), sceneId, reference);
        debts.add(new Debt(keyed, reader.person(maker.high(), maker.low()), sceneId, since, payload));
        return null;
    }

    /**
     * The persons behind ordinals, as this very generation knows them, whatever takes its place meanwhile; as much is read
     * whoever is enrolled.
     */
    private Map<Integer, Subject> subjects(List<Debt> debts) {
        Map<Integer, Subject> subjects = new HashMap<>();
        for (Debt debt : debts) {
            Change.Subject person = reader.personAt(debt.ordinal());
            if (person != null) {
                subjects.put(debt.ordinal(), new Subject(person.high(), person.low()));
            }
        }
        return subjects;
    }

    private static String word(SubjectType type) {
        return type == SubjectType.PERSON ? "person" : "organisation";
    }
}
