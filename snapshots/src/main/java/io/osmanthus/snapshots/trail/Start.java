package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.trail.TrailException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one start of one node, held by a file lock: {@code <node>/<start>/{lock,names,loop-<n>/}}. A queue is
 * never opened for writing twice, since a killed writer leaves its locks in it.
 */
final class Start implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String LOOP = "loop-";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS");

    private final Path directory;
    private final FileChannel lock;

    private Start(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** Makes a new one. */
    static Start create(Path node, long now) throws IOException {
        String name = NAME.format(Instant.ofEpochMilli(now).atOffset(ZoneOffset.UTC))
                + String.format(
                        Locale.ROOT, "-%08x", ThreadLocalRandom.current().nextInt());
        Path directory = Files.createDirectories(node).resolve(name);
        Files.createDirectory(directory);
        Start taken = take(directory);
        if (taken == null) {
            throw new TrailException(Code.LOCKED, "the new directory " + directory + " is held by another process");
        }
        Durable.force(node);
        return taken;
    }

    /** Takes one whose process has ended; null where it still runs. */
    static @Nullable Start take(Path directory) throws IOException {
        FileChannel file =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = file.tryLock();
            if (held != null) {
                return new Start(directory, file);
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process
        }
        file.close();
        return null;
    }

    /** All starts of a node that have directories. */
    static List<Path> of(Path node) throws IOException {
        if (!Files.isDirectory(node)) {
            return List.of();
        }
        try (Stream<Path> starts = Files.list(node)) {
            return starts.filter(Files::isDirectory).sorted().toList();
        }
    }

    Path directory() {
        return directory;
    }

    String name() {
        return String.valueOf(directory.getFileName());
    }

    Path loop(int number) {
        return directory.resolve(LOOP + number);
    }

    /** The queues of all loops. */
    static List<Path> loops(Path start) throws IOException {
        try (Stream<Path> entries = Files.list(start)) {
            return entries.filter(entry -> String.valueOf(entry.getFileName()).startsWith(LOOP))
                    .sorted()
                    .toList();
        }
    }

    /** The minutes of which any queue has a file. */
    static SortedSet<Long> minutes(Path start) throws IOException {
        SortedSet<Long> minutes = new TreeSet<>();
        for (Path loop : loops(start)) {
            minutes.addAll(LoopQueue.minutes(loop));
        }
        return minutes;
    }

    /** Reads some minutes of all loops. */
    static void read(Path start, List<Long> minutes, LoopQueue.Sink sink) throws IOException {
        for (Path loop : loops(start)) {
            List<Long> own = new ArrayList<>(LoopQueue.minutes(loop));
            own.retainAll(minutes);
            LoopQueue.read(loop, own, sink);
        }
    }

    /** Lets go and removes everything: it has all been handed in. */
    void remove() throws IOException {
        Durable.remove(directory);
        lock.close();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
