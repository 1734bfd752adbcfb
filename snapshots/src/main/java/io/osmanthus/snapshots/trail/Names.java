package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.trail.TrailException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The names behind the numbers of a start's events: clients, scenes, answers. Each name is in the file {@code names}, one a
 * line, before its number is handed out; numbers count from 1 within a kind, and 0 is none. Thread-safe.
 */
final class Names implements AutoCloseable {
    static final String FILE = "names";

    /** What is named, and how many an event has room for. */
    enum Kind {
        CLIENT('c', Event.CLIENT_BITS),
        SCENE('s', Event.SCENE_BITS),
        ANSWER('a', Event.ANSWER_BITS);

        private final char letter;
        private final int bits;

        Kind(char letter, int bits) {
            this.letter = letter;
            this.bits = bits;
        }
    }

    private final FileChannel file;
    private final Map<Kind, Map<String, Integer>> numbers = new EnumMap<>(Kind.class);

    private Names(FileChannel file) {
        this.file = file;
        for (Kind kind : Kind.values()) {
            numbers.put(kind, new HashMap<>());
        }
    }

    static Names create(Path start) throws IOException {
        return new Names(FileChannel.open(
                start.resolve(FILE),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND));
    }

    /** The number of a name; 0 for none. */
    synchronized int number(Kind kind, @Nullable String name) {
        if (name == null) {
            return 0;
        }
        Map<String, Integer> known = Objects.requireNonNull(numbers.get(kind));
        Integer number = known.get(name);
        if (number != null) {
            return number;
        }
        int next = known.size() + 1;
        if (next >= 1 << kind.bits) {
            throw new TrailException(
                    Code.FULL,
                    "the access trail has room for " + ((1 << kind.bits) - 1) + " names of kind " + kind
                            + " between two starts: restart the server");
        }
        ByteBuffer line = ByteBuffer.wrap(
                (kind.letter + name.replaceAll("\\p{Cntrl}", "?") + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (line.hasRemaining()) {
                file.write(line);
            }
        } catch (IOException e) {
            throw new TrailException(
                    Code.DIRECTORY, "the access trail's names cannot be written: " + e.getMessage(), e);
        }
        known.put(name, next);
        return next;
    }

    void force() throws IOException {
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The names of a start, read back. */
    record Table(Map<Kind, List<String>> names) {
        /** Reads a start's names; a last line that was not finished was never used. */
        static Table read(Path start) throws IOException {
            Map<Kind, List<String>> names = new EnumMap<>(Kind.class);
            for (Kind kind : Kind.values()) {
                names.put(kind, new ArrayList<>());
            }
            Path file = start.resolve(FILE);
            String text = Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
            int from = 0;
            for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
                String line = text.substring(from, end);
                for (Kind kind : Kind.values()) {
                    if (!line.isEmpty() && line.charAt(0) == kind.letter) {
                        Objects.requireNonNull(names.get(kind)).add(line.substring(1));
                    }
                }
                from = end + 1;
            }
            return new Table(names);
        }

        /** The names of a kind, from number 1. */
        List<String> of(Kind kind) {
            return Objects.requireNonNull(names.get(kind));
        }

        /** The name of a number, null for 0. */
        @Nullable
        String name(Kind kind, int number) {
            List<String> all = of(kind);
            return number == 0 ? null : number <= all.size() ? all.get(number - 1) : "?";
        }
    }
}
