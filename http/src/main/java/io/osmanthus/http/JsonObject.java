package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.snapshots.Days;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a request body, read strictly: UTF-8 and nothing that is nearly so, no repeated key, none that is not known.
 * Values never reach a message.
 */
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
        return of(tree(body), keys);
    }

    /** The value of a body; null where it is no JSON, or has a number that is none here. */
    static @Nullable JsonNode tree(byte[] body) {
        try {
            // Jackson guesses UTF-16 and 32 from the bytes, and reads overlong forms; the JDK's decoder does neither.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            JsonNode tree = JSON.readTree(text);
            return tree == null || tree.isMissingNode() || !finite(tree) ? null : tree;
        } catch (IOException e) {
            return null;
        }
    }

    /** 1e999 is read as infinite, which no arithmetic here takes. */
    private static boolean finite(JsonNode node) {
        if (node.isDouble()) {
            return Double.isFinite(node.doubleValue());
        }
        for (JsonNode one : node) {
            if (!finite(one)) {
                return false;
            }
        }
        return true;
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
        boolean odd = text.codePoints().anyMatch(point -> Character.isISOControl(point) || surrogate(point));
        return text.isBlank() || text.length() > max || odd ? null : text;
    }

    /** Half of a pair: of no text that can be written anywhere. */
    private static boolean surrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    /** A text of 1 to {@code max} characters that may have several lines, or null. */
    @Nullable
    String prose(String key, int max) {
        JsonNode value = node.get(key);
        if (value == null || !value.isTextual()) {
            return null;
        }
        String text = value.asText();
        boolean control = text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t');
        return text.isBlank() || text.length() > max || control ? null : text;
    }

    /** The object of a key; null where there is none, or it has a key that is not among these. */
    @Nullable
    JsonObject object(String key, Set<String> keys) {
        return of(node.get(key), keys);
    }

    /** At most {@code count} texts of at most {@code max} characters each; null where it is something else. */
    @Nullable
    List<String> texts(String key, int count, int max) {
        JsonNode list = node.get(key);
        if (list == null || !list.isArray() || list.size() > count) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode one : list) {
            String text = one.asText();
            if (!one.isTextual()
                    || text.isBlank()
                    || text.length() > max
                    || text.chars().anyMatch(Character::isISOControl)) {
                return null;
            }
            texts.add(text);
        }
        return texts;
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
