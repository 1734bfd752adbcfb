package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drill: a store changes its key, and everybody is answered as before; who still has the old key is not. */
final class RekeyCommandTest {
    private static final String NEXT = "b6".repeat(32);
    private static final Map<String, String> OLD_KEY = Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY);
    private static final Map<String, String> NEW_KEY = Map.of("OSMANTHUS_PSEUDONYM_KEY", NEXT);

    @TempDir
    Path directory = Path.of("");

    @Test
    void rekey_sample_answersAsBefore() throws IOException, InterruptedException {
        String store = directory.resolve("store").toString();
        String delivery = Program.resource("delivery-sample").toString();
        Program.Run built = Program.run("", "build", "--delivery", delivery, "--store", store, "--as-of", "2026-10-15");
        assertEquals(0, built.exit(), built.err());
        List<List<String>> before = answers(OLD_KEY, store);

        Program.Run none = Program.run(OLD_KEY, "", "rekey", "--delivery", delivery, "--store", store);
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("set OSMANTHUS_PSEUDONYM_KEY_NEXT"), none.err());
        Program.Run same = Program.run(
                Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY, "OSMANTHUS_PSEUDONYM_KEY_NEXT", Program.KEY),
                "",
                "rekey",
                "--delivery",
                delivery,
                "--store",
                store);
        assertEquals(1, same.exit());
        assertTrue(same.err().contains("is the one in use"), same.err());

        Program.Run rekeyed = Program.run(
                Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY, "OSMANTHUS_PSEUDONYM_KEY_NEXT", NEXT),
                "",
                "rekey",
                "--delivery",
                delivery,
                "--store",
                store);
        assertEquals(0, rekeyed.exit(), rekeyed.err());
        assertTrue(rekeyed.out().contains("persons left behind: 0 of 3000"), rekeyed.out());
        assertTrue(rekeyed.out().contains("tokens left behind: 0 of 4180"), rekeyed.out());
        assertEquals(before, answers(NEW_KEY, store));
        Program.Run old = Program.run(OLD_KEY, "", "explain", "--store", store, "--as-of", "2026-10-15");
        assertNotEquals(0, old.exit());
        assertTrue(old.err().contains("was built with the pseudonym key"), old.err());
    }

    /** What a scene, every person's score and a matter answer. */
    private static List<List<String>> answers(Map<String, String> environment, String store)
            throws IOException, InterruptedException {
        JsonNode expected = new ObjectMapper()
                .readTree(Program.resource("delivery-sample-expected.json").toFile());
        List<String> tokens = new ArrayList<>();
        expected.path("checks")
                .forEach(check ->
                        tokens.add(check.path(0).asText() + "," + check.path(1).asText()));
        List<String> persons = new ArrayList<>();
        expected.path("persons").fieldNames().forEachRemaining(persons::add);
        List<String> organisations = new ArrayList<>();
        expected.path("matches").fieldNames().forEachRemaining(organisations::add);
        return List.of(
                lines(environment, store, tokens, "check", "--scene", "parking"),
                lines(environment, store, persons, "explain"),
                lines(environment, store, organisations, "match", "--matter", "procurement"));
    }

    private static List<String> lines(
            Map<String, String> environment, String store, List<String> input, String... command)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--store", store, "--as-of", "2026-10-15"));
        Program.Run run = Program.run(environment, String.join("\n", input) + "\n", arguments.toArray(String[]::new));
        assertEquals(0, run.exit(), run.err());
        assertEquals(input.size(), run.lines().size());
        return run.lines();
    }
}
