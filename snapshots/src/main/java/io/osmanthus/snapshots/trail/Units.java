package io.osmanthus.snapshots.trail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/*
 * What is live is decided by names alone: every unit but those that some other unit names as its inputs. A merged unit and
 * the end of what it was merged from are thus one rename, and a crash between that and the deletion changes nothing.
 */

/** The directory of rolled units. Thread-safe. */
final class Units {
    static final String BUILDING = ".building-";

    private final Path directory;
    private final Map<String, Set<String>> inputs = new ConcurrentHashMap<>();

    Units(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** What is there: what counts, and what has been replaced and may go. */
    record Listing(List<Unit> live, List<Unit> replaced) {}

    Listing list() throws IOException {
        Map<String, Unit> found = new HashMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                Unit unit = Unit.parse(String.valueOf(entry.getFileName()));
                if (unit != null) {
                    found.put(unit.name(), unit);
                }
            }
        }
        inputs.keySet().retainAll(found.keySet());
        Set<String> gone = new HashSet<>();
        for (String name : found.keySet()) {
            gone.addAll(inputsOf(name));
        }
        List<Unit> live = new ArrayList<>();
        List<Unit> replaced = new ArrayList<>();
        found.values().forEach(unit -> (gone.contains(unit.name()) ? replaced : live).add(unit));
        return new Listing(live, replaced);
    }

    Path path(Unit unit) {
        return directory.resolve(unit.name());
    }

    /** A directory to build a unit in. */
    Path begin(String marker) throws IOException {
        return Files.createTempDirectory(directory, BUILDING + marker + "-");
    }

    /** Publishes what was built; {@code now} is when it took the place of its inputs. */
    void publish(Path building, Unit unit, List<Unit> replaces, long now) throws IOException {
        if (!replaces.isEmpty()) {
            Path inputsFile = building.resolve(Unit.INPUTS);
            Files.write(inputsFile, replaces.stream().map(Unit::name).toList());
            Files.setLastModifiedTime(inputsFile, FileTime.fromMillis(now));
        }
        Durable.publish(building, path(unit));
    }

    /** Removes what nobody works on any more. */
    void removeUnfinished(Set<String> working) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                String name = String.valueOf(entry.getFileName());
                if (name.startsWith(BUILDING)
                        && working.stream().noneMatch(marker -> name.startsWith(BUILDING + marker + "-"))) {
                    Durable.remove(entry);
                }
            }
        }
    }

    private Set<String> inputsOf(String name) throws IOException {
        Set<String> known = inputs.get(name);
        if (known != null) {
            return known;
        }
        Set<String> read;
        try {
            read = Set.copyOf(Files.readAllLines(directory.resolve(name).resolve(Unit.INPUTS), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            read = Set.of();
        }
        inputs.put(name, read);
        return read;
    }
}
