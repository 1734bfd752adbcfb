package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.Keeper;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseFile;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.CaseState;
import io.osmanthus.snapshots.cases.Move;
import io.osmanthus.snapshots.cases.Procedure;
import io.osmanthus.snapshots.cases.StateTable;
import io.osmanthus.snapshots.ledger.Payload;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cases as JSON. The subject of a case is never named: the desk works with the case, not with whom it is about. Stateless. */
final class CaseJson {
    private static final List<String> TEXTS =
            List.of("grounds", "statement", "duties_fulfilled", "commitment_letter", "other");

    private CaseJson() {}

    /** The answer to a filing. */
    static void filed(JsonGenerator json, Case row, Payload content, Procedure procedure) throws IOException {
        json.writeStartObject();
        course(json, row);
        json.writeStringField("due_on_if_forwarded", day(procedure.dueIfForwarded(row.kind(), row.filedOn())));
        about(json, row, content);
        json.writeEndObject();
    }

    /** Fields of the course of a case, within an object. */
    static void course(JsonGenerator json, Case row) throws IOException {
        CaseState resumes = row.resumes();
        Move outcome = row.outcome();
        boolean proposed = row.state() == CaseState.PROPOSED;
        json.writeStringField("case_id", row.id().toString());
        json.writeStringField("kind", row.kind().word());
        json.writeStringField("subject_type", row.organisation() ? "organisation" : "person");
        json.writeStringField("state", row.state().word());
        json.writeStringField("outcome", outcome == null || proposed ? null : outcome.word());
        json.writeStringField("proposed", outcome == null || !proposed ? null : outcome.word());
        json.writeStringField("resumes", resumes == null ? null : resumes.word());
        json.writeBooleanField("four_eyes", row.fourEyes());
        json.writeNumberField("version", row.version());
        json.writeStringField("filed_on", day(row.filedOn()));
        json.writeStringField("due_on", day(row.dueOn()));
        json.writeStringField("review_until", row.state() == CaseState.DECIDED ? day(row.reviewUntil()) : null);
    }

    /** One case with what was said. {@code desk}: who moved it is named, and what can be done next. */
    static byte[] file(CaseFile file, boolean desk) {
        return Reply.bytes(json -> {
            json.writeStartObject();
            course(json, file.row());
            Payload content = file.filing();
            if (content != null) {
                about(json, file.row(), content);
            }
            if (desk) {
                json.writeStringField("proposed_by", file.row().proposer());
                json.writeArrayFieldStart("moves");
                for (Move move : StateTable.legal(file.row().kind(), file.row().state())) {
                    json.writeString(move.word());
                }
                json.writeEndArray();
            }
            json.writeStringField("filed_at", time(file.filedAt()));
            json.writeArrayFieldStart("history");
            for (CaseFile.Step step : file.steps()) {
                json.writeStartObject();
                json.writeStringField("at", time(step.at()));
                json.writeStringField("by", desk ? step.actor() : by(step.actor()));
                json.writeStringField("move", step.move());
                json.writeStringField("from", step.from());
                json.writeStringField("to", step.to());
                json.writeStringField("reason", step.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** A list of cases, without what was said. */
    static byte[] list(List<Case> rows, @Nullable String next) {
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("cases");
            for (Case row : rows) {
                json.writeStartObject();
                course(json, row);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("next", next);
            json.writeEndObject();
        });
    }

    private static void about(JsonGenerator json, Case row, Payload content) throws IOException {
        json.writeObjectFieldStart("about");
        json.writeStringField("id", content.text("id"));
        for (String field :
                List.of("item", "list", "scene", "client", "asked", "answer", "at", "since", "occurred_on")) {
            if (!content.text(field).isEmpty()) {
                json.writeStringField(field, content.text(field));
            }
        }
        if (!content.text("item").isEmpty()) {
            json.writeStringField("severity", content.text("severity").isEmpty() ? null : content.text("severity"));
        }
        String source = content.text("source");
        json.writeStringField("source", source.isEmpty() ? null : source);
        json.writeEndObject();
        for (String field : TEXTS) {
            if (!content.text(field).isEmpty()) {
                json.writeStringField(field, content.text(field));
            }
        }
        if (row.kind() == CaseKind.REPAIR) {
            json.writeArrayFieldStart("entries");
            for (Payload entry : new CaseFile(row, content, Instant.EPOCH, List.of()).entries()) {
                json.writeString(entry.text("id"));
            }
            json.writeEndArray();
        }
    }

    /** To whom it is about, who works at the desk is the desk. */
    private static String by(String actor) {
        return actor.equals("self") || actor.equals("representative") ? actor : "desk";
    }

    private static @Nullable String day(int epochDay) {
        return epochDay == Days.NONE ? null : LocalDate.ofEpochDay(epochDay).toString();
    }

    private static String time(Instant at) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                at.atZone(Keeper.ZONE).truncatedTo(ChronoUnit.MILLIS).toOffsetDateTime());
    }
}
