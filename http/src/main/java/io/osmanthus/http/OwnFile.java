package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.OwnFacts;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.snapshots.PersonFile;
import io.osmanthus.snapshots.Rows;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is held about one person, gathered for the person: what memory holds, with what only snapshot and ledger know of it.
 * Made on a worker, for one request.
 *
 * @param explanation the score, and the part of each record in it
 * @param enrolment as delivered
 * @param records by source and id, as delivered
 * @param debts as delivered
 * @param given as delivered, those that count no longer too
 * @param reported by source and id, as the ledger took them
 * @param debtsReported as the ledger took them, newest first
 * @param consents the person's own acts, newest first: {@link Kind#CONSENT_GIVEN}, {@link Kind#CONSENT_WITHDRAWN}
 */
record OwnFile(
        Generation generation,
        OwnFacts held,
        Explanation explanation,
        PersonFile.Enrolment enrolment,
        Map<PersonFile.Name, PersonFile.Delivered> records,
        List<PersonFile.Debt> debts,
        List<PersonFile.Given> given,
        Map<PersonFile.Name, Said> reported,
        List<Said> debtsReported,
        List<Said> consents) {
    /** Changes of one kind that are looked through; more than anybody has. */
    static final int CHANGES_MAX = 10_000;

    /** Each by itself: many of one, which others write, leave the person's own acts in sight. */
    private static final List<Set<Kind>> KINDS = List.of(
            Set.of(Kind.RECORD_ADDED), Set.of(Kind.ARREARS_ADDED), Set.of(Kind.CONSENT_GIVEN, Kind.CONSENT_WITHDRAWN));

    /** A change with what it says. */
    record Said(Entry entry, Payload payload) {}

    /** Gathers it; null where the person is not enrolled. The reader has advanced. */
    static @Nullable OwnFile of(Site site, Live live, Reader reader, Generation generation, Caller.Citizen citizen) {
        OwnFacts held = reader.own(citizen.high(), citizen.low());
        Explanation explanation = reader.explain(citizen.high(), citizen.low());
        if (held == null || explanation == null) {
            return null;
        }
        PersonFile.Enrolment enrolment = new PersonFile.Enrolment(0, Rows.NONE);
        Map<PersonFile.Name, PersonFile.Delivered> records = new HashMap<>();
        List<PersonFile.Debt> debts = List.of();
        List<PersonFile.Given> given = List.of();
        if (held.delivered()) {
            try (PersonFile file =
                    PersonFile.open(live.snapshots().apply(generation.snapshot()), site.pseudonymKey())) {
                enrolment = file.enrolment(held.ordinal());
                file.records(held.ordinal())
                        .forEach(one -> records.put(new PersonFile.Name(one.source(), one.id()), one));
                debts = file.arrears(held.ordinal());
                given = file.consents(held.ordinal());
            }
        }
        Map<PersonFile.Name, Said> reported = new HashMap<>();
        List<Said> debtsReported = new ArrayList<>();
        List<Said> consents = new ArrayList<>();
        Subject self = new Subject(citizen.high(), citizen.low());
        List<Entry> entries = new ArrayList<>();
        KINDS.forEach(kinds -> entries.addAll(live.ledger().about(self, kinds, Long.MAX_VALUE, true, CHANGES_MAX)));
        for (Entry entry : entries) {
            byte[] payload = entry.payload();
            if (payload == null) {
                continue;
            }
            Said said = new Said(entry, Payload.parse(payload));
            if (entry.kind() == Kind.RECORD_ADDED) {
                reported.put(
                        new PersonFile.Name(
                                said.payload().text("source"), said.payload().text("record_id")),
                        said);
            } else if (entry.kind() == Kind.ARREARS_ADDED) {
                debtsReported.add(said);
            } else {
                consents.add(said);
            }
        }
        return new OwnFile(
                generation, held, explanation, enrolment, records, debts, given, reported, debtsReported, consents);
    }

    /** The part of a record in the score, or null. */
    Explanation.@Nullable Line line(OwnFacts.Fact record) {
        for (Explanation.Line line : explanation.lines()) {
            if (record.id().equals(line.recordId()) && record.source() == line.sourceIndex()) {
                return line;
            }
        }
        return null;
    }

    /** Whether a consent that memory holds stands for a scene now. */
    boolean consented(SceneDefinition scene) {
        return held.consents().stream().anyMatch(one -> one.scene() == scene.index() && one.stands());
    }

    /** The last that the person did themselves about a scene, or null. */
    @Nullable
    Said lastAct(SceneDefinition scene) {
        for (Said said : consents) {
            if (said.payload().text("scene").equals(scene.id())) {
                return said;
            }
        }
        return null;
    }

    /** Whether the person consented to what the scene was before, and has not been asked about what it is now. */
    boolean askedAnew(SceneDefinition scene) {
        if (consented(scene)) {
            return false;
        }
        Said last = lastAct(scene);
        if (last != null) {
            return last.entry().kind() == Kind.CONSENT_GIVEN
                    && !scene.covers(
                            last.payload().number("purpose_version"),
                            last.payload().texts("recipients"));
        }
        return given.stream().anyMatch(one -> one.scene().equals(scene.id()) && !scene.covers(one.grantedOn()));
    }
}
