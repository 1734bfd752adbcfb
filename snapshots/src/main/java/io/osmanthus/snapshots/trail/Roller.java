package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.trail.Unit.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Lock;

/*
 * The order is what makes it safe: Parquet durable, then the queue's file deleted, then the marker set forward. Killed after
 * the first, the next pass finds the unit by its name and does not write it again; the merger leaves units of a start alone
 * until its marker is past them, so the name is still there.
 */

/** Hands in the closed minutes of one node's queues as units. One pass at a time. */
final class Roller {
    private final Units units;
    private final Markers markers;
    private final Parquet parquet;
    private final String node;

    /** Held while what readers see moves from the queues to the units. */
    private final Lock handover;

    Roller(Units units, Markers markers, Parquet parquet, String node, Lock handover) {
        this.units = units;
        this.markers = markers;
        this.parquet = parquet;
        this.node = node;
        this.handover = handover;
    }

    /** Hands in all minutes before one; sets the marker there. */
    void roll(Path start, long before) throws IOException {
        String marker = Markers.name(node, String.valueOf(start.getFileName()));
        for (long minute : Start.minutes(start)) {
            if (minute < before) {
                roll(start, marker, minute);
            }
        }
        markers.set(marker, before * TrailClock.MINUTE_MS);
    }

    /** Hands in everything of a start that has ended, and removes it. */
    void finish(Start start) throws IOException {
        roll(start.directory(), Long.MAX_VALUE / TrailClock.MINUTE_MS);
        start.remove();
        markers.remove(Markers.name(node, start.name()));
    }

    private void roll(Path start, String marker, long minute) throws IOException {
        Unit unit = Unit.at(Span.MINUTE, minute * TrailClock.MINUTE_MS, marker);
        Path building = null;
        try {
            if (!Files.exists(units.path(unit))) {
                building = units.begin(marker);
                Names.Table names = Names.Table.read(start);
                boolean any = parquet.write(sink -> read(start, minute, sink), names, building.resolve(Unit.ALL));
                handover.lock();
                try {
                    if (any) {
                        units.publish(building, unit, List.of(), 0);
                    }
                    delete(start, minute);
                } finally {
                    handover.unlock();
                }
            } else {
                delete(start, minute);
            }
        } finally {
            if (building != null) {
                Durable.remove(building);
            }
        }
    }

    private static void read(Path start, long minute, LoopQueue.Sink sink) {
        try {
            Start.read(start, List.of(minute), sink);
        } catch (IOException e) {
            throw new TrailException(
                    TrailException.Code.UNREADABLE, "the queues of " + start + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void delete(Path start, long minute) throws IOException {
        for (Path loop : Start.loops(start)) {
            Files.deleteIfExists(LoopQueue.file(loop, minute));
            Durable.force(loop);
        }
    }
}
