package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseFile;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.trail.Access;
import io.osmanthus.snapshots.trail.AccessPage;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.vocabulary.Regimes;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Title;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything that is held about one person, but for the ledger's changes, as one JSON object. For one answer. */
final class ExportJson {
    /** Charter 3: a document that anybody could demand would soon be demanded. */
    static final Title NO_CERTIFICATE = new Title(
            "本文件仅供您本人查阅。任何单位和个人都不得要求您提供；它不是证明，不具有任何证明效力。",
            "This document is for you alone. Nobody may demand it from you; it is no certificate and proves nothing.");

    /** Answers that the summary looks through, the newest first; all of them are at /v1/me/accesses. */
    static final int ACCESSES_MAX = 1_000;

    private final Site site;
    private final Live live;
    private final Reader reader;
    private final OwnFile file;
    private final Caller.Citizen citizen;

    ExportJson(Site site, Live live, Reader reader, OwnFile file, Caller.Citizen citizen) {
        this.site = site;
        this.live = live;
        this.reader = reader;
        this.file = file;
        this.citizen = citizen;
    }

    void write(JsonGenerator json) throws IOException {
        Generation generation = file.generation();
        OwnFileJson lists = new OwnFileJson(file);
        Set<PersonLookup.Token> tokens = CitizenReads.asserted(live, reader, generation, citizen);
        json.writeStartObject();
        VocabularyJson.title(json, "nobody_may_demand_this", NO_CERTIFICATE);
        json.writeStringField("made_at", Accesses.time(site.clock().millis()));
        json.writeBooleanField("demonstration", site.config().demonstration());
        lists.origin(json);
        enrolment(json);
        json.writeFieldName("score");
        ScoreJson.write(
                json, file.explanation(), State.of(generation), file.held().delivered());
        lists.lists(json);
        tokens(json, tokens);
        json.writeFieldName("scenes");
        OwnScenesJson.write(json, file, tokens.size());
        cases(json);
        accesses(json);
        kept(json);
        json.writeEndObject();
    }

    private void enrolment(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("enrolment");
        json.writeStringField("by", file.held().delivered() ? "delivery" : "own-act");
        json.writeStringField("enrolled_on", ScoreJson.day(file.enrolment().enrolledOn()));
        if (file.enrolment().district() == 0) {
            json.writeNullField("district");
        } else {
            json.writeNumberField("district", file.enrolment().district());
        }
        json.writeEndObject();
    }

    /** How many of which scheme: the tokens are held as keyed pseudonyms only, and these are of no use to anybody. */
    static void tokens(JsonGenerator json, Set<PersonLookup.Token> tokens) throws IOException {
        json.writeArrayFieldStart("tokens");
        for (Scheme scheme : Scheme.values()) {
            long count =
                    tokens.stream().filter(token -> token.scheme() == scheme).count();
            if (count > 0) {
                json.writeStartObject();
                json.writeStringField("scheme", scheme.word());
                json.writeNumberField("count", count);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    /** With what was said: every case that is kept. */
    private void cases(JsonGenerator json) throws IOException {
        Subject self = new Subject(citizen.high(), citizen.low());
        List<Case> rows = Cases.of(live.ledger(), self);
        List<Entry> said = rows.isEmpty()
                ? List.of()
                : live.ledger().about(self, Set.of(Kind.CASE_FILED, Kind.CASE_MOVED), 0, false, OwnFile.CHANGES_MAX);
        json.writeArrayFieldStart("cases");
        for (Case row : rows) {
            json.writeRawValue(new String(CaseJson.file(CaseFile.of(row, said), false), StandardCharsets.UTF_8));
        }
        json.writeEndArray();
    }

    private record Alike(
            String asked,
            @Nullable String client,
            @Nullable String scene,
            @Nullable String answer) {}

    private static final class Sum {
        private long count;
        private long firstMs = Long.MAX_VALUE;
        private long lastMs = Long.MIN_VALUE;
    }

    /** Who got which answer about me, how often, first and last. */
    private void accesses(JsonGenerator json) throws IOException {
        AccessTrail trail = site.trail();
        json.writeObjectFieldStart("accesses");
        json.writeStringField("each_of_them", Route.ACCESSES.path());
        if (trail != null) {
            AccessPage page = trail.accesses(citizen.high(), citizen.low(), 0, Accesses.LAST_MS, null, ACCESSES_MAX);
            json.writeBooleanField("all", page.next() == null);
            json.writeStringField("complete_until", Accesses.time(page.completeUntil()));
            json.writeArrayFieldStart("summary");
            for (Map.Entry<Alike, Sum> entry : summary(page.accesses()).entrySet()) {
                json.writeStartObject();
                json.writeStringField("asked", entry.getKey().asked());
                json.writeStringField("client", entry.getKey().client());
                json.writeStringField("scene", entry.getKey().scene());
                json.writeStringField("answer", entry.getKey().answer());
                json.writeNumberField("count", entry.getValue().count);
                json.writeStringField("first_at", Accesses.time(entry.getValue().firstMs));
                json.writeStringField("last_at", Accesses.time(entry.getValue().lastMs));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static Map<Alike, Sum> summary(List<Access> accesses) {
        Map<Alike, Sum> sums = new LinkedHashMap<>();
        accesses.stream().sorted(Comparator.comparingLong(Access::at)).forEach(access -> {
            Sum sum = sums.computeIfAbsent(
                    new Alike(access.asked().word(), access.client(), access.scene(), access.answer()),
                    ignored -> new Sum());
            sum.count += Math.max(1, access.count());
            sum.firstMs = Math.min(sum.firstMs, access.at());
            sum.lastMs = Math.max(sum.lastMs, access.at());
        });
        return sums;
    }

    /** How long what is kept, and what stays after leaving. */
    private void kept(JsonGenerator json) throws IOException {
        LocalDate today = file.generation().day();
        Regimes regimes = site.vocabulary().regimes();
        json.writeObjectFieldStart("retention");
        json.writeNumberField("adverse_records_months_at_most", regimes.adverseRetentionMonthsMax(today));
        json.writeNumberField("consents_years_at_most", regimes.consentYearsMax(today));
        json.writeNumberField("arrears_pause_months_at_most", regimes.arrearsMonthsMax(today));
        json.writeNumberField("accesses_with_times_days", TrailOptions.EXACT_DAYS);
        json.writeNumberField("accesses_counts_months", site.config().trail().countsMonths());
        json.writeNumberField("erased_after_leaving_days", live.erasureDays());
        json.writeEndObject();
        json.writeFieldName("kept_by_law_after_leaving");
        KeptByLaw.write(json);
    }
}
