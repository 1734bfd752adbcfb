package io.osmanthus.snapshots.trail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How far each start of each node has handed in: {@code rolled/nodes/<node>.<start>} holds milliseconds. A start that has
 * handed in everything has no marker; one that was killed keeps its own until the node's next start has rolled it.
 */
final class Markers {
    private final Path directory;

    Markers(Path rolled) throws IOException {
        this.directory = Files.createDirectories(rolled.resolve("nodes"));
    }

    static String name(String node, String start) {
        return node + "." + start;
    }

    void set(String marker, long until) throws IOException {
        Durable.write(directory.resolve(marker), until + "\n");
    }

    void remove(String marker) throws IOException {
        Files.deleteIfExists(directory.resolve(marker));
        Durable.force(directory);
    }

    /** All markers. */
    Map<String, Long> all() throws IOException {
        Map<String, Long> all = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(".")) {
                    continue;
                }
                try {
                    all.put(
                            name,
                            Long.parseLong(Files.readString(file, StandardCharsets.UTF_8)
                                    .strip()));
                } catch (NoSuchFileException e) {
                    // that start has just ended in order
                } catch (NumberFormatException e) {
                    all.put(name, 0L);
                }
            }
        }
        return all;
    }

    /** The time up to which all but some starts have handed in. */
    static long completeUntil(Map<String, Long> markers, Set<String> except, long now) {
        return markers.entrySet().stream()
                .filter(marker -> !except.contains(marker.getKey()))
                .mapToLong(Map.Entry::getValue)
                .reduce(now, Math::min);
    }
}
