package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Held;
import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.intake.FreeText;
import io.osmanthus.snapshots.intake.Reason;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.Marks;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * A row is judged as a row of list_entries.csv is, and by two questions more: whether the source is one of the client's, and
 * whether it keeps the list. A natural person is on no list: nothing else is read of such a row.
 */

/** Entries of lists that departments report, and take back. For one request, on a worker; the reader has advanced. */
final class EntryReports {
    private static final int ID_MAX = 128;
    private static final int WORD_MAX = 256;
    private static final int TEXT_MAX = 1_000;

    /** Entries that were reported of one organisation and are looked through for a source. */
    private static final int REPORTED_MAX = 1_000;

    private static final Set<String> ENTRY = Set.of(
            "entry_id",
            "list",
            "subject_type",
            "subject_id",
            "entered_on",
            "leaves_on",
            "reason",
            "legal_basis",
            "source");

    /** Every row gives them, and each may have so many characters. */
    private static final Map<String, Integer> REQUIRED = Map.of(
            "entry_id", ID_MAX, "list", ID_MAX, "subject_id", ID_MAX, "legal_basis", TEXT_MAX, "source", WORD_MAX);

    private final Site site;
    private final Live live;
    private final Reader reader;
    private final Client client;
    private final PseudonymKey.Pseudonymiser organisations;
    private final FreeText freeText = new FreeText();
    private final Set<List<String>> keys = new HashSet<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<Retraction> retractions = new ArrayList<>();

    private record Line(Subject organisation, Kind kind, Payload payload) {}

    /** An entry to be taken back, if it is the source's. */
    private record Retraction(int index, Subject organisation, PersonLookup.EntryName name, String source, Line line) {}

    EntryReports(Site site, Live live, Reader reader, Client client) {
        this.site = site;
        this.live = live;
        this.reader = reader;
        this.client = client;
        this.organisations = site.pseudonymKey().pseudonymiser(Scheme.USCC);
    }

    Writes.Judged add(byte[] body) {
        Bulk bulk = new Bulk(site.config().limits().batchSubjectsMax());
        Writes.Judged refused = bulk.rows(body, "entries", ENTRY, (index, one) -> word(entry(one)));
        if (refused != null) {
            return refused;
        }
        return new Writes.Judged.Ready(page -> {
            append(page);
            return bulk.outcome(page);
        });
    }

    /** Appends what has been taken. */
    void append(Page page) {
        for (Line line : lines) {
            page.appendOpen(line.organisation(), line.kind(), line.payload(), client.id());
        }
    }

    private @Nullable Reason entry(JsonObject one) {
        Reason reason = subject(one);
        reason = reason == null ? texts(one) : reason;
        if (reason != null) {
            return reason;
        }
        ListDefinition list = site.vocabulary().list(text(one, "list"));
        String id = text(one, "entry_id");
        if (list == null || CitizenIds.find(id, 0) >= 0) {
            return Reason.VALUE_MALFORMED;
        }
        int entered = one.day("entered_on");
        int leaves = one.day("leaves_on");
        if (entered == Days.MALFORMED || leaves == Days.MALFORMED) {
            return Reason.DATE_MALFORMED;
        }
        Subject organisation = organisation(one);
        if (!reader.knowsOrganisation(organisation.high(), organisation.low())) {
            return Reason.REFERENCE_UNKNOWN;
        }
        String source = text(one, "source");
        if (!client.sources().contains(source) || !list.sources().contains(source)) {
            return Reason.SOURCE_NOT_ALLOWED;
        }
        if (!keys.add(List.of(source, id))) {
            return Reason.DUPLICATE_KEY;
        }
        String why = one.text("reason", TEXT_MAX);
        Payload payload = Payload.of()
                .with("entry_id", id)
                .with("list", list.id())
                .withDay("entered_on", entered)
                .withDay("leaves_on", leaves)
                .with("reason", why == null ? null : freeText.mask(why))
                .with("legal_basis", freeText.mask(text(one, "legal_basis")))
                .with("source", source);
        lines.add(new Line(organisation, Kind.ENTRY_ADDED, payload));
        return null;
    }

    /** Whom a row is about, as far as it must be an organisation. */
    private static @Nullable Reason subject(JsonObject one) {
        if (!one.has("subject_type")) {
            return Reason.REQUIRED_MISSING;
        }
        String type = one.text("subject_type", ID_MAX);
        if ("person".equals(type)) {
            return Reason.PERSON_ON_LIST;
        }
        if (!one.has("subject_id")) {
            return Reason.REQUIRED_MISSING;
        }
        return "organisation".equals(type) ? null : Reason.VALUE_MALFORMED;
    }

