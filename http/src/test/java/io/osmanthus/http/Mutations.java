package io.osmanthus.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Values near an example of a schema: a member less, one more, another type, at each bound and one beyond. */
final class Mutations {
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final int ELEMENTS_MAX = 20_000;

    private final Schemas schemas;
    private final List<JsonNode> made = new ArrayList<>();

    private Mutations(Schemas schemas) {
        this.schemas = schemas;
    }

    /** All of an example of the schema at a pointer; the example itself is the first. */
    static List<JsonNode> of(Schemas schemas, String pointer, JsonNode example) {
        Mutations mutations = new Mutations(schemas);
        mutations.made.add(example);
        mutations.walk(schemas.root().at(pointer), example, changed -> changed);
        return mutations.made;
    }

    /** {@code put} gives the whole with another value in this place. */
    private void walk(JsonNode given, JsonNode value, UnaryOperator<JsonNode> put) {
        JsonNode schema = resolved(given);
        for (JsonNode other : List.<JsonNode>of(
                MAKE.nullNode(),
                MAKE.booleanNode(true),
                MAKE.numberNode(7),
                MAKE.numberNode(-1),
                MAKE.numberNode(0.5),
                MAKE.numberNode(1e300),
                MAKE.textNode("x"),
                MAKE.textNode(""),
                MAKE.textNode("2026-02-30"),
                MAKE.textNode("20261015"),
                MAKE.textNode("no-such-word"),
                MAKE.arrayNode(),
                MAKE.objectNode())) {
            made.add(put.apply(other));
        }
        bounds(schema, value, put);
        if (value.isObject()) {
            members(schema, (ObjectNode) value, put);
        } else if (value.isArray()) {
            elements(schema, (ArrayNode) value, put);
        }
    }

    private JsonNode resolved(JsonNode schema) {
        if (schema.has("$ref")) {
            return resolved(schemas.root().at(schema.path("$ref").asText().substring(1)));
        }
        for (String choice : List.of("anyOf", "oneOf", "allOf")) {
            if (schema.has(choice) && !schema.has("properties")) {
                return resolved(schema.path(choice).path(0));
            }
        }
        return schema;
    }

    private void bounds(JsonNode schema, JsonNode value, UnaryOperator<JsonNode> put) {
        for (int step : new int[] {-1, 0, 1}) {
            if (schema.has("minimum")) {
                made.add(put.apply(MAKE.numberNode(schema.path("minimum").asLong() + step)));
            }
            if (schema.has("maximum")) {
                made.add(put.apply(MAKE.numberNode(schema.path("maximum").asLong() + step)));
            }
            for (String length : List.of("minLength", "maxLength")) {
                int count = schema.path(length).asInt() + step;
                if (schema.has(length) && count >= 0) {
                    made.add(put.apply(MAKE.textNode("a".repeat(count))));
                }
            }
            for (String size : List.of("minItems", "maxItems")) {
                int count = schema.path(size).asInt() + step;
                if (schema.has(size) && count >= 0 && count <= ELEMENTS_MAX && value.size() > 0) {
                    ArrayNode array = MAKE.arrayNode(count);
                    for (int i = 0; i < count; i++) {
                        array.add(value.get(0));
                    }
                    made.add(put.apply(array));
                }
            }
        }
    }

    private void members(JsonNode schema, ObjectNode value, UnaryOperator<JsonNode> put) {
        ObjectNode more = value.deepCopy();
        more.put("no_such_member", 1);
        made.add(put.apply(more));
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            ObjectNode less = value.deepCopy();
            less.remove(member.getKey());
            made.add(put.apply(less));
            walk(schema.path("properties").path(member.getKey()), member.getValue(), changed -> {
                ObjectNode with = value.deepCopy();
                with.set(member.getKey(), changed);
                return put.apply(with);
            });
        }
    }

    private void elements(JsonNode schema, ArrayNode value, UnaryOperator<JsonNode> put) {
        for (int i = 0; i < value.size(); i++) {
            int at = i;
            walk(schema.path("items"), value.get(i), changed -> {
                ArrayNode with = value.deepCopy();
                with.set(at, changed);
                return put.apply(with);
            });
        }
    }
}
