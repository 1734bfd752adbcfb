package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.SubjectFacts;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The match of one organisation as JSON: an element of the answer of {@code POST /v1/matters/{matter}/matches}, and of
 * {@code match}. It carries no identity: answers stand in the order of the questions. Stateless.
 */
public final class MatchJson {
    private MatchJson() {}

    /**
     * Writes one object.
     *
     * @param report null where the organisation is not known
     * @param candidates null unless only a name was given
     */
    public static void write(
            JsonGenerator json, @Nullable MatchReport report, @Nullable List<CandidateSearch.Candidate> candidates)
            throws IOException {
        MatchReport shown = report == null ? MatchReport.NONE : report;
        json.writeStartObject();
        json.writeStringField("outcome", word(shown.outcome()));
        json.writeBooleanField("found", report != null);
        json.writeArrayFieldStart("hits");
        for (MatchReport.Hit hit : shown.hits()) {
            hit(json, hit);
        }
        json.writeEndArray();
        if (candidates != null) {
            json.writeArrayFieldStart("candidates");
            for (CandidateSearch.Candidate candidate : candidates) {
                json.writeStartObject();
                json.writeStringField("uscc", candidate.uscc());
                json.writeStringField("name", candidate.name());
                json.writeNumberField("likeness", Math.round(candidate.likeness() * 1000) / 1000.0);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void hit(JsonGenerator json, MatchReport.Hit hit) throws IOException {
        json.writeStartObject();
        json.writeStringField("list", hit.list().id());
        VocabularyJson.title(json, "list_title", hit.list().title());
        json.writeStringField("entry_id", hit.entryId());
        json.writeStringField("effect", word(hit.effect()));
        VocabularyJson.title(json, "measure", hit.measure());
        json.writeStringField("legal_basis", hit.legalBasis());
        json.writeStringField("valid_from", ScoreJson.day(hit.enteredOn()));
        json.writeStringField(
                "valid_until",
                ScoreJson.day(hit.leavesOn() == SubjectFacts.NONE ? hit.leavesOn() : hit.leavesOn() - 1));
        json.writeBooleanField("disputed", hit.disputed());
        json.writeEndObject();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
