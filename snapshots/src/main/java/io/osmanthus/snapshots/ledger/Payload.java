package io.osmanthus.snapshots.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.osmanthus.snapshots.Days;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a change says beyond its subject and kind: a small JSON object. Filled by one thread, then read only. */
public final class Payload {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode fields;

    private Payload(ObjectNode fields) {
        this.fields = fields;
    }

    /** An empty one, to be filled. */
    public static Payload of() {
        return new Payload(JSON.createObjectNode());
    }

    /** Reads one; empty where the bytes are no JSON object. */
    public static Payload parse(byte[] bytes) {
        try {
            return JSON.readTree(bytes) instanceof ObjectNode object ? new Payload(object) : of();
        } catch (IOException e) {
            return of();
        }
    }

    /** Sets a text; null leaves the field off. */
    public Payload with(String field, @Nullable String value) {
        if (value != null) {
            fields.put(field, value);
        }
        return this;
    }

    public Payload with(String field, long value) {
        fields.put(field, value);
        return this;
    }

    /** Sets an epoch day; {@link Days#NONE} leaves the field off. */
    public Payload withDay(String field, int epochDay) {
        return epochDay == Days.NONE
                ? this
                : with(field, LocalDate.ofEpochDay(epochDay).toString());
    }

    /** Sets a list of texts. */
    public Payload with(String field, List<String> values) {
        ArrayNode list = fields.putArray(field);
        values.forEach(list::add);
        return this;
    }

    /** A list of texts, empty where there is none. */
    public List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        if (fields.get(field) instanceof ArrayNode list) {
            list.forEach(one -> texts.add(one.asText()));
        }
        return List.copyOf(texts);
    }

    /** Takes a field away, if it is there. */
    public Payload without(String field) {
        fields.remove(field);
        return this;
    }

    /** Whether a field is there. */
    public boolean has(String field) {
        return fields.has(field);
    }

    /** A text, empty where there is none. */
    public String text(String field) {
        JsonNode node = fields.get(field);
        return node == null ? "" : node.asText();
    }

    /** A number, 0 where there is none. */
    public long number(String field) {
        JsonNode node = fields.get(field);
        return node == null ? 0 : node.asLong();
    }

    /** An epoch day, or {@link Days#NONE}. */
    public int day(String field) {
        return Days.parse(text(field));
    }

    /** UTF-8 JSON. */
    public byte[] bytes() {
        try {
            return JSON.writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }
}
