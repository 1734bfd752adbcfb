package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.OwnFacts;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The scenes as they stand to one person: consent, what a terminal would get now, what is missing. Stateless. */
final class OwnScenesJson {
    private OwnScenesJson() {}

    /** Writes one object. {@code tokens}: how many cards, plates, app tokens are bound. */
    static void write(JsonGenerator json, OwnFile file, int tokens) throws IOException {
        Generation generation = file.generation();
        json.writeStartObject();
        json.writeStringField("as_of", generation.day().toString());
        json.writeNumberField("position", generation.position());
        json.writeNumberField("tokens", tokens);
        json.writeArrayFieldStart("scenes");
        for (SceneRule rule : generation.rules().scenes()) {
            if (rule.definition().subject() == SubjectType.PERSON) {
                scene(json, file, rule, tokens);
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void scene(JsonGenerator json, OwnFile file, SceneRule rule, int tokens) throws IOException {
        SceneDefinition scene = rule.definition();
        OwnFacts held = file.held();
        json.writeStartObject();
        json.writeStringField("scene", scene.id());
        VocabularyJson.title(json, "title", scene.title());
        consent(json, file, scene);
        Benefit now = benefit(rule, held.code(scene.index()));
        json.writeStringField("benefit", now == null || tokens == 0 ? null : now.id());
        json.writeNumberField("ttl_seconds", now == null || tokens == 0 ? 0 : rule.ttlSeconds());
        boolean consented = file.consented(scene);
        boolean paused = held.arrears().stream().anyMatch(one -> one.scene() == scene.index() && one.counts());
        Benefit earned = earned(rule, held, paused);
        if (!consented) {
            json.writeStringField("benefit_with_consent", earned == null ? null : earned.id());
        }
        json.writeArrayFieldStart("missing");
        if (!consented) {
            missing(json, file.askedAnew(scene) ? "consent-to-new-purpose" : "consent");
        }
        if (tokens == 0) {
            missing(json, "token");
        }
        if (paused && rule.benefits().stream().anyMatch(Benefit::noArrears)) {
            missing(json, "arrears-settled");
        }
        Benefit better = better(rule, held, earned, paused);
        if (better != null) {
            json.writeStartObject();
            json.writeStringField("what", "points");
            json.writeStringField("benefit", better.id());
            json.writeNumberField(
                    "points", better.scoreAtLeast() - held.sceneScores().get(scene.index()));
            json.writeEndObject();
        }
        json.writeEndArray();
        VocabularyJson.title(json, "base_service", scene.baseService());
        json.writeEndObject();
    }

    private static void consent(JsonGenerator json, OwnFile file, SceneDefinition scene) throws IOException {
        Reader.Consent standing = null;
        for (Reader.Consent one : file.held().consents()) {
            if (one.scene() == scene.index()
                    && one.stands()
                    && (standing == null || one.endsOn() > standing.endsOn())) {
                standing = one;
            }
        }
        if (standing == null) {
            json.writeNullField("consent");
        } else {
            json.writeObjectFieldStart("consent");
            json.writeStringField("granted_on", ScoreJson.day(standing.grantedOn()));
            json.writeStringField("ends_on", ScoreJson.day(standing.endsOn()));
            json.writeEndObject();
        }
        json.writeObjectFieldStart("purpose");
        json.writeNumberField("version", scene.purposeVersion());
        json.writeStringField("zh", scene.purpose().zh());
        json.writeStringField("en", scene.purpose().en());
        json.writeEndObject();
        VocabularyJson.texts(json, "recipients", scene.recipients());
    }

    private static void missing(JsonGenerator json, String what) throws IOException {
        json.writeStartObject();
        json.writeStringField("what", what);
        json.writeEndObject();
    }

    private static @Nullable Benefit benefit(SceneRule rule, int code) {
        for (Benefit benefit : rule.benefits()) {
            if (benefit.code() == code) {
                return benefit;
            }
        }
        return null;
    }

    /** The best that the score earns, consent or not: benefits stand best first. */
    private static @Nullable Benefit earned(SceneRule rule, OwnFacts held, boolean paused) {
        int score = held.sceneScores().get(rule.definition().index());
        for (Benefit benefit : rule.benefits()) {
            if (score >= benefit.scoreAtLeast() && !(paused && benefit.noArrears())) {
                return benefit;
            }
        }
        return null;
    }

    /** The nearest benefit that is better than what is earned and that points alone would bring. */
    private static @Nullable Benefit better(SceneRule rule, OwnFacts held, @Nullable Benefit earned, boolean paused) {
        int score = held.sceneScores().get(rule.definition().index());
        Benefit nearest = null;
        for (Benefit benefit : rule.benefits()) {
            boolean above = earned == null || benefit.code() < earned.code();
            boolean points = benefit.scoreAtLeast() > score && !(paused && benefit.noArrears());
            if (above && points && (nearest == null || benefit.scoreAtLeast() <= nearest.scoreAtLeast())) {
                nearest = benefit;
            }
        }
        return nearest;
    }
}
