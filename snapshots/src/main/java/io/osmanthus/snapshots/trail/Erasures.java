package io.osmanthus.snapshots.trail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who has left and is still to be taken out of the rolled units: {@code rolled/erasures/<pseudonym>} holds the moment. What
 * was answered about them until then is shown to nobody from there on. Thread-safe.
 */
final class Erasures {
    private static final String SEEN = "departures";

    private final Path directory;

    Erasures(Path rolled) throws IOException {
        this.directory = Files.createDirectories(rolled.resolve("erasures"));
    }

    /** A person, and the moment until which everything goes. */
    record Mark(long high, long low, long at) {}

    void mark(long high, long low, long at) throws IOException {
        Durable.write(directory.resolve(name(high, low)), at + "\n");
    }

    /** How far a ledger's departures have been marked, as {@code <ledger> <position>}; 0 for another ledger. */
    long seen(String ledger) throws IOException {
        Path file = directory.resolve(SEEN);
        if (!Files.exists(file)) {
            return 0;
        }
        String[] words = Files.readString(file, StandardCharsets.UTF_8).strip().split(" ", -1);
        return words.length == 2 && words[0].equals(ledger) && words[1].matches("[0-9]{1,18}")
                ? Long.parseLong(words[1])
                : 0;
    }

    /** Departures up to a position have been marked. */
    void seen(String ledger, long position) throws IOException {
        Durable.write(directory.resolve(SEEN), ledger + " " + position + "\n");
    }

    /** The moment until which a person's events are gone, or {@link Long#MIN_VALUE}. */
    long until(long high, long low) throws IOException {
        Mark mark = read(directory.resolve(name(high, low)));
        return mark == null ? Long.MIN_VALUE : mark.at();
    }

    List<Mark> all() throws IOException {
        List<Mark> marks = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Mark mark = read(file);
                if (mark != null) {
                    marks.add(mark);
                }
            }
        }
        return marks;
    }

    /** Nothing is left of it; a later leave of the same person keeps its own mark. */
    void lift(Mark mark) throws IOException {
        Path file = directory.resolve(name(mark.high(), mark.low()));
        if (mark.equals(read(file))) {
            Files.deleteIfExists(file);
            Durable.force(directory);
        }
    }

    private static @Nullable Mark read(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.matches("[0-9a-f]{32}")) {
            return null;
        }
        try {
            return new Mark(
                    HexFormat.fromHexDigitsToLong(name, 0, 16),
                    HexFormat.fromHexDigitsToLong(name, 16, 32),
                    Long.parseLong(
                            Files.readString(file, StandardCharsets.UTF_8).strip()));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static String name(long high, long low) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
