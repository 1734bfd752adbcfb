package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Title;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Scenes and matters as JSON. Stateless. */
final class VocabularyJson {
    private VocabularyJson() {}

    static void title(JsonGenerator json, String field, Title title) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("zh", title.zh());
        json.writeStringField("en", title.en());
        json.writeEndObject();
    }

    static void scenes(JsonGenerator json, List<SceneRule> scenes, boolean demonstration) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("demonstration", demonstration);
        json.writeArrayFieldStart("scenes");
        for (SceneRule scene : scenes) {
            scene(json, scene, demonstration);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void scene(JsonGenerator json, SceneRule scene, boolean demonstration) throws IOException {
        SceneDefinition definition = scene.definition();
        json.writeStartObject();
        json.writeStringField("scene", definition.id());
        json.writeBooleanField("demonstration", demonstration);
        title(json, "title", definition.title());
        json.writeStringField("subject", word(definition.subject()));
        json.writeArrayFieldStart("schemes");
        for (String scheme : SceneAnswers.schemes(scene)) {
            json.writeString(scheme);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("purpose");
        json.writeNumberField("version", definition.purposeVersion());
        LocalDate since = definition.purposeSince();
        if (since != null) {
            json.writeStringField("since", since.toString());
        }
        json.writeStringField("zh", definition.purpose().zh());
        json.writeStringField("en", definition.purpose().en());
        json.writeEndObject();
        texts(json, "recipients", definition.recipients());
        title(json, "base_service", definition.baseService());
        Title withoutScore = definition.withoutScore();
        if (withoutScore != null) {
            title(json, "without_score", withoutScore);
        }
        json.writeNumberField("ttl_seconds", scene.ttlSeconds());
        json.writeArrayFieldStart("benefits");
        for (Benefit benefit : scene.benefits()) {
            json.writeStartObject();
            json.writeStringField("benefit", benefit.id());
            title(json, "words", benefit.words());
            title(json, "condition", benefit.condition());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void matters(JsonGenerator json, List<Matter> matters, Set<String> own) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("matters");
        for (Matter matter : matters) {
            json.writeStartObject();
            json.writeStringField("matter", matter.id());
            title(json, "title", matter.title());
            json.writeBooleanField("permitted", own.contains(matter.id()));
            json.writeArrayFieldStart("effects");
            for (Matter.Effect effect : matter.effects()) {
                json.writeStartObject();
                json.writeStringField("list", effect.list().id());
                title(json, "list_title", effect.list().title());
                json.writeStringField("effect", word(effect.effect()));
                title(json, "measure", effect.words());
                json.writeStringField("legal_basis", effect.legalBasis().isEmpty() ? null : effect.legalBasis());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void texts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
