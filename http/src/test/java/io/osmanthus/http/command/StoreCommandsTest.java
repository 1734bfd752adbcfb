package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store as its operator keeps it: partial deliveries, refused counts, pins, pruning, differences. */
final class StoreCommandsTest {
    private final ObjectMapper mapper = new ObjectMapper();

    @TempDir
    Path directory = Path.of("");

    @Test
    void store_overSeveralDeliveries_isKept() throws IOException, InterruptedException {
        Files.writeString(Program.copyConfig(config()).resolve("publishing.yaml"), """
                publishing: {count_change_percent_max: 10, count_change_rows_allowed: 1000, list_change_rows_allowed: 100}
                pins: {days_max: 30}
                """);
        Path sample = Program.resource("delivery-sample");
        assertEquals(0, build(sample).exit());
        String first = versions().get(0);

        Path partial = copy("partial", "consents.csv");
        Program.Run carried = build(partial, "--json");
        assertEquals(0, carried.exit(), carried.err());
        assertTrue(carried.err().contains("consents.csv is not in the delivery"), carried.err());
        JsonNode consents = mapper.readTree(carried.out()).path("files").path("consents.csv");
        assertEquals(0, consents.path("read").asLong());
        assertTrue(consents.path("carried_over").asLong() > 1_000, consents.toString());

        Path emptied = copy("emptied", "");
        Path tokens = emptied.resolve("tokens.csv");
        Files.write(tokens, Files.readAllLines(tokens).subList(0, 2));
        Program.Run refused = build(emptied);
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("build: tokens moved from "), refused.err());
        assertTrue(refused.err().contains("--force REASON"), refused.err());
        assertEquals(2, versions().size());
        assertEquals(1, build(emptied, "--force", " ").exit());
        assertEquals(0, build(emptied, "--force", "cards are issued anew").exit());
        List<String> versions = versions();
        assertTrue(Files.readString(store().resolve(versions.get(2)).resolve("manifest.json"))
                .contains("\"forced\" : \"cards are issued anew\""));

        JsonNode diff = mapper.readTree(
                Program.run("", "diff", versions.get(1), versions.get(2), "--json", "--store", store().toString())
                        .out());
        JsonNode byDirectory = mapper.readTree(Program.run(
                        "",
                        "diff",
                        store().resolve(versions.get(1)).toString(),
                        store().resolve(versions.get(2)).toString(),
                        "--json")
                .out());
        assertEquals(diff.path("kinds"), byDirectory.path("kinds"));
        assertEquals("tokens", diff.path("kinds").path(1).path("kind").asText());
        assertTrue(diff.path("kinds").path(1).path("removed").asLong() > 1_000, diff.toString());
        assertTrue(diff.path("kinds").path(1).path("b").isNull(), "one person's tokens are not counted out");

        assertEquals(0, command("pin", first).exit());
        assertEquals(0, build(emptied).exit());
        assertEquals(0, build(emptied).exit());
        Program.Run pruned = command("prune");
        assertEquals(0, pruned.exit(), pruned.err());
        assertEquals(3, versions().size());
        assertTrue(pruned.out().contains(first + "  stays: pinned"), pruned.out());
        assertEquals(0, command("unpin", first).exit());
        assertEquals(1, command("unpin", first).exit());
        assertEquals(0, command("prune", "--json").exit());
        assertEquals(2, versions().size());
        assertFalse(versions().contains(first));
        assertEquals(1, command("pin", first).exit());
    }

    private Path config() {
        return directory.resolve("config");
    }

    private Path store() {
        return directory.resolve("store");
    }

    private Program.Run build(Path delivery, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "build",
                "--delivery",
                delivery.toString(),
                "--as-of",
                "2026-10-15",
                "--config",
                config().toString(),
                "--store",
                store().toString()));
        arguments.addAll(List.of(more));
        return Program.run("", arguments.toArray(String[]::new));
    }

    private Program.Run command(String... words) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--store", store().toString()));
        return Program.run("", arguments.toArray(String[]::new));
    }

    /** The versions in the store, by what 'snapshots' prints. */
    private List<String> versions() throws IOException, InterruptedException {
        List<String> versions = new ArrayList<>();
        for (String line : command("snapshots", "--json").lines()) {
            versions.add(mapper.readTree(line).path("version").asText());
        }
        return versions;
    }

    /** The sample without one of its files. */
    private Path copy(String name, String without) throws IOException {
        Path copy = Files.createDirectory(directory.resolve(name));
        try (Stream<Path> files = Files.list(Program.resource("delivery-sample"))) {
            for (Path file : files.toList()) {
                if (!String.valueOf(file.getFileName()).equals(without)) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }
        }
        return copy;
    }
}
