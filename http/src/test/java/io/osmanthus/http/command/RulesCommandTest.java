package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trying a change of rules before it holds: what moves, and whether the rule tests notice. */
final class RulesCommandTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void diffAndCheck_bloodDonationWorthMore_countsWhatMovesAndFailsTheTests()
            throws IOException, InterruptedException {
        Path config = Program.root().resolve("config");
        Path proposed = Program.copyConfig(directory.resolve("config"));
        Path scheme = proposed.resolve("rules/guihua.yaml");
        String changed = Files.readString(scheme)
                .replace("item: blood-donation, points: 10, cap: 30", "item: blood-donation, points: 15, cap: 45");
        Files.writeString(scheme, changed);
        String store = directory.resolve("store").toString();
        Program.Run build = Program.run(
                "",
                "build",
                "--delivery",
                Program.resource("delivery-sample").toString(),
                "--store",
                store,
                "--as-of",
                "2026-10-15");
        assertEquals(0, build.exit(), build.err());

        Program.Run same = diff(config, config, store);
        assertEquals(2, same.lines().size(), same.out());
        Program.Run moved = diff(config, proposed, store);
        assertTrue(moved.out().contains("3000 persons, 401 organisations judged"), moved.out());
        assertTrue(
                moved.lines().stream().anyMatch(line -> line.matches("person +score +any +higher +all +\\d+0")),
                moved.out());
        assertTrue(moved.lines().stream().noneMatch(line -> line.contains("lower")), moved.out());

        Program.Run good = Program.run("", "config", "check", "--config", config.toString());
        assertEquals(0, good.exit(), good.out());
        assertTrue(good.out().contains("rule tests passed"), good.out());
        Program.Run bad = Program.run("", "config", "check", "--config", proposed.toString());
        assertEquals(1, bad.exit(), bad.out());
        assertTrue(bad.out().matches("(?s).*\\.yaml:\\d+: .*"), bad.out());
    }

    private static Program.Run diff(Path from, Path to, String store) throws IOException, InterruptedException {
        Program.Run run = Program.run(
                "",
                "rules",
                "diff",
                "--from",
                from.toString(),
                "--to",
                to.toString(),
                "--store",
                store,
                "--as-of",
                "2026-10-15");
        assertEquals(0, run.exit(), run.err());
        return run;
    }
}
