package io.osmanthus.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/*
 * One parse: what is validated is the tree that a strict reader made (no repeated key, no deep nesting), and validation
 * stops at the first fault, so that a body full of them costs no more than one. Texts are made from the schema's keyword and
 * our own names, never from what was sent.
 */

/**
 * {@code openapi.yaml} at work: requests are held against it before they are judged. Immutable and thread-safe; a large body
 * takes tens of milliseconds, so bodies are held against it on workers.
 */
final class Contract {
    private static final String IRI = "https://osmanthus.invalid/openapi.json";
    private static final int POINTER_SEGMENTS_MAX = 16;

    /** Broken by a request that was understood: sizes and ranges, not shapes. */
    private static final Set<String> UNPROCESSABLE =
            Set.of("minItems", "maxItems", "uniqueItems", "minimum", "maximum", "exclusiveMinimum", "multipleOf");

    /** What else stands where the library looks for keywords of schemas. */
    private static final List<String> OTHER_WORDS =
            List.of("openapi", "info", "servers", "tags", "paths", "components", "example");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A parameter of the query or a header field. */
    private record Parameter(String in, String name, boolean number, boolean required, JsonSchema schema) {}

    /** The schema of a body. */
    private record RequestBody(boolean required, JsonSchema schema) {}

    private final byte[] text;
    private final Map<Route, RequestBody> bodies = new EnumMap<>(Route.class);
    private final Map<Route, List<Parameter>> parameters = new EnumMap<>(Route.class);

    private Contract(byte[] text) {
        this.text = text;
    }

    /** The contract of the jar: read once, since its schemas take some 30 MiB of heap; immutable, and all servers share it. */
    static Contract load() {
        return Shipped.CONTRACT;
    }

    private static final class Shipped {
        private static final Contract CONTRACT = read();

        private Shipped() {}
    }

