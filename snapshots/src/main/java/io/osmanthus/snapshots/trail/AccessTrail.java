package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.trail.AccessPage.Place;
import io.osmanthus.snapshots.trail.TrailException.Code;
import io.osmanthus.snapshots.trail.Unit.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's access trail: writers for its event loops, the work behind them, and the way a person reads it. Thread-safe;
 * a {@link TrailWriter} belongs to its thread. {@link #close} hands in everything once nobody writes any more.
 */
public final class AccessTrail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessTrail.class);

    private static final int ROLL_INTERVAL_MS = 5_000;
    private static final int LOOK_INTERVAL_MS = 100;
    private static final int CLOSE_SECONDS_MAX = 60;

    /** How long a minute stays open after its end; a writer that is busy keeps it open longer. */
    private static final long CLOSED_AFTER_MS = 1_000;

    private static final int UNITS_AT_ONCE = 16;

    /** A merge may take a unit away between its listing and its reading. */
    private static final int READ_TRIES = 4;

    private final TrailOptions options;
    private final TrailClock clock;
    private final Start start;
    private final Names names;
    private final Reserve reserve;
    private final Units units;
    private final Markers markers;
    private final Erasures erasures;
    private final Parquet rolling;
    private final Parquet reading;
    private final Roller roller;
    private final Merger merger;
    private final Upkeep upkeep;
    private final ReentrantReadWriteLock handover = new ReentrantReadWriteLock(true);
    private final List<TrailWriter> writers = new CopyOnWriteArrayList<>();
    private final LongAdder written = new LongAdder();
    private final AtomicLong rolledUntil;
    private final LongAdder failures = new LongAdder();
    private final List<ScheduledExecutorService> threads = new ArrayList<>();

    private AccessTrail(TrailOptions options, TrailClock clock, List<Reserve.Disk> disks, long graceMs)
            throws IOException {
        this.options = options;
        this.clock = clock;
        Files.createDirectories(options.directory());
        Files.createDirectories(options.rolled());
        Path rolled = options.rolled().toRealPath();
        this.units = new Units(rolled);
        this.markers = new Markers(rolled);
        this.erasures = new Erasures(rolled);
        this.rolledUntil = new AtomicLong(clock.now());
        this.start = Start.create(options.directory().resolve(options.node()), clock.now());
        markers.set(marker(), clock.now());
        this.names = Names.create(start.directory());
        this.reserve = new Reserve(disks, options.reserveBytes());
        this.rolling = Parquet.open(rolled, 1, "512MB");
        this.reading = Parquet.open(rolled, 2, "512MB");
        this.roller = new Roller(units, markers, rolling, options.node(), handover.writeLock());
        this.merger = new Merger(rolled, units, markers, erasures, rolling, options.countsMonths(), graceMs);
        this.upkeep = new Upkeep(writers, names, reserve);
    }

    /**
     * Makes this start's directory and begins the background work: what earlier starts of the node left is handed in.
     *
     * @throws TrailException DIRECTORY if a directory cannot be written
     */
    public static AccessTrail start(TrailOptions options, InstantSource clock) {
        AccessTrail trail = open(
                options,
                clock,
                List.of(() -> free(options.directory()), () -> free(options.rolled())),
                Merger.GRACE_MS);
        trail.every("osmanthus-trail-roll", ROLL_INTERVAL_MS, trail::pass);
        trail.every("osmanthus-trail-upkeep", LOOK_INTERVAL_MS, trail.upkeep::look);
        trail.every("osmanthus-trail-sync", options.syncMs(), trail.upkeep::force);
        return trail;
    }

    /** Without background work: {@link #pass} and {@link #look} are called by whoever opened it. */
    static AccessTrail open(TrailOptions options, InstantSource clock, List<Reserve.Disk> disks, long graceMs) {
        try {
            return new AccessTrail(options, new TrailClock(clock), disks, graceMs);
        } catch (IOException e) {
            throw new TrailException(
                    Code.DIRECTORY,
                    "the access trail cannot be kept in " + options.directory() + " and " + options.rolled() + " ("
                            + e.getMessage() + "); nothing about persons can be answered without it",
                    e);
        }
    }

    /** A writer for one thread, who closes it. */
    public synchronized TrailWriter writer() {
        TrailWriter writer = new TrailWriter(start.loop(writers.size()), clock, reserve::open, written);
        writers.add(writer);
        return writer;
    }

    /**
     * What happened, as a writer takes it: to be made once and used often, it writes names that are new to a file.
     *
     * @param client who asked; null for the person's own app
     * @param scene where; null outside scenes
     * @param answer the benefit, or what was shown; null for none
     */
    public long what(Asked asked, @Nullable String client, @Nullable String scene, @Nullable String answer) {
        return Event.of(
                names.number(Names.Kind.CLIENT, client),
                names.number(Names.Kind.SCENE, scene),
                names.number(Names.Kind.ANSWER, answer),
                asked);
    }

    /** Whether there is room. Where there is none, nothing about a person may be answered. */
    public boolean accepting() {
        return reserve.open();
    }

    /** Events written by this start. */
    public long written() {
        return written.sum();
    }

    /** Documents that this start began to write: one for each turn of an event loop that answered about persons. */
    public long commits() {
        return writers.stream().mapToLong(writer -> writer.turn() >>> 1).sum();
    }

    /** Documents that could not be written: none of their answers left. */
    public long refused() {
        return writers.stream().mapToLong(TrailWriter::refused).sum();
    }

    /** Passes of the background work that failed; they are tried again. */
    public long failures() {
        return failures.sum();
    }

    /** Free bytes of the fuller of both disks. */
    public long freeBytes() {
        return reserve.freeBytes();
    }

    /** How long ago the youngest event that has been handed in may be. */
    public long rollLagMs() {
        return Math.max(0, clock.now() - rolledUntil.get());
    }

    /**
     * What was answered about a person, newest first: this node's queues and what all nodes have handed in. Reads files:
     * not for an event loop.
     *
     * @param from first millisecond
     * @param to first millisecond after
     * @param place where the part before ended, or null for the first
     * @param limit lines at most
     */
    public AccessPage accesses(long high, long low, long from, long to, @Nullable Place place, int limit) {
        for (int tried = 1; ; tried++) {
            handover.readLock().lock();
            try {
                return read(high, low, from, to, place, limit);
            } catch (TrailException | IOException e) {
                if (tried == READ_TRIES) {
                    throw new TrailException(Code.UNREADABLE, "the access trail cannot be read: " + e.getMessage(), e);
                }
            } finally {
                handover.readLock().unlock();
            }
        }
    }

    /**
     * Takes a person who has left out of the trail: at once for readers, from all files by the date returned, provided every
     * node runs. Call it when no answer about the person can leave any more.
     */
    public LocalDate erase(long high, long low) {
        long now = clock.now();
        try {
            erasures.mark(high, low, now);
        } catch (IOException e) {
            throw unwritten(e);
        }
        return Unit.at(Span.DAY, now, "x").day().plusDays(2);
    }

    /** Somebody who left a ledger: what was answered until a moment goes, at the latest until now. */
    public record Departure(long high, long low, long untilMs) {}

    /** Up to which position of a ledger everybody who left has been taken out; 0 for a ledger that was never looked at. */
    public long departuresSeen(String ledger) {
        try {
            return erasures.seen(ledger);
        } catch (IOException e) {
            throw new TrailException(Code.UNREADABLE, "the erasures cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Takes out whoever left a ledger up to a position: a node that was killed between the departure and its erasure has
     * not. Who has been taken out already stays so.
     */
    public void departed(String ledger, long position, List<Departure> departures) {
        long now = clock.now();
        try {
            for (Departure one : departures) {
                long until = Math.min(now, one.untilMs());
                if (erasures.until(one.high(), one.low()) < until) {
                    erasures.mark(one.high(), one.low(), until);
                }
            }
            erasures.seen(ledger, position);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    /**
     * Has who left a ledger after a position gone through again, since positions after it are given once more: the ledger was
     * restored. For a trail that no node writes to.
     */
    public static void restored(Path rolled, String ledger, long position) {
        try {
            new Erasures(rolled).seen(ledger, position);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private static TrailException unwritten(IOException e) {
        return new TrailException(Code.DIRECTORY, "the erasure cannot be written: " + e.getMessage(), e);
    }

    private AccessPage read(long high, long low, long from, long to, @Nullable Place place, int limit)
            throws IOException {
        long now = clock.now();
        long until = erasures.until(high, low);
        long begin = until == Long.MIN_VALUE ? from : Math.max(from, until + 1);
        long end = place == null ? to : Math.min(to, place.at() + 1);
        int skip = place == null ? 0 : place.skip();
        Newest found = new Newest(skip + limit + 1);
        live(high, low, begin, end, found);
        List<Unit> due = units.list().live().stream()
                .filter(unit -> unit.from() < end && unit.to() > begin)
                .filter(unit -> Files.exists(units.path(unit).resolve(unit.file(high))))
                .sorted(Comparator.comparingLong(Unit::to).reversed())
                .toList();
        // Newest first, until nothing older can come onto the page: to open a file costs more than to read it.
        for (int at = 0; at < due.size() && due.get(at).to() > found.oldest(); at += UNITS_AT_ONCE) {
            List<Path> files = due.subList(at, Math.min(due.size(), at + UNITS_AT_ONCE)).stream()
                    .map(unit -> units.path(unit).resolve(unit.file(high)))
                    .toList();
            reading.accesses(files, high, low, begin, end, skip + limit + 1).forEach(found::add);
        }
        long complete = Markers.completeUntil(markers.all(), Set.of(marker()), now);
        return page(found.sorted(), skip, limit, complete);
    }

    private static AccessPage page(List<Access> all, int skip, int limit, long complete) {
        List<Access> shown = all.subList(Math.min(skip, all.size()), Math.min(skip + limit, all.size()));
        if (all.size() <= skip + limit || shown.isEmpty()) {
            return new AccessPage(List.copyOf(shown), null, complete);
        }
        long last = shown.get(shown.size() - 1).at();
        int alike = (int) all.subList(0, skip + limit).stream()
                .filter(access -> access.at() == last)
                .count();
        return new AccessPage(List.copyOf(shown), new Place(last, alike), complete);
    }

    private void live(long high, long low, long begin, long end, Newest found) throws IOException {
        Names.Table table = Names.Table.read(start.directory());
        List<Long> minutes = Start.minutes(start.directory()).stream()
                .filter(minute -> minute * TrailClock.MINUTE_MS < end && (minute + 1) * TrailClock.MINUTE_MS > begin)
                .toList();
        Start.read(start.directory(), minutes, (at, subjectHigh, subjectLow, what) -> {
            if (subjectHigh == high && subjectLow == low && at >= begin && at < end && !Event.nobody(what)) {
                found.add(new Access(
                        at,
                        Event.asked(what),
                        table.name(Names.Kind.CLIENT, Event.client(what)),
                        table.name(Names.Kind.SCENE, Event.scene(what)),
                        table.name(Names.Kind.ANSWER, Event.answer(what)),
                        0));
            }
        });
    }

    /** One pass of the background work. */
    void pass() {
        try {
            orphans();
            long before = closedBefore();
            if (before > TrailClock.minute(rolledUntil.get())) {
                roller.roll(start.directory(), before);
                rolledUntil.set(before * TrailClock.MINUTE_MS);
                merger.pass(clock.now());
            }
        } catch (IOException | RuntimeException e) {
            failures.increment();
            LOG.error("the access trail could not be rolled; it is tried again: {}", e.toString());
        }
    }

    /** Watches the free space and takes pages ahead. */
    void look() {
        upkeep.look();
    }

    void force() {
        upkeep.force();
    }

    /** What starts of this node left whose process has ended. */
    private void orphans() throws IOException {
        for (Path directory : Start.of(options.directory().resolve(options.node()))) {
            if (directory.equals(start.directory())) {
                continue;
            }
            Start orphan = Start.take(directory);
            if (orphan != null) {
                try (orphan) {
                    roller.finish(orphan);
                    LOG.info("what the earlier start {} left of the access trail is handed in", orphan.name());
                }
            }
        }
    }

    /** The first minute that may still get events. */
    private long closedBefore() {
        long minute = TrailClock.minute(clock.now() - CLOSED_AFTER_MS);
        for (TrailWriter writer : writers) {
            if ((writer.turn() & 1) != 0) {
                return 0;
            }
        }
        return minute;
    }

    private String marker() {
        return Markers.name(options.node(), start.name());
    }

    private void every(String name, int intervalMs, Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, name);
            created.setDaemon(true);
            return created;
        });
        threads.add(thread);
        Runnable guarded = () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failures.increment();
                LOG.error("work behind the access trail failed; it is tried again: {}", e.toString());
            }
        };
        var unused = thread.scheduleWithFixedDelay(guarded, 0, intervalMs, TimeUnit.MILLISECONDS);
    }

    private static long free(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /** Lets go of everything without handing in, as a kill does. */
    void letGo() throws IOException {
        writers.forEach(TrailWriter::close);
        rolling.close();
        reading.close();
        names.close();
        start.close();
    }

    /** Ends the background work and hands in what is left. What fails here is handed in by the next start. */
    @Override
    public synchronized void close() {
        threads.forEach(ScheduledExecutorService::shutdown);
        try {
            for (ScheduledExecutorService thread : threads) {
                if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                    LOG.warn("the access trail was still being rolled after {} s", CLOSE_SECONDS_MAX);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writers.forEach(TrailWriter::close);
        try (rolling;
                reading;
                start;
                names) {
            upkeep.force();
            roller.finish(start);
        } catch (IOException | RuntimeException e) {
            LOG.error("the access trail was not handed in at the end; the next start does it: {}", e.toString());
        }
    }
}
