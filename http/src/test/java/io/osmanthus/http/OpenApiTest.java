package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class OpenApiTest {
    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    private static Map<String, Object> contract() throws IOException {
        try (InputStream in = Objects.requireNonNull(Server.class.getResourceAsStream("/openapi.yaml"))) {
            return map(new Load(LoadSettings.builder().build()).loadFromInputStream(in));
        }
    }

    @Test
    void contract_routes_sameAsServed() throws IOException {
        Set<String> served = new TreeSet<>();
        for (Route route : Route.values()) {
            served.add(route.method().name() + " " + route.path());
        }
        Set<String> described = new TreeSet<>();
        map(contract().get("paths")).forEach((path, item) -> map(item).keySet().forEach(key -> {
            if (!key.equals("parameters")) {
                described.add(key.toUpperCase(Locale.ROOT) + " " + path);
            }
        }));
        assertEquals(served, described);
    }

    @Test
    void contract_statuses_coverTheTable() throws IOException {
        Map<String, Object> paths = map(contract().get("paths"));
        for (Route route : Route.values()) {
            Map<String, Object> item = map(paths.get(route.path()));
            Map<String, Object> operation = map(item.get(route.method().name().toLowerCase(Locale.ROOT)));
            Set<String> statuses = map(operation.get("responses")).keySet();
            assertTrue(
                    statuses.contains("405") && (statuses.contains("200") || statuses.contains("201")), route.path());
            assertEquals(!route.open(), statuses.containsAll(Set.of("401", "403")), route.path());
            assertEquals(
                    route.roles().stream().map(Role::word).collect(Collectors.toCollection(TreeSet::new)),
                    new TreeSet<>(words(operation.get("x-roles"))),
                    () -> "x-roles of " + route + " in openapi.yaml");
            assertEquals(
                    route.open() ? null : route.scope().word(),
                    operation.get("x-scope"),
                    () -> "x-scope of " + route + " in openapi.yaml");
            assertEquals(schemes(route), operation.get("security"), () -> "security of " + route + " in openapi.yaml");
        }
    }

    private static List<String> words(@Nullable Object list) {
        return ((List<?>) Objects.requireNonNull(list))
                .stream().map(String::valueOf).toList();
    }

    /** As {@code security} says it: each scheme that can carry one of the roles, by itself. */
    private static @Nullable List<Map<String, List<String>>> schemes(Route route) {
        List<Map<String, List<String>>> schemes = new ArrayList<>();
        for (Role role : Role.values()) {
            for (String scheme : route.roles().contains(role) ? role.schemes() : List.<String>of()) {
                Map<String, List<String>> one = Map.of(scheme, List.of());
                if (!schemes.contains(one)) {
                    schemes.add(one);
                }
            }
        }
        return schemes.isEmpty() ? null : schemes;
    }

    @Test
    void contract_problemTypes_sameAsServed() throws IOException {
        Map<String, Object> schemas = map(map(contract().get("components")).get("schemas"));
        Map<String, Object> type =
                map(map(map(schemas.get("Problem")).get("properties")).get("type"));
        Set<String> served = new TreeSet<>();
        for (Problem problem : Problem.values()) {
            served.add(problem.type());
        }
        Set<String> described = new TreeSet<>();
        ((List<?>) Objects.requireNonNull(type.get("enum"))).forEach(word -> described.add(String.valueOf(word)));
        assertEquals(served, described);
    }

    @Test
    void contract_references_resolve() throws IOException {
        Map<String, Object> contract = contract();
        String text;
        try (InputStream in = Objects.requireNonNull(Server.class.getResourceAsStream("/openapi.yaml"))) {
            text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        java.util.regex.Matcher references =
                java.util.regex.Pattern.compile("#(/[A-Za-z/]+)").matcher(text);
        while (references.find()) {
            @Nullable Object at = contract;
            for (String step : references.group(1).substring(1).split("/", -1)) {
                at = map(at).get(step);
            }
            assertTrue(at != null, references.group());
        }
    }

    @Test
    void contract_problemsByStatus_sameAsServed() throws IOException {
        Map<String, Object> responses = map(map(contract().get("components")).get("responses"));
        Map<Integer, Set<String>> described = new TreeMap<>();
        responses.forEach((name, response) -> {
            Map<String, Object> schema =
                    map(map(map(map(response).get("content")).get("application/problem+json"))
                            .get("schema"));
            if (schema.get("allOf") instanceof List<?> parts) {
                Map<String, Object> own = map(map(parts.get(1)).get("properties"));
                described
                        .computeIfAbsent((Integer) map(own.get("status")).get("const"), status -> new TreeSet<>())
                        .addAll(words(map(own.get("type")).get("enum")));
            }
        });
        Map<Integer, Set<String>> served = new TreeMap<>();
        for (Problem problem : Problem.values()) {
            served.computeIfAbsent(problem.status(), status -> new TreeSet<>()).add(problem.type());
        }
        assertEquals(served, described);
    }

    /** Every request with a body, every answer and every problem has an example, and each is as its schema says. */
    @Test
    void contract_examples_everywhereAndSound() {
        Schemas schemas = Schemas.load();
        List<String> places = new ArrayList<>();
        schemas.root().at("/paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(method -> {
                    String at = "/paths/" + path.getKey().replace("/", "~1") + "/" + method.getKey();
                    if (method.getValue().has("requestBody")) {
                        places.add(at + "/requestBody");
                    }
                    method.getValue().path("responses").fieldNames().forEachRemaining(status -> {
                        String response = at + "/responses/" + status;
                        if (!schemas.root().at(response).has("$ref")) {
                            places.add(response);
                        }
                    });
                }));
        schemas.root()
                .at("/components/responses")
                .fieldNames()
                .forEachRemaining(name -> places.add("/components/responses/" + name));
        List<String> faults = new ArrayList<>();
        for (String place : places) {
            schemas.root().at(place).path("content").fieldNames().forEachRemaining(type -> {
                String at = place + "/content/" + type.replace("/", "~1");
                List<JsonNode> examples = schemas.examples(at);
                boolean alias = place.endsWith("/Problem") || place.endsWith("/Later");
                if (examples.isEmpty() && !alias) {
                    faults.add(at + " has no example");
                }
                for (JsonNode example : examples) {
                    String fault = schemas.fault(at + "/schema", example);
                    if (fault != null) {
                        faults.add(at + ": an example is not as its schema says: " + fault);
                    }
                }
            });
        }
        assertEquals(List.of(), faults);
    }
}
