package io.osmanthus.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/*
 * Why ask beforehand: the kernel hands out address space that it does not have, and when a generation that is built aside
 * fills it, it ends the process, with the generation that serves.
 */

/** What memory the machine, and the control group around this process, can still give. */
final class Memory {
    /** Where nothing says how much there is. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final Path CONTROL_GROUP = Path.of("/sys/fs/cgroup");

    private Memory() {}

    /** Bytes that can be taken without anybody being ended for it; {@link #UNKNOWN} where the platform does not say. */
    static long availableBytes() {
        return Math.min(ofMachine(Path.of("/proc/meminfo")), ofControlGroup(CONTROL_GROUP));
    }

    /** {@code MemAvailable} of a file like /proc/meminfo. */
    static long ofMachine(Path meminfo) {
        long kibibytes = named(meminfo, "MemAvailable:");
        return kibibytes == UNKNOWN ? UNKNOWN : kibibytes * 1_024;
    }

    /** What a control group (version 2) leaves, its page cache counted as free. */
    static long ofControlGroup(Path group) {
        long limit = number(group.resolve("memory.max"));
        long used = number(group.resolve("memory.current"));
        if (limit == UNKNOWN || used == UNKNOWN) {
            return UNKNOWN;
        }
        long cached = named(group.resolve("memory.stat"), "inactive_file");
        return Math.max(0, limit - used + (cached == UNKNOWN ? 0 : cached));
    }

    private static long named(Path file, String name) {
        for (String line : lines(file)) {
            if (line.startsWith(name)) {
                return parse(line.substring(name.length()).replace("kB", ""));
            }
        }
        return UNKNOWN;
    }

    private static long number(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? UNKNOWN : parse(lines.get(0));
    }

    private static long parse(String text) {
        String digits = text.strip();
        return digits.matches("[0-9]{1,15}") ? Long.parseLong(digits) : UNKNOWN;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
        } catch (IOException e) {
            return List.of(); // not a platform that says
        }
    }
}
