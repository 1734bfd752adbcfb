package io.osmanthus.snapshots.trail;

import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The time of a document is read inside the mark "busy", and that time alone decides the minute's file. So whoever finds
 * the clock past a minute and the writer not busy (or busy with a later document) knows that the minute gets no more.
 */

/**
 * One event loop's way into the trail: events are gathered and become one document at {@link #commit}, before any of their
 * answers leaves. Belongs to one thread; {@link #close} once.
 */
public final class TrailWriter implements AutoCloseable {
    /** Events of one document; more are written in several, all before the commit returns. */
    static final int EVENTS_MAX = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(TrailWriter.class);

    private final Path directory;
    private final TrailClock clock;
    private final BooleanSupplier accepting;
    private final LongAdder written;
    private final SplittableRandom random = new SplittableRandom();
    private final long[] events = new long[EVENTS_MAX * Event.LONGS];

    private int length;
    private boolean failed;
    private long at;
    private long retryAt;
    private int queues;
    private @Nullable SingleChronicleQueue queue;
    private @Nullable ExcerptAppender appender;

    /** Odd while a document is being written. */
    private volatile long turn;

    /** Commits that were not written; grows on the owner's thread only. */
    private volatile long refused;

    /** How far the current file is written, for those who prepare its next pages. */
    private volatile Written progress;

    /** A place in a file. */
    record Written(Path directory, long minute, long bytes) {}

    TrailWriter(Path directory, TrailClock clock, BooleanSupplier accepting, LongAdder written) {
        this.directory = directory;
        this.clock = clock;
        this.accepting = accepting;
        this.written = written;
        this.at = clock.now();
        this.progress = new Written(directory, 0, 0);
        open();
    }

    /**
     * Gathers one event.
     *
     * @param known whether the subject is enrolled; if not, high and low are not looked at beyond costing the same
     * @param what from {@link AccessTrail#what}
     */
    public void add(boolean known, long high, long low, long what) {
        if (length == events.length) {
            write();
        }
        long randomHigh = random.nextLong();
        long randomLow = random.nextLong();
        long unknown = known ? 0 : -1;
        int i = length;
        events[i] = (high & ~unknown) | (randomHigh & unknown);
        events[i + 1] = (low & ~unknown) | (randomLow & unknown);
        events[i + 2] = what | (unknown & Event.NOBODY);
        length = i + Event.LONGS;
    }

    /**
     * Writes what was gathered. A kill of the process after the return takes nothing away.
     *
     * @return false if it could not be written: then no answer about a person may leave
     */
    public boolean commit() {
        if (length > 0) {
            write();
        }
        boolean done = !failed;
        failed = false;
        return done;
    }

    private void write() {
        int count = length / Event.LONGS;
        length = 0;
        if (!accepting.getAsBoolean() || !ready()) {
            failed = true;
            long before = refused;
            refused = before + 1;
            return;
        }
        long own = turn;
        turn = own + 1;
        try {
            at = clock.now();
            append(count);
            written.add(count);
        } catch (RuntimeException | InternalError e) {
            // a full disk strikes mapped memory as an InternalError
            failed = true;
            long before = refused;
            refused = before + 1;
            abandon(e);
        } finally {
            turn = own + 2;
        }
    }

    private void append(int count) {
        ExcerptAppender to = appender;
        if (to == null) {
            throw new IllegalStateException("the queue is closed");
        }
        long end;
        try (DocumentContext document = to.writingDocument()) {
            try {
                Bytes<?> bytes = Objects.requireNonNull(document.wire()).bytes();
                bytes.writeInt(Event.FORMAT);
                bytes.writeInt(count);
                bytes.writeLong(at);
                for (int i = 0; i < count * Event.LONGS; i++) {
                    bytes.writeLong(events[i]);
                }
                end = bytes.writePosition();
            } catch (RuntimeException | Error e) {
                document.rollbackOnClose();
                throw e;
            }
        }
        progress = new Written(path(), TrailClock.minute(at), end);
    }

    /** Whether there is a queue to write to; after a failure a new one is tried once a second. */
    private boolean ready() {
        if (appender != null) {
            return true;
        }
        long now = clock.now();
        if (now < retryAt) {
            return false;
        }
        retryAt = now + 1_000;
        at = now;
        try {
            open();
            return true;
        } catch (RuntimeException | InternalError e) {
            LOG.error("the access trail cannot be opened; it is tried again: {}", e.toString());
            return false;
        }
    }

    private void open() {
        SingleChronicleQueue opened = LoopQueue.open(path(), () -> at, false);
        queue = opened;
        ExcerptAppender made = opened.createAppender();
        made.singleThreadedCheckDisabled(true); // closed by whoever closes the trail
        appender = made;
    }

    /** The queue's directory; after a failure the next one, since what is half written is left as it is. */
    private Path path() {
        return queues == 0 ? directory : directory.resolveSibling(directory.getFileName() + "." + queues);
    }

    private void abandon(Throwable cause) {
        LOG.error("the access trail could not be written; answers about persons wait: {}", cause.toString());
        queues++;
        retryAt = clock.now() + 1_000;
        close();
    }

    /** Odd while a document is being written; even numbers only grow. */
    long turn() {
        return turn;
    }

    /** Documents that were not written, each with answers that did not leave. */
    long refused() {
        return refused;
    }

    Written progress() {
        return progress;
    }

    @Override
    public void close() {
        SingleChronicleQueue open = queue;
        ExcerptAppender writing = appender;
        queue = null;
        appender = null;
        try {
            if (writing != null) {
                writing.close();
            }
            if (open != null) {
                open.close();
            }
        } catch (RuntimeException | InternalError e) {
            LOG.warn("a queue of the access trail was not closed in order: {}", e.toString());
        }
    }
}
