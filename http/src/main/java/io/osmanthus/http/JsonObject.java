package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.snapshots.Days;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object of a request body, read strictly: no repeated key, none that is not known. Values never reach a message. */
final class JsonObject {
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonBytes.DEPTH_MAX)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode node;

    private JsonObject(JsonNode node) {
        this.node = node;
    }

    /** The object of a body; null where it is none, or has a key that is not among these. */
    static @Nullable JsonObject parse(byte[] body, Set<String> keys) {
        try {
            return of(JSON.readTree(body), keys);
        } catch (IOException e) {
            return null;
        }
    }

    /** The objects of a list; null where it is no list; an element that is no such object is null. */
    @Nullable
    List<@Nullable JsonObject> objects(String key, Set<String> keys) {
        JsonNode list = node.get(key);
        if (list == null || !list.isArray()) {
            return null;
        }
        List<@Nullable JsonObject> objects = new ArrayList<>(list.size());
        list.forEach(one -> objects.add(of(one, keys)));
        return objects;
    }

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** A text of 1 to {@code max} characters, or null. */
    @Nullable
    String text(String key, int max) {
        JsonNode value = node.get(key);
        if (value == null || !value.isTextual()) {
            return null;
        }
        String text = value.asText();
        return text.isBlank() || text.length() > max || text.chars().anyMatch(Character::isISOControl) ? null : text;
    }

    /** A whole number, or {@code otherwise}. */
    long number(String key, long otherwise) {
        JsonNode value = node.get(key);
        return value == null || !value.isIntegralNumber() || !value.canConvertToLong() ? otherwise : value.asLong();
    }

    /** An epoch day, {@link Days#NONE} where there is none, {@link Days#MALFORMED}. */
    int day(String key) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return Days.NONE;
        }
        return value.isTextual() && !value.asText().isEmpty() ? Days.parse(value.asText()) : Days.MALFORMED;
    }

    /** A number of at most two decimals in hundredths; 0 where there is none, -1 where it is something else. */
    long hundredths(String key) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return 0;
        }
        if (!value.isNumber() || value.decimalValue().precision() > 18) {
            return -1;
        }
        try {
            return value.decimalValue().movePointRight(2).longValueExact();
        } catch (ArithmeticException e) {
            return -1;
        }
    }

    private static @Nullable JsonObject of(@Nullable JsonNode node, Set<String> keys) {
        if (node == null || !node.isObject()) {
            return null;
        }
        Iterator<String> names = node.fieldNames();
        while (names.hasNext()) {
            if (!keys.contains(names.next())) {
                return null;
            }
        }
        return new JsonObject(node);
    }
}
