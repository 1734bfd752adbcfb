package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.OwnFacts;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.PersonFile;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Title;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records, arrears and consents of one person as JSON. For one answer. */
final class OwnFileJson {
    private static final List<String> SEVERITIES = List.of("minor", "general", "serious");

    private final OwnFile file;
    private final Generation generation;
    private final Vocabulary vocabulary;
    private final LocalDate today;

    OwnFileJson(OwnFile file) {
        this.file = file;
        this.generation = file.generation();
        this.vocabulary = generation.rules().vocabulary();
        this.today = generation.day();
    }

    /** Writes where the facts come from: fields of an open object. */
    void origin(JsonGenerator json) throws IOException {
        json.writeStringField("as_of", today.toString());
        boolean delivered = file.held().delivered();
        json.writeStringField("facts_as_of", delivered ? generation.factsAsOf().toString() : null);
        json.writeStringField("facts_come", delivered ? "now" : "with-the-next-delivery");
        json.writeStringField("rules_version", generation.rules().version());
        json.writeNumberField("position", generation.position());
    }

    /** Writes the fields {@code records}, {@code arrears}, {@code consents} of an open object. */
    void lists(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("records");
        Set<PersonFile.Name> known = new HashSet<>();
        for (OwnFacts.Fact record : file.held().records()) {
            String source = generation.sources().get(record.source());
            known.add(new PersonFile.Name(source, record.id()));
            record(json, record, source);
        }
        for (PersonFile.Delivered delivered : file.records().values()) {
            if (!known.contains(new PersonFile.Name(delivered.source(), delivered.id()))) {
                forgotten(json, delivered);
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart("arrears");
        List<PersonFile.Debt> debts = new ArrayList<>(file.debts());
        List<OwnFile.Said> reported = new ArrayList<>(file.debtsReported());
        for (OwnFacts.Arrears arrears : file.held().arrears()) {
            arrears(json, arrears, debts, reported);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("consents");
        consents(json);
        json.writeEndArray();
    }

    private void record(JsonGenerator json, OwnFacts.Fact record, String source) throws IOException {
        Item item = vocabulary.items().get(record.item());
        PersonFile.Name name = new PersonFile.Name(source, record.id());
        PersonFile.Delivered delivered = file.records().get(name);
        OwnFile.Said said = file.reported().get(name);
        json.writeStartObject();
        json.writeStringField("record_id", record.id());
        json.writeStringField("source", source);
        json.writeStringField("item", item.id());
        VocabularyJson.title(json, "title", item.title());
        json.writeStringField("kind", VocabularyJson.word(item.kind()));
        json.writeStringField("category", item.category());
        json.writeStringField("legal_basis", item.legalBasis());
        json.writeStringField("occurred_on", ScoreJson.day(record.occurredOn()));
        json.writeStringField("ended_on", ScoreJson.day(record.endedOn()));
        int decided = delivered != null
                ? delivered.decidedOn()
                : said != null ? said.payload().day("decided_on") : SubjectFacts.NONE;
        json.writeStringField("decided_on", ScoreJson.day(decided));
        if (record.quantityHundredths() == 0) {
            json.writeNullField("quantity");
        } else {
            json.writeNumberField("quantity", java.math.BigDecimal.valueOf(record.quantityHundredths(), 2));
        }
        json.writeStringField("severity", record.severity() == 0 ? null : SEVERITIES.get(record.severity() - 1));
        String document = delivered != null
                ? delivered.documentNo()
                : said != null ? said.payload().text("document_no") : null;
        json.writeStringField("document_no", document == null || document.isEmpty() ? null : document);
        received(json, said);
        marks(json, record.marks());
        Explanation.Line line = file.line(record);
        part(json, line);
        boolean lasts = line != null && line.counted() && item.adverse() && line.countsUntil() == SubjectFacts.NONE;
        json.writeStringField("retention_until", lasts ? null : ScoreJson.day(retention(item, record)));
        json.writeStringField("repair_route", item.repairRoute());
        json.writeEndObject();
    }

    private void received(JsonGenerator json, OwnFile.@Nullable Said said) throws IOException {
        json.writeStringField("by", said == null ? "delivery" : "report");
        if (said == null) {
            json.writeNullField("received_at");
        } else {
            json.writeStringField("received_at", Accesses.time(said.entry().at().toEpochMilli()));
        }
    }

    private static void marks(JsonGenerator json, int marks) throws IOException {
        json.writeBooleanField("disputed", (marks & SubjectFacts.DISPUTED) != 0);
        json.writeBooleanField("repaired", (marks & SubjectFacts.REPAIRED) != 0);
        json.writeBooleanField("retracted", (marks & SubjectFacts.RETRACTED) != 0);
        json.writeBooleanField("withdrawn", (marks & SubjectFacts.WITHDRAWN) != 0);
    }

    private static void part(JsonGenerator json, Explanation.@Nullable Line line) throws IOException {
        json.writeBooleanField("counted", line != null && line.counted());
        json.writeNumberField("points", line == null ? 0 : line.points());
        json.writeStringField("reason", line == null ? "not-scored" : line.reason());
        json.writeStringField("counts_until", line == null ? null : ScoreJson.day(line.countsUntil()));
    }

    /** The last day on which the record may be kept: by its item, and an adverse one by the law at the latest. */
    private int retention(Item item, OwnFacts.Fact record) {
        boolean ended = record.endedOn() != SubjectFacts.NONE;
        int months = item.retentionMonths();
        if (item.adverse()) {
            months = Math.min(months, vocabulary.regimes().adverseRetentionMonthsMax(today));
        }
        LocalDate from = LocalDate.ofEpochDay(ended ? record.endedOn() : record.occurredOn());
        return (int) from.plusMonths(months).minusDays(1).toEpochDay();
    }

    /** A delivered record whose item is no longer in the catalogue: held in the snapshot, and counted nowhere. */
    private void forgotten(JsonGenerator json, PersonFile.Delivered delivered) throws IOException {
        json.writeStartObject();
        json.writeStringField("record_id", delivered.id());
        json.writeStringField("source", delivered.source());
        json.writeStringField("item", delivered.item());
        json.writeStringField("occurred_on", ScoreJson.day(delivered.occurredOn()));
        json.writeStringField("ended_on", ScoreJson.day(delivered.endedOn()));
        json.writeStringField("decided_on", ScoreJson.day(delivered.decidedOn()));
        json.writeStringField("document_no", delivered.documentNo());
        received(json, null);
        json.writeBooleanField("counted", false);
        json.writeNumberField("points", 0);
        json.writeStringField("reason", "not-in-the-catalogue");
        json.writeEndObject();
    }

    private void arrears(
            JsonGenerator json, OwnFacts.Arrears arrears, List<PersonFile.Debt> debts, List<OwnFile.Said> reported)
            throws IOException {
        SceneDefinition scene = vocabulary.scenes().get(arrears.scene());
        PersonFile.Debt debt = take(debts, arrears, scene);
        OwnFile.Said said = takeReported(reported, arrears, scene);
        json.writeStartObject();
        json.writeStringField("scene", scene.id());
        VocabularyJson.title(json, "title", scene.title());
        json.writeStringField("since", ScoreJson.day(arrears.since()));
        json.writeNumberField(
                "amount_cents",
                debt != null
                        ? debt.amountCents()
                        : said != null ? said.payload().number("amount_cents") : 0);
        json.writeStringField(
                "reference",
                debt != null ? debt.reference() : said != null ? said.payload().text("reference") : null);
        json.writeStringField(
                "source",
                debt != null ? debt.source() : said != null ? said.entry().actor() : null);
        received(json, said);
        json.writeBooleanField("disputed", (arrears.marks() & SubjectFacts.DISPUTED) != 0);
        json.writeBooleanField("pauses", arrears.counts());
        json.writeStringField(
                "pauses_until_at_most",
                LocalDate.ofEpochDay(arrears.since())
                        .plusMonths(vocabulary.regimes().arrearsMonthsMax(today))
                        .minusDays(1)
                        .toString());
        json.writeEndObject();
    }

    private static PersonFile.@Nullable Debt take(
            List<PersonFile.Debt> debts, OwnFacts.Arrears arrears, SceneDefinition scene) {
        for (PersonFile.Debt debt : debts) {
            if (debt.scene().equals(scene.id()) && debt.since() == arrears.since()) {
                debts.remove(debt);
                return debt;
            }
        }
        return null;
    }

    private static OwnFile.@Nullable Said takeReported(
            List<OwnFile.Said> reported, OwnFacts.Arrears arrears, SceneDefinition scene) {
        for (OwnFile.Said said : reported) {
            if (said.payload().text("scene").equals(scene.id())
                    && said.payload().day("since") == arrears.since()) {
                reported.remove(said);
                return said;
            }
        }
        return null;
    }

    private void consents(JsonGenerator json) throws IOException {
        List<PersonFile.Given> delivered = new ArrayList<>(file.given());
        for (Reader.Consent consent : file.held().consents()) {
            SceneDefinition scene = vocabulary.scenes().get(consent.scene());
            OwnFile.Said own = own(scene, consent.grantedOn());
            PersonFile.Given given = own == null ? takeGiven(delivered, scene, consent.grantedOn()) : null;
            start(json, scene.id(), scene, consent.grantedOn(), consent.expiresOn());
            json.writeNumberField("purpose_version", scene.purposeVersion());
            json.writeStringField("ends_on", ScoreJson.day(consent.endsOn()));
            json.writeBooleanField("stands", consent.stands());
            json.writeStringField("reason", consent.stands() ? null : "ended");
            evidence(json, own, given);
            json.writeEndObject();
        }
        for (OwnFile.Said said : file.consents()) {
            SceneDefinition scene = vocabulary.scene(said.payload().text("scene"));
            if (scene != null && said.equals(file.lastAct(scene)) && file.askedAnew(scene)) {
                start(
                        json,
                        scene.id(),
                        scene,
                        said.payload().day("granted_on"),
                        said.payload().day("expires_on"));
                json.writeNumberField("purpose_version", said.payload().number("purpose_version"));
                outdated(json, "another-purpose");
                evidence(json, said, null);
                json.writeEndObject();
            }
        }
        for (PersonFile.Given given : delivered) {
            SceneDefinition scene = vocabulary.scene(given.scene());
            start(json, given.scene(), scene, given.grantedOn(), given.expiresOn());
            json.writeNullField("purpose_version");
            outdated(
                    json,
                    scene == null || !scene.covers(given.grantedOn()) ? "another-purpose" : "withdrawn-or-replaced");
            evidence(json, null, given);
            json.writeEndObject();
        }
    }

    private static void start(
            JsonGenerator json, String id, @Nullable SceneDefinition scene, int grantedOn, int expiresOn)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("scene", id);
        if (scene != null) {
            VocabularyJson.title(json, "title", scene.title());
            Title purpose = scene.purpose();
            VocabularyJson.title(json, "purpose_now", purpose);
            VocabularyJson.texts(json, "recipients_now", scene.recipients());
        }
        json.writeStringField("granted_on", ScoreJson.day(grantedOn));
        json.writeStringField("expires_on", ScoreJson.day(expiresOn));
    }

    private static void outdated(JsonGenerator json, String reason) throws IOException {
        json.writeNullField("ends_on");
        json.writeBooleanField("stands", false);
        json.writeStringField("reason", reason);
    }

    private static void evidence(JsonGenerator json, OwnFile.@Nullable Said own, PersonFile.@Nullable Given given)
            throws IOException {
        json.writeObjectFieldStart("evidence");
        if (own != null) {
            json.writeStringField("kind", "own-act");
            json.writeStringField("at", Accesses.time(own.entry().at().toEpochMilli()));
            json.writeNumberField("position", own.entry().position());
        } else {
            json.writeStringField("kind", "delivery");
            json.writeStringField("reference", given == null ? null : given.evidence());
        }
        json.writeEndObject();
    }

    private OwnFile.@Nullable Said own(SceneDefinition scene, int grantedOn) {
        for (OwnFile.Said said : file.consents()) {
            if (said.entry().kind() == Kind.CONSENT_GIVEN
                    && said.payload().text("scene").equals(scene.id())
                    && said.payload().day("granted_on") == grantedOn) {
                return said;
            }
        }
        return null;
    }

    private static PersonFile.@Nullable Given takeGiven(
            List<PersonFile.Given> delivered, SceneDefinition scene, int grantedOn) {
        for (PersonFile.Given given : delivered) {
            if (given.scene().equals(scene.id()) && given.grantedOn() == grantedOn) {
                delivered.remove(given);
                return given;
            }
        }
        return null;
    }
}
