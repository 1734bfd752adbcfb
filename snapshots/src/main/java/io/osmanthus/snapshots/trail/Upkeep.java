package io.osmanthus.snapshots.trail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What writers need done beside them: free space watched, pages taken ahead, files forced to disk. For one thread. */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final List<TrailWriter> writers;
    private final Names names;
    private final Reserve reserve;
    private final Map<TrailWriter, Ahead> ahead = new HashMap<>();
    private final Map<TrailWriter, Path> forced = new HashMap<>();

    Upkeep(List<TrailWriter> writers, Names names, Reserve reserve) {
        this.writers = writers;
        this.names = names;
        this.reserve = reserve;
    }

    void look() {
        reserve.check();
        for (TrailWriter writer : writers) {
            try {
                ahead.computeIfAbsent(writer, Ahead::new).look();
            } catch (IOException e) {
                LOG.warn("the access trail's next pages could not be taken: {}", e.toString());
            }
        }
    }

    /** Whatever was written before the call survives a power failure after it. */
    void force() {
        try {
            names.force();
            for (TrailWriter writer : writers) {
                TrailWriter.Written progress = writer.progress();
                if (progress.bytes() == 0) {
                    continue;
                }
                Path file = LoopQueue.file(progress.directory(), progress.minute());
                Path before = forced.put(writer, file);
                if (before != null && !before.equals(file)) {
                    Durable.force(before);
                }
                Durable.force(file);
                if (!file.equals(before)) {
                    Durable.force(progress.directory());
                }
            }
        } catch (IOException e) {
            LOG.error("the access trail could not be forced to disk; it is tried again: {}", e.toString());
        }
    }
}
