package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.trail.TrailException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/** The files of one event loop's queue: one a minute of UTC, named by it. */
final class LoopQueue {
    private static final String SUFFIX = ".cq4";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmm");

    /** Mapped at once; the file is sparse. A small one would be mapped anew every second under load, on the event loop. */
    private static final long BLOCK_BYTES = 64L << 20;

    static {
        // Banner and disk monitor of the library: the one is no message of ours, the other is Reserve's work.
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("chronicle.disk.monitor.disable", "true");
    }

    private LoopQueue() {}

    /** Takes one event. */
    @FunctionalInterface
    interface Sink {
        void event(long at, long high, long low, long what);
    }

    static SingleChronicleQueue open(Path directory, TimeProvider time, boolean readOnly) {
        return SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(LegacyRollCycles.MINUTELY)
                .blockSize(BLOCK_BYTES)
                .timeProvider(time)
                .syncMode(SyncMode.NONE) // Upkeep forces the files
                .readOnly(readOnly)
                .build();
    }

    /** The file of a minute. */
    static Path file(Path directory, long minute) {
        return directory.resolve(
                NAME.format(Instant.ofEpochMilli(minute * TrailClock.MINUTE_MS).atOffset(ZoneOffset.UTC)) + SUFFIX);
    }

    /** The minutes of which there are files, in order. */
    static List<Long> minutes(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .flatMap(name -> minute(name.substring(0, name.length() - SUFFIX.length())))
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Long> minute(String name) {
        try {
            long ms = LocalDateTime.parse(name, NAME).toInstant(ZoneOffset.UTC).toEpochMilli();
            return Stream.of(TrailClock.minute(ms));
        } catch (DateTimeParseException e) {
            return Stream.of();
        }
    }

    /**
     * Reads the finished documents of some minutes, in order. What a killed writer left unfinished was never answered.
     *
     * @throws TrailException UNREADABLE for a document of another format
     */
    static void read(Path directory, List<Long> minutes, Sink sink) {
        if (minutes.isEmpty()) {
            return;
        }
        try (SingleChronicleQueue queue = open(directory, System::currentTimeMillis, true);
                ExcerptTailer tailer = queue.createTailer()) {
            for (long minute : minutes) {
                int cycle = Math.toIntExact(minute);
                if (!tailer.moveToCycle(cycle)) {
                    continue;
                }
                boolean more = true;
                while (more) {
                    try (DocumentContext document = tailer.readingDocument()) {
                        more = document.isPresent() && queue.rollCycle().toCycle(document.index()) == cycle;
                        if (more && document.isData() && document.wire() != null) {
                            events(directory, document.wire().bytes(), sink);
                        }
                    }
                }
            }
        }
    }

    private static void events(Path directory, Bytes<?> bytes, Sink sink) {
        int format = bytes.readInt();
        if (format != Event.FORMAT) {
            throw new TrailException(
                    Code.UNREADABLE,
                    "the queue " + directory + " has documents of format " + format + ", this version reads "
                            + Event.FORMAT + ": roll it with the version that wrote it");
        }
        int count = bytes.readInt();
        long at = bytes.readLong();
        for (int i = 0; i < count; i++) {
            sink.event(at, bytes.readLong(), bytes.readLong(), bytes.readLong());
        }
    }
}
