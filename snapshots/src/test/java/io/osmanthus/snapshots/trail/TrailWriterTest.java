package io.osmanthus.snapshots.trail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer, its files by minute, and what is read back. */
final class TrailWriterTest {
    private final AtomicLong now =
            new AtomicLong(Instant.parse("2026-11-23T14:05:10Z").toEpochMilli());
    private final TrailClock clock = new TrailClock(() -> Instant.ofEpochMilli(now.get()));

    @TempDir
    private Path directory;

    @Test
    void commit_documentsOfSeveralMinutes_areReadBackByMinute_alsoAfterAnEarlierFileIsDeleted() throws IOException {
        Path loop = directory.resolve("loop-0");
        try (TrailWriter writer = new TrailWriter(loop, clock, () -> true, new LongAdder())) {
            writer.add(true, 1, 2, Event.of(3, 1, 1, Asked.CHECK));
            writer.add(false, 5, 6, Event.of(3, 1, 0, Asked.CHECK));
            assertTrue(writer.commit());
            now.addAndGet(3 * 60_000);
            List<Long> minutes = LoopQueue.minutes(loop);
            assertEquals(1, minutes.size());
            assertEquals(2, read(loop, minutes).size());
            Files.delete(LoopQueue.file(loop, minutes.get(0)));
            writer.add(true, 7, 8, Event.of(3, 1, 0, Asked.CHECK));
            assertTrue(writer.commit());
            now.addAndGet(61_000);
            writer.add(true, 9, 10, Event.of(3, 1, 0, Asked.CHECK));
            assertTrue(writer.commit());
            List<long[]> later = read(loop, LoopQueue.minutes(loop));
            assertEquals(List.of(7L, 9L), later.stream().map(event -> event[1]).toList());
        }
    }

    private static List<long[]> read(Path loop, List<Long> minutes) {
        List<long[]> events = new ArrayList<>();
        LoopQueue.read(loop, minutes, (at, high, low, what) -> events.add(new long[] {at, high, low, what}));
        return events;
    }
}