    private static @Nullable Reason texts(JsonObject one) {
        if (!one.has("entered_on") || !REQUIRED.keySet().stream().allMatch(one::has)) {
            return Reason.REQUIRED_MISSING;
        }
        boolean whole =
                REQUIRED.entrySet().stream().allMatch(field -> one.text(field.getKey(), field.getValue()) != null);
        return whole && (!one.has("reason") || one.text("reason", TEXT_MAX) != null) ? null : Reason.VALUE_MALFORMED;
    }

    /** Judges a row that takes an entry back; whose it is, is asked for all rows together by {@link #resolve}. */
    @Nullable
    String retraction(int index, JsonObject one) {
        Reason reason = subject(one);
        if (reason != null) {
            return word(reason);
        }
        String id = one.text("entry_id", ID_MAX);
        String list = one.text("list", ID_MAX);
        String source = one.text("source", WORD_MAX);
        String why = one.text("reason", TEXT_MAX);
        boolean odd = one.has("record_id") || one.has("annulled_on") || (one.has("reason") && why == null);
        if (id == null || list == null || source == null) {
            return word(Reason.REQUIRED_MISSING);
        }
        if (odd || one.text("subject_id", ID_MAX) == null || site.vocabulary().list(list) == null) {
            return word(Reason.VALUE_MALFORMED);
        }
        if (!client.sources().contains(source)) {
            return word(Reason.SOURCE_NOT_ALLOWED);
        }
        Subject organisation = organisation(one);
        Held held = reader.held(organisation.high(), organisation.low());
        boolean there = held != null
                && held.entries().stream()
                        .anyMatch(entry ->
                                entry.id().equals(id) && entry.list().id().equals(list));
        if (held == null || !there) {
            return word(Reason.REFERENCE_UNKNOWN);
        }
        Payload payload = Payload.of()
                .with("entry_id", id)
                .with("list", list)
                .with("marks", Marks.RETRACTED)
                .with("source", source)
                .with("reason", why == null ? null : freeText.mask(why));
        PersonLookup.EntryName name = new PersonLookup.EntryName(held.ordinal(), list, id);
        Line line = new Line(organisation, Kind.ENTRY_AMENDED, payload);
        retractions.add(new Retraction(index, organisation, name, source, line));
        return null;
    }

    /** Takes the retractions whose entries are the source's; the others are refused. */
    void resolve(Bulk bulk, Generation generation) {
        if (retractions.isEmpty()) {
            return;
        }
        List<Integer> ordinals = retractions.stream()
                .map(one -> one.name().organisation())
                .distinct()
                .toList();
        Map<PersonLookup.EntryName, Set<String>> delivered;
        try (PersonLookup lookup = PersonLookup.open(live.snapshots().apply(generation.snapshot()))) {
            delivered = lookup.entrySources(ordinals);
        }
        for (Retraction one : retractions) {
            Set<String> sources = delivered.getOrDefault(one.name(), Set.of());
            String reported = sources.isEmpty() ? reported(one) : null;
            sources = reported == null ? sources : Set.of(reported);
            if (!sources.contains(one.source())) {
                bulk.refuse(one.index(), Reason.REFERENCE_UNKNOWN.name());
            } else if (!client.sources().containsAll(sources)) {
                // of one name on one list: what is marked is marked for both
                bulk.refuse(one.index(), Reason.SOURCE_NOT_ALLOWED.name());
            } else {
                lines.add(one.line());
            }
        }
    }

    /** Who reported the entry since the snapshot, or null. */
    private @Nullable String reported(Retraction wanted) {
        for (Entry entry :
                live.ledger().about(wanted.organisation(), Set.of(Kind.ENTRY_ADDED), 0, false, REPORTED_MAX)) {
            byte[] bytes = entry.payload();
            Payload added = Payload.parse(bytes == null ? new byte[0] : bytes);
            if (added.text("entry_id").equals(wanted.name().entryId())
                    && added.text("list").equals(wanted.name().list())) {
                return added.text("source");
            }
        }
        return null;
    }

    private Subject organisation(JsonObject one) {
        organisations.make(Canonical.of(text(one, "subject_id")));
        return new Subject(organisations.high(), organisations.low());
    }

    /** A text that has been looked at before. */
    private static String text(JsonObject one, String key) {
        String text = one.text(key, TEXT_MAX);
        return text == null ? "" : text;
    }

    private static @Nullable String word(@Nullable Reason reason) {
        return reason == null ? null : reason.name();
    }
}