    private static Contract read() {
        byte[] text;
        try (InputStream in = Contract.class.getResourceAsStream("/openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml is missing from the jar");
            }
            text = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.yaml cannot be read from the jar", e);
        }
        return of(text);
    }

    private static Contract of(byte[] text) {
        JsonNode root = JSON.valueToTree(
                new Load(LoadSettings.builder().build()).loadFromString(new String(text, StandardCharsets.UTF_8)));
        JsonSchemaFactory factory = factory(root, IRI);
        Contract contract = new Contract(text);
        for (Route route : Route.values()) {
            contract.read(root, route, factory);
        }
        return contract;
    }

    /** Finds the schemas of a contract under an address, by JSON pointer. */
    static JsonSchemaFactory factory(JsonNode root, String iri) {
        JsonMetaSchema.Builder words = JsonMetaSchema.builder(JsonMetaSchema.getV202012());
        OTHER_WORDS.forEach(word -> words.keyword(new NonValidationKeyword(word)));
        JsonMetaSchema dialect = words.build();
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012, builder -> builder.metaSchema(dialect)
                .schemaLoaders(loaders -> loaders.schemas(Map.of(iri, root.toString()))));
    }

    private void read(JsonNode root, Route route, JsonSchemaFactory factory) {
        String path = "/paths/" + route.path().replace("~", "~0").replace("/", "~1");
        String method = path + "/" + route.method().name().toLowerCase(Locale.ROOT);
        JsonNode operation = root.at(method);
        if (operation.isMissingNode()) {
            throw new IllegalStateException("openapi.yaml does not describe " + route.method() + " " + route.path());
        }
        JsonNode body = operation.path("requestBody");
        if (body.has("content")) {
            String pointer = method + "/requestBody/content/application~1json/schema";
            bodies.put(route, new RequestBody(body.path("required").asBoolean(), schema(factory, pointer)));
        }
        List<Parameter> found = new ArrayList<>();
        for (String at : List.of(path + "/parameters", method + "/parameters")) {
            for (int i = 0; i < root.at(at).size(); i++) {
                String place = at + "/" + i;
                String reference = root.at(place).path("$ref").asText("");
                String pointer = reference.isEmpty() ? place : reference.substring(1);
                JsonNode one = root.at(pointer);
                // What a path names and does not exist is 404: the route says so.
                if (!one.path("in").asText().equals("path")) {
                    found.add(new Parameter(
                            one.path("in").asText(),
                            one.path("name").asText(),
                            one.path("schema").path("type").asText().equals("integer"),
                            one.path("required").asBoolean(),
                            schema(factory, pointer + "/schema")));
                }
            }
        }
        parameters.put(route, List.copyOf(found));
    }

    private static JsonSchema schema(JsonSchemaFactory factory, String pointer) {
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                .failFast(true)
                .formatAssertionsEnabled(true)
                .locale(Locale.ROOT)
                .pathType(PathType.JSON_POINTER)
                .build();
        JsonSchema schema = factory.getSchema(SchemaLocation.of(IRI + "#" + pointer), config);
        schema.initializeValidators();
        return schema;
    }

    /** The contract as it is published. */
    byte[] text() {
        return text.clone();
    }

    /** Whether a body belongs to a request of the route. */
    boolean bodied(Route route) {
        return bodies.containsKey(route);
    }

    /** Whether a request of the route must have a body. */
    boolean bodyRequired(Route route) {
        RequestBody body = bodies.get(route);
        return body != null && body.required();
    }

    /** What of a request breaks the contract. */
    record Breach(Problem problem, Problem.Fault fault) {}

    /** The first fault of query and header fields; null where there is none. */
    @Nullable
    Breach parameters(Route route, HttpServerRequest request) {
        List<Parameter> known = parameters.get(route);
        if (known == null) {
            return null;
        }
        for (Parameter parameter : known) {
            boolean header = parameter.in().equals("header");
            List<String> given = header
                    ? request.headers().getAll(parameter.name())
                    : request.params().getAll(parameter.name());
            String pointer = "/" + parameter.name();
            if (given.size() > 1 || (given.isEmpty() && parameter.required())) {
                return new Breach(
                        Problem.MALFORMED,
                        new Problem.Fault(pointer, given.isEmpty() ? "must be given" : "must stand once"));
            }
            if (!given.isEmpty()) {
                Breach breach = breach(parameter.schema(), value(given.get(0), parameter.number()), pointer);
                if (breach != null) {
                    return new Breach(Problem.MALFORMED, breach.fault());
                }
            }
        }
        return null;
    }

    private static JsonNode value(String given, boolean number) {
        return number && given.matches("[0-9]{1,18}")
                ? LongNode.valueOf(Long.parseLong(given))
                : TextNode.valueOf(given);
    }

    /** The first fault of a body; null where it is as the contract says. */
    @Nullable
    Breach body(Route route, byte[] body) {
        RequestBody expected = bodies.get(route);
        if (expected == null || (body.length == 0 && !expected.required())) {
            return null;
        }
        JsonNode tree = JsonObject.tree(body);
        if (tree == null) {
            return new Breach(
                    Problem.MALFORMED,
                    new Problem.Fault("", "is not well-formed JSON in UTF-8, repeats a key, or is nested too deep"));
        }
        return breach(expected.schema(), tree, "");
    }

    private static @Nullable Breach breach(JsonSchema schema, JsonNode value, String prefix) {
        for (ValidationMessage message : schema.validate(value)) {
            String keyword = message.getType();
            String pointer = prefix + pointer(message.getInstanceLocation().toString());
            if (keyword.equals("required")) {
                pointer += "/" + message.getProperty();
            }
            return new Breach(
                    UNPROCESSABLE.contains(keyword) ? Problem.UNPROCESSABLE : Problem.MALFORMED,
                    new Problem.Fault(pointer, detail(keyword)));
        }
        return null;
    }

    /** Only members that the contract names and indexes: what else stands in a place is the client's. */
    private static String pointer(String location) {
        StringBuilder pointer = new StringBuilder();
        String[] segments = location.split("/", POINTER_SEGMENTS_MAX);
        for (int i = 1; i < segments.length; i++) {
            if (!segments[i].matches("[a-z_]{1,40}|[0-9]{1,5}")) {
                break;
            }
            pointer.append('/').append(segments[i]);
        }
        return pointer.toString();
    }

    private static String detail(String keyword) {
        return switch (keyword) {
            case "required" -> "must be given";
            case "type" -> "must be of the type that the contract says";
            case "additionalProperties" -> "must have no members but those of the contract";
            case "enum", "const" -> "must be one of the words of the contract";
            case "minLength" -> "must be longer";
            case "maxLength" -> "must be shorter";
            case "pattern", "format" -> "must be written as the contract says";
            case "minItems" -> "must have more elements";
            case "maxItems" -> "must have fewer elements";
            case "uniqueItems" -> "must not repeat an element";
            case "minimum", "exclusiveMinimum" -> "must be larger";
            case "maximum" -> "must be smaller";
            case "multipleOf" -> "must not be finer than the contract says";
            default -> "must be as one of the forms of the contract";
        };
    }
}
