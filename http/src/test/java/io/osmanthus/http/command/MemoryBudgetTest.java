package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --memory-mib} of the long commands, and where they say that their time went. */
final class MemoryBudgetTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void build_atTheLimitAndBelow_isTakenAndRefused() throws IOException, InterruptedException {
        Program.Run refused = build("--memory-mib", "127");
        assertEquals(2, refused.exit());
        assertTrue(refused.err().contains("--memory-mib is from 128 to 1048576, not 127"), refused.err());
        assertEquals(2, build("--memory-mib", "1048577").exit());
        Program.Run built = build("--memory-mib", "128", "--json");
        assertEquals(0, built.exit(), built.err());
        JsonNode seconds = new ObjectMapper().readTree(built.out()).path("seconds");
        List<String> phases = new ArrayList<>();
        seconds.fieldNames().forEachRemaining(phases::add);
        assertEquals(List.of("verify_former", "signatures", "prepare", "judge", "write", "figures", "publish"), phases);
        seconds.forEach(one -> assertTrue(one.isNumber() && one.doubleValue() >= 0, seconds::toString));
        assertTrue(built.err().contains("build: took "), built.err());
        assertTrue(
                built.err().matches("(?s).* s: verify former [0-9.]+, .*judge [0-9.]+, write [0-9.]+.*"), built.err());
    }

    @Test
    void diff_belowTheLimit_isRefused() throws IOException, InterruptedException {
        Program.Run refused =
                Program.run("", "diff", "--memory-mib", "127", "20261015-001-00000000", "20261015-002-00000000");
        assertEquals(2, refused.exit(), refused.err());
        assertTrue(refused.err().contains("--memory-mib is from 128"), refused.err());
    }

    private Program.Run build(String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "build",
                "--delivery",
                Program.resource("delivery-sample").toString(),
                "--store",
                directory.resolve("store").toString(),
                "--as-of",
                "2026-10-15"));
        arguments.addAll(List.of(more));
        return Program.run("", arguments.toArray(String[]::new));
    }
}
