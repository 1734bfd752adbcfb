package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schemas for editors: the shipped files are what they say, and they know the keys that the parsers know. */
class SchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final Path ROOT = Shipped.CONFIG.resolve("..");
    private static final String RULES = "engine/src/main/java/io/osmanthus/engine/rules/";
    private static final String VOCABULARY = "snapshots/src/main/java/io/osmanthus/snapshots/vocabulary/";

    /** Where the keys of each kind of file are read. */
    private static final Map<String, List<String>> PARSERS = Map.of(
            "rules",
            List.of(
                    RULES + "RuleSet.java",
                    RULES + "SchemeReader.java",
                    RULES + "ItemReader.java",
                    RULES + "CountsFor.java",
                    RULES + "SceneReader.java",
                    RULES + "MatterReader.java",
                    RULES + "ListRows.java"),
            "tests",
            List.of(RULES + "RuleTests.java", RULES + "RuleTestFacts.java", RULES + "RuleTestAnswers.java"),
            "catalogue+lists+scenes+districts",
            List.of(VOCABULARY + "Vocabulary.java"),
            "regimes",
            List.of(VOCABULARY + "Regimes.java", VOCABULARY + "CaseLimits.java", VOCABULARY + "Dated.java"),
            "channels",
            List.of("snapshots/src/main/java/io/osmanthus/snapshots/intake/Channels.java"),
            "clients",
            List.of("http/src/main/java/io/osmanthus/http/Clients.java"),
            "server",
            List.of("http/src/main/java/io/osmanthus/http/ServerConfig.java"));

    /** A key as the parsers ask for it: {@code mapping.text("key"}, {@code words(entry, "key"}. */
    private static final Pattern KEY = Pattern.compile(
            "(?:\\.(?:text|textOrNull|texts|integer|integers|flag|date|dateOrNull|oneOf|mapping|mappingOrNull|mappings"
                    + "|forEach|forEachRow|has)\\(\\s*|(?:grade|mark|dated|words|needs)\\(\\s*\\w+,\\s*)\"([a-z_0-9]+)\"");

    @Test
    void schemas_shippedFiles_valid() throws IOException {
        for (Path config : List.of(Shipped.CONFIG, RuleTestsTest.Regime.CONFIG)) {
            for (String kind :
                    List.of("catalogue", "lists", "scenes", "districts", "regimes", "channels", "clients", "server")) {
                Path file = config.resolve(kind + ".yaml");
                if (Files.exists(file)) {
                    assertEquals(Set.of(), faults(kind, file), file.toString());
                }
            }
            for (String kind : List.of("rules", "tests")) {
                try (Stream<Path> files = Files.list(config.resolve(kind))) {
                    for (Path file : files.toList()) {
                        assertEquals(Set.of(), faults(kind, file), file.toString());
                    }
                }
            }
        }
    }

    @Test
    void schemas_unknownKeysAndWrongKinds_invalid() throws IOException {
        faulty("rules", "scheme: {id: a, title: {zh: a, en: a}, subject: person, base: 1, roof: 2}");
        faulty("rules", "scheme: {id: a, title: {zh: a, en: a}, subject: person, base: none}");
        faulty("rules", "matters: []\nscenes: []");
        faulty("catalogue", "items: [{id: a, category: petitions}]");
        faulty("regimes", "adult_age_years: []");
        faulty("tests", "tests: [{name: a, subject: person, expect: [{on: 2026-13, score: 1}]}]");
    }

    @Test
    void schemas_keysOfTheParsers_sameOnBothSides() throws IOException {
        for (Map.Entry<String, List<String>> parser : PARSERS.entrySet()) {
            Set<String> known = new TreeSet<>();
            for (String kind : parser.getKey().split("\\+", -1)) {
                properties(JSON.readTree(Files.readString(schema(kind))), known);
            }
            StringBuilder sources = new StringBuilder();
            for (String source : parser.getValue()) {
                sources.append(Files.readString(ROOT.resolve(source)));
            }
            Set<String> asked = KEY.matcher(sources)
                    .results()
                    .map((MatchResult result) -> result.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> missing = new TreeSet<>(asked);
            missing.removeAll(known);
            assertEquals(Set.of(), missing, "keys that the schema of " + parser.getKey() + " lacks");
            // What every table and title has is read in one place for all files.
            known.removeAll(Set.of("every", "columns", "rows", "tables", "zh", "en"));
            known.removeIf(key -> sources.indexOf("\"" + key + "\"") >= 0);
            assertEquals(Set.of(), known, "keys in the schema of " + parser.getKey() + " that no parser reads");
        }
    }

    private static void properties(JsonNode schema, Set<String> into) {
        JsonNode properties = schema.get("properties");
        if (properties != null && properties.isObject()) {
            properties.fieldNames().forEachRemaining(into::add);
        }
        schema.forEach(child -> properties(child, into));
    }

    private static void faulty(String kind, String text) throws IOException {
        assertFalse(validator(kind).validate(json(text)).isEmpty(), text);
    }

    private static Set<ValidationMessage> faults(String kind, Path file) throws IOException {
        return validator(kind).validate(json(Files.readString(file)));
    }

    private static JsonSchema validator(String kind) throws IOException {
        return FACTORY.getSchema(JSON.readTree(Files.readString(schema(kind))));
    }

    private static Path schema(String kind) {
        return Shipped.CONFIG.resolve("schema").resolve(kind + ".json");
    }

    private static JsonNode json(String yaml) {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    }
}
