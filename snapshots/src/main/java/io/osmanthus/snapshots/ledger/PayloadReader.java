package io.osmanthus.snapshots.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.io.NumberInput;
import io.osmanthus.snapshots.Days;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * Why not Payload.parse: it makes a parser, a tree and a node for each field, a kilobyte and more a change, and what a node
 * that catches up leaves to the collector stops its checks too. One parser that waits for the next bytes reads them all.
 */

/**
 * The payloads of many changes, one after the other, read without a tree: what {@link Payload#parse} says of texts, numbers,
 * days and lists of texts. For one thread; what it says is of the payload read last.
 */
public final class PayloadReader {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonParser parser = parser();
    private String[] names = new String[16];
    private @Nullable Object[] values = new @Nullable Object[16];
    private int count;

    private static JsonParser parser() {
        try {
            return JSON.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    /** Reads a payload; no fields where the bytes are no JSON object. */
    public PayloadReader read(byte[] payload) {
        count = 0;
        boolean whole = false;
        try {
            ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
            feeder.feedInput(payload, 0, payload.length);
            whole = parser.nextToken() == JsonToken.START_OBJECT && fields() && feeder.needMoreInput();
        } catch (IOException e) {
            count = 0;
        }
        if (!whole) {
            // where it stands in what it was given nobody knows
            parser = parser();
        }
        return this;
    }

    private boolean fields() throws IOException {
        JsonToken token = parser.nextToken();
        while (token == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            token = parser.nextToken();
            Object value =
                    switch (token) {
                        case VALUE_NUMBER_INT ->
                            parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                                    ? parser.getText()
                                    : (Object) parser.getLongValue();
                        case START_ARRAY -> list();
                        case START_OBJECT -> skip();
                        default -> token.isScalarValue() ? parser.getText() : null;
                    };
            if (token == JsonToken.NOT_AVAILABLE) {
                break;
            }
            keep(name, value);
            token = parser.nextToken();
        }
        if (token != JsonToken.END_OBJECT) {
            count = 0;
            return false;
        }
        return true;
    }

    private List<String> list() throws IOException {
        List<String> texts = new ArrayList<>();
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY && token != JsonToken.NOT_AVAILABLE) {
            if (token.isScalarValue()) {
                texts.add(parser.getText());
            } else if (token.isStructStart()) {
                skip();
                texts.add("");
            }
            token = parser.nextToken();
        }
        return texts;
    }

    /** Goes to the end of the object or list that has begun; what a later version puts there means nothing here. */
    private @Nullable Object skip() throws IOException {
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.NOT_AVAILABLE) {
                return null;
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
        return null;
    }

    private void keep(String name, @Nullable Object value) {
        if (count == names.length) {
            names = Arrays.copyOf(names, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
        }
        names[count] = name;
        values[count++] = value;
    }

    /** The last of its name, as in a tree; -1 where there is none. */
    private int index(String field) {
        for (int i = count - 1; i >= 0; i--) {
            if (names[i].equals(field)) {
                return i;
            }
        }
        return -1;
    }

    private @Nullable Object value(String field) {
        int index = index(field);
        return index < 0 ? null : values[index];
    }

    /** Whether a field is there. */
    public boolean has(String field) {
        return index(field) >= 0;
    }

    /** A text, empty where there is none. */
    public String text(String field) {
        Object value = value(field);
        return value instanceof String || value instanceof Long ? value.toString() : "";
    }

    /** A number, 0 where there is none. */
    public long number(String field) {
        Object value = value(field);
        return value instanceof String text
                ? NumberInput.parseAsLong(text, 0)
                : value instanceof Long number ? number : 0;
    }

    /** An epoch day, or {@link Days#NONE}. */
    public int day(String field) {
        return Days.parse(text(field));
    }

    /** A list of texts, empty where there is none. */
    @SuppressWarnings("unchecked") // no other list is kept
    public List<String> texts(String field) {
        return value(field) instanceof List<?> list ? (List<String>) list : List.of();
    }
}
