package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
            assertEquals(!route.open(), operation.containsKey("security"), route.path());
        }
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
}
