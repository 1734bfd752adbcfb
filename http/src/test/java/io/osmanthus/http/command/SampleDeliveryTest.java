package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample delivery, with known faults, through the commands: what comes out must be what an independent program says.
 * Nobody who wrote the engine wrote the expectations.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SampleDeliveryTest {
    private static final String AS_OF = "2026-10-15";

    private final ObjectMapper mapper = new ObjectMapper();
    private final JsonNode expected = read();

    @TempDir
    static Path directory = Path.of("");

    private Path store = Path.of("");
    private JsonNode built = mapper.createObjectNode();

    @BeforeAll
    void build() throws IOException, InterruptedException {
        store = directory.resolve("store");
        Program.Run run = Program.run(
                "",
                "build",
                "--delivery",
                Program.resource("delivery-sample").toString(),
                "--store",
                store.toString(),
                "--as-of",
                AS_OF,
                "--json");
        assertEquals(0, run.exit(), run.err());
        built = mapper.readTree(run.out());
    }

    @Test
    void build_sample_countsEachFileAndReasonAsExpected() {
        assertEquals(AS_OF, built.path("as_of").asText());
        expected.path("files").properties().forEach(file -> {
            JsonNode found = built.path("files").path(file.getKey());
            for (String count : List.of("read", "accepted", "not_enrolled", "quarantined", "reasons")) {
                assertEquals(file.getValue().path(count), found.path(count), file.getKey() + " " + count);
            }
        });
    }

    @Test
    void explain_everyPerson_scoreAndGradeAsExpected() throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        expected.path("persons").fieldNames().forEachRemaining(ids::add);
        List<String> lines = answers(String.join("\n", ids) + "\n", "explain");
        assertEquals(ids.size(), lines.size());
        for (int i = 0; i < ids.size(); i++) {
            JsonNode want = expected.path("persons").path(ids.get(i));
            JsonNode found = mapper.readTree(lines.get(i));
            assertEquals(want.path("score"), found.path("score"), "score of person " + i);
            assertEquals(want.path("grade"), found.path("grade"), "grade of person " + i);
            int sum = 100;
            for (JsonNode line : found.path("lines")) {
                sum += line.path("points").asInt();
            }
            assertEquals(found.path("score").asInt(), sum, "base and lines of person " + i);
        }
    }

    @Test
    void check_everyTokenInEveryScene_benefitAsExpected() throws IOException, InterruptedException {
        StringBuilder tokens = new StringBuilder();
        Set<String> scenes = new LinkedHashSet<>();
        for (JsonNode check : expected.path("checks")) {
            tokens.append(check.path(0).asText())
                    .append(',')
                    .append(check.path(1).asText())
                    .append('\n');
            check.path(2).fieldNames().forEachRemaining(scenes::add);
        }
        int answers = 0;
        for (String scene : scenes) {
            List<String> lines = answers(tokens.toString(), "check", "--scene", scene);
            for (int i = 0; i < lines.size(); i++) {
                JsonNode want = expected.path("checks").path(i).path(2).path(scene);
                assertEquals(want, mapper.readTree(lines.get(i)).path("benefit"), scene + ", token " + i);
                answers++;
            }
        }
        assertEquals(33_440, answers);
    }

    @Test
    void match_everyOrganisationInEveryMatter_outcomeAsExpected() throws IOException, InterruptedException {
        List<String> codes = new ArrayList<>();
        Set<String> matters = new LinkedHashSet<>();
        expected.path("matches").properties().forEach(organisation -> {
            codes.add(organisation.getKey());
            organisation.getValue().path("outcomes").fieldNames().forEachRemaining(matters::add);
        });
        assertFalse(matters.isEmpty());
        for (String matter : matters) {
            List<String> lines = answers(String.join("\n", codes) + "\n", "match", "--matter", matter);
            assertEquals(codes.size(), lines.size());
            for (int i = 0; i < codes.size(); i++) {
                JsonNode want = expected.path("matches").path(codes.get(i));
                JsonNode found = mapper.readTree(lines.get(i));
                assertEquals(want.path("outcomes").path(matter), found.path("outcome"), matter + " " + codes.get(i));
                for (JsonNode hit : found.path("hits")) {
                    assertEquals(
                            true, contains(want.path("lists"), hit.path("list").asText()), matter + " " + hit);
                }
            }
        }
    }

    private List<String> answers(String input, String... command) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--store", store.toString(), "--as-of", AS_OF));
        Program.Run run =
                Program.run(Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY), input, arguments.toArray(String[]::new));
        assertEquals(0, run.exit(), run.err());
        return run.lines();
    }

    private static boolean contains(JsonNode array, String value) {
        for (JsonNode element : array) {
            if (element.asText().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private JsonNode read() {
        try {
            return mapper.readTree(
                    Program.resource("delivery-sample-expected.json").toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
