package io.osmanthus.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void write_count_asManyLinesAsTheLuaScriptReads() throws IOException {
        Path file = directory.resolve("tokens.csv");
        TokenFile.write(file, 1_000);
        List<String> lines = Files.readAllLines(file);
        assertEquals(1_000, lines.size());
        for (String line : lines) {
            assertTrue(line.matches("card,[0-9]{16}|app,[A-Z0-9]{18}"), line);
        }
    }
}
