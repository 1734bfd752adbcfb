package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Held;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import org.jspecify.annotations.Nullable;

/**
 * What memory does not hold of what a case is about: in the ledger where it came since, else in the snapshot. For one
 * request, on a worker.
 */
final class CaseLookups {
    private final Site site;
    private final Live live;
    private final Generation generation;
    private final Subject subject;
    private final SubjectType type;

    CaseLookups(Site site, Live live, Generation generation, Subject subject, SubjectType type) {
        this.site = site;
        this.live = live;
        this.generation = generation;
        this.subject = subject;
        this.type = type;
    }

    /** The day of the document: of the decision, else of the act. */
    int documentDay(Held held, Held.OneRecord record) {
        for (Entry entry : live.ledger().about(subject)) {
            byte[] bytes = entry.payload();
            if (entry.kind() == Kind.RECORD_ADDED && bytes != null) {
                Payload added = Payload.parse(bytes);
                if (added.text("record_id").equals(record.id())
                        && added.text("source").equals(record.source())) {
                    int decided = added.day("decided_on");
                    return decided == Days.NONE ? record.occurredOn() : decided;
                }
            }
        }
        try (PersonLookup lookup = PersonLookup.open(live.snapshots().apply(generation.snapshot()))) {
            PersonLookup.Delivered delivered = lookup.record(type, held.ordinal(), record.id(), record.source());
            return delivered == null || delivered.decidedOn() == Days.NONE
                    ? record.occurredOn()
                    : delivered.decidedOn();
        }
    }

    /** Arrears by scene and first day. */
    record Debt(String scene, int since) {}

    /** The arrears of the subject that a text names, or null. */
    @Nullable
    Debt debt(String id) {
        int colon = id.lastIndexOf(':');
        int since = colon < 0 ? Days.MALFORMED : Days.parse(id.substring(colon + 1));
        if (since >= 0) {
            return new Debt(id.substring(0, colon), since);
        }
        for (Entry entry : live.ledger().about(subject)) {
            byte[] bytes = entry.payload();
            if (entry.kind() == Kind.ARREARS_ADDED && bytes != null) {
                Payload added = Payload.parse(bytes);
                if (added.text("reference").equals(id)) {
                    return new Debt(added.text("scene"), added.day("since"));
                }
            }
        }
        return delivered(id);
    }

    /** Delivered arrears of the subject by reference, or null. */
    private @Nullable Debt delivered(String reference) {
        KeyedHash hash = KeyedHash.of(site.pseudonymKey(), "reference/1");
        try (PersonLookup lookup = PersonLookup.open(live.snapshots().apply(generation.snapshot()))) {
            for (SceneDefinition scene : site.vocabulary().scenes()) {
                for (String source : scene.arrearsSources()) {
                    hash.make(source, reference);
                    PersonLookup.Arrears found = lookup.arrears(hash.high(), hash.low());
                    if (found != null
                            && found.personHigh() == subject.high()
                            && found.personLow() == subject.low()
                            && found.scene().equals(scene.id())) {
                        return new Debt(found.scene(), found.since());
                    }
                }
            }
        }
        return null;
    }

    /** Who put the organisation on the list, by API or by delivery. */
    @Nullable
    String entrySource(Held held, Held.Listed listed) {
        for (Entry entry : live.ledger().about(subject)) {
            byte[] bytes = entry.payload();
            if (entry.kind() == Kind.ENTRY_ADDED && bytes != null) {
                Payload added = Payload.parse(bytes);
                if (added.text("entry_id").equals(listed.id())
                        && added.text("list").equals(listed.list().id())) {
                    return added.text("source").isEmpty() ? entry.actor() : added.text("source");
                }
            }
        }
        try (PersonLookup lookup = PersonLookup.open(live.snapshots().apply(generation.snapshot()))) {
            return lookup.entrySource(held.ordinal(), listed.list().id(), listed.id());
        }
    }
}
