package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void availableBytes_thisMachine_isSomething() {
        assertTrue(Memory.availableBytes() > 0);
    }

    @Test
    void ofMachine_meminfo_isAvailableNotFree() throws IOException {
        Path meminfo = Files.writeString(
                directory.resolve("meminfo"), "MemTotal: 100 kB\nMemFree: 1 kB\nMemAvailable:   64 kB\n");
        assertEquals(64 * 1_024, Memory.ofMachine(meminfo));
        assertEquals(Memory.UNKNOWN, Memory.ofMachine(directory.resolve("none")));
        assertEquals(
                Memory.UNKNOWN, Memory.ofMachine(Files.writeString(directory.resolve("odd"), "MemAvailable: much\n")));
    }

    @Test
    void ofControlGroup_limit_leavesWhatIsNotUsedAndThePageCache() throws IOException {
        Files.writeString(directory.resolve("memory.max"), "1000\n");
        Files.writeString(directory.resolve("memory.current"), "800\n");
        assertEquals(200, Memory.ofControlGroup(directory));
        Files.writeString(directory.resolve("memory.stat"), "anon 1\ninactive_file 50\n");
        assertEquals(250, Memory.ofControlGroup(directory));
        Files.writeString(directory.resolve("memory.max"), "max\n");
        assertEquals(Memory.UNKNOWN, Memory.ofControlGroup(directory));
    }
}
