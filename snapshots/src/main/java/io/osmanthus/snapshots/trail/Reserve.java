package io.osmanthus.snapshots.trail;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether there is room for the trail: no room, no answer about a person. Thread-safe; asked on every answer. */
final class Reserve {
    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

    /** The free bytes of a disk; throws where the disk cannot be asked. */
    @FunctionalInterface
    interface Disk {
        long freeBytes() throws java.io.IOException;
    }

    private final List<Disk> disks;
    private final long reserveBytes;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final AtomicLong free = new AtomicLong(Long.MAX_VALUE);

    Reserve(List<Disk> disks, long reserveBytes) {
        this.disks = List.copyOf(disks);
        this.reserveBytes = reserveBytes;
        check();
    }

    boolean open() {
        return open.get();
    }

    /** The free bytes of the fuller disk, as last seen. */
    long freeBytes() {
        return free.get();
    }

    void check() {
        long least = Long.MAX_VALUE;
        for (Disk disk : disks) {
            try {
                least = Math.min(least, disk.freeBytes());
            } catch (java.io.IOException e) {
                least = 0;
            }
        }
        free.set(least);
        boolean enough = least >= reserveBytes;
        if (open.getAndSet(enough) != enough) {
            if (enough) {
                LOG.info("the access trail has room again: {} bytes are free", least);
            } else {
                LOG.error(
                        "the access trail's reserve is used up: {} bytes are free, {} are needed; checks about persons"
                                + " answer 503 until there is room",
                        least,
                        reserveBytes);
            }
        }
    }
}
