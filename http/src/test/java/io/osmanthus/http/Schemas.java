package io.osmanthus.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.ValidationMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The contract for tests: its tree, its examples, and what a value breaks of a schema in it. */
final class Schemas {
    private static final String IRI = "https://osmanthus.invalid/test.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode root;
    private final JsonSchemaFactory factory;
    private final Map<String, JsonSchema> schemas = new HashMap<>();

    private Schemas(JsonNode root) {
        this.root = root;
        this.factory = Contract.factory(root, IRI);
    }

    static Schemas load() {
        String text = new String(Contract.load().text(), StandardCharsets.UTF_8);
        return new Schemas(JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text)));
    }

    JsonNode root() {
        return root;
    }

    /** The examples of a media type: {@code example}, or the values of {@code examples}. */
    List<JsonNode> examples(String pointer) {
        JsonNode media = root.at(pointer);
        List<JsonNode> examples = new ArrayList<>();
        if (media.has("example")) {
            examples.add(media.get("example"));
        }
        media.path("examples").forEach(example -> examples.add(example.path("value")));
        return examples;
    }

    /** The first thing that a value breaks of the schema at a pointer; null where it is as the schema says. */
    @Nullable
    String fault(String pointer, JsonNode value) {
        JsonSchema schema = schemas.computeIfAbsent(
                pointer,
                at -> factory.getSchema(
                        SchemaLocation.of(IRI + "#" + at),
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .pathType(PathType.JSON_POINTER)
                                .build()));
        Set<ValidationMessage> faults = schema.validate(value);
        return faults.isEmpty() ? null : faults.iterator().next().getMessage();
    }
}
