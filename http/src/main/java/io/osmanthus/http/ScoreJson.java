package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.SubjectFacts;
import java.io.IOException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** A score as JSON: the body of {@code GET /v1/me/score}, and of {@code explain}. Stateless. */
public final class ScoreJson {
    private ScoreJson() {}

    /** Writes one object of somebody whom a delivery brought. */
    public static void write(JsonGenerator json, Explanation explanation, State state) throws IOException {
        write(json, explanation, state, true);
    }

    /** Writes one object. {@code delivered} false: they enrolled since the last delivery, and their facts are to come. */
    static void write(JsonGenerator json, Explanation explanation, State state, boolean delivered) throws IOException {
        write(json, explanation, state, state.day(), false, delivered);
    }

    /** Writes what a score would be on a day: the same object, marked as simulated. */
    static void writeSimulated(
            JsonGenerator json, Explanation explanation, State state, LocalDate day, boolean delivered)
            throws IOException {
        write(json, explanation, state, day, true, delivered);
    }

    private static void write(
            JsonGenerator json,
            Explanation explanation,
            State state,
            LocalDate day,
            boolean simulated,
            boolean delivered)
            throws IOException {
        json.writeStartObject();
        if (simulated) {
            json.writeBooleanField("simulated", true);
        }
        json.writeNumberField("score", explanation.score());
        json.writeStringField("grade", explanation.grade());
        json.writeStringField("scheme", explanation.scheme());
        json.writeStringField("rules_version", explanation.rulesVersion());
        json.writeStringField("as_of", day.toString());
        json.writeStringField("facts_as_of", delivered ? state.factsAsOf().toString() : null);
        json.writeNumberField("position", state.position());
        json.writeArrayFieldStart("next");
        for (Explanation.Next next : explanation.next()) {
            json.writeStartObject();
            json.writeStringField("scene", next.scene());
            json.writeStringField("benefit", next.benefit());
            json.writeNumberField("points_missing", next.pointsMissing());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("lines");
        for (Explanation.Line line : explanation.lines()) {
            line(json, line, state);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void line(JsonGenerator json, Explanation.Line line, State state) throws IOException {
        json.writeStartObject();
        json.writeStringField("record_id", line.recordId());
        json.writeStringField("item", line.item());
        VocabularyJson.title(json, "title", line.title());
        CatalogueJson.words(json, line.rule());
        json.writeNumberField("points_before_caps", line.pointsBeforeCaps());
        json.writeNumberField("points", line.points());
        json.writeStringField("direct_grade", line.directGrade());
        json.writeBooleanField("counted", line.counted());
        json.writeStringField("reason", line.reason());
        json.writeStringField("occurred_on", day(line.occurredOn()));
        json.writeStringField("counts_until", day(line.countsUntil()));
        json.writeStringField("source", source(line.sourceIndex(), state));
        json.writeBooleanField("disputed", line.disputed());
        json.writeEndObject();
    }

    private static @Nullable String source(int index, State state) {
        return index < 0 ? null : state.sources().get(index);
    }

    /** A day as a date, null where none is given. */
    static @Nullable String day(int epochDay) {
        return epochDay == SubjectFacts.NONE
                ? null
                : LocalDate.ofEpochDay(epochDay).toString();
    }
}
