package io.osmanthus.engine;

import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.ledger.LedgerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the engine on what it should serve: the snapshot that the store calls current, on today's date in Asia/Shanghai.
 * A new snapshot is loaded aside and published; the generation of the next day is loaded before midnight and published at
 * 00:00, so that what expires that night is gone from the first second on. Where that did not succeed, answers stop rather
 * than go on under yesterday's date. What failed to load is remembered and not tried again; the version served last goes
 * on in its place, each day anew. A snapshot that is not as it was published stays refused on every day. Where memory did
 * not suffice, the load is tried again after a while, and after twice as long each time.
 *
 * <p>{@link #tick} is called by one thread, about every second; it blocks while a generation loads. {@link #turn} is
 * called by another, since midnight does not wait for a load, and by the first reader that comes after midnight before it.
 */
public final class Keeper implements AutoCloseable {
    /** The zone in which days begin. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** How long before midnight the next day's generation is begun; a load at city scale takes well under a minute. */
    static final Duration PREPARE_AHEAD = Duration.ofMinutes(5);

    /** How long a load that memory did not suffice for is put off at first, and at the most. */
    static final Duration PUT_OFF = Duration.ofSeconds(30);

    static final Duration PUT_OFF_MAX = Duration.ofMinutes(32);

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    private final Engine engine;
    private final Supplier<String> currentVersion;
    private final BiFunction<String, LocalDate, Generation> load;
    private final Clock clock;
    private final @Nullable LocalDate fixedDay;
    private final Map<Wanted, String> failed = new ConcurrentHashMap<>();

    /** Versions that no day makes better, and why. */
    private final Map<String, String> refused = new ConcurrentHashMap<>();

    /** What memory did not suffice for, until when it is put off, and why. */
    private final Map<Wanted, PutOff> putOff = new ConcurrentHashMap<>();

    /** What is served, null while nothing is; guarded by this. */
    private @Nullable Wanted published;

    /** The next day's generation, before midnight; guarded by this. */
    private @Nullable Prepared prepared;

    /** The version published last, which is known to load; guarded by this. */
    private @Nullable String served;

    private final AtomicBoolean renew = new AtomicBoolean();

    /** Counts {@link #replace}: what was begun to be loaded before one goes by rules that are over. */
    private final AtomicInteger replaced = new AtomicInteger();

    /** What {@link #replaced} was when the last load began; belongs to the thread of {@link #tick}. */
    private int loadedUnder;

    private record Wanted(String version, LocalDate day) {}

    private record PutOff(Instant until, Duration again, String message) {}

    private record Prepared(Wanted wanted, Generation generation) {}

    /**
     * A keeper.
     *
     * @param currentVersion the version that the store calls current
     * @param load loads a version for a day; the generation is the keeper's
     * @param fixedDay the day to serve for rehearsals and tests, or null for the clock's
     */
    public Keeper(
            Engine engine,
            Supplier<String> currentVersion,
            BiFunction<String, LocalDate, Generation> load,
            Clock clock,
            @Nullable LocalDate fixedDay) {
        this.engine = engine;
        this.currentVersion = currentVersion;
        this.load = load;
        this.clock = clock;
        this.fixedDay = fixedDay;
    }

    /** Loads and publishes the first generation; whatever is wrong with it is the caller's to hear. */
    public void start() {
        Wanted wanted = new Wanted(currentVersion.get(), today());
        publish(wanted, load.apply(wanted.version(), wanted.day()));
    }

    /** Brings the engine up to date, if it is not; loads the next day's generation when midnight is near. */
    public void tick() {
        turn();
        String version = currentVersion.get();
        Wanted wanted = new Wanted(version, today());
        boolean anew = renew.getAndSet(false);
        if (anew && !isPutOff(wanted)) {
            discardPrepared();
        }
        if (anew || !wanted.equals(published())) {
            Generation generation = load(wanted);
            if (generation != null) {
                publishLoaded(wanted, generation);
            } else if (!failedBefore(wanted)) {
                renew.compareAndSet(false, anew);
                if (published() == null && isPutOff(wanted)) {
                    goOn(wanted.day());
                }
            } else if (anew || published() == null) {
                goOn(wanted.day());
            }
        }
        if (fixedDay == null && untilMidnight().compareTo(PREPARE_AHEAD) <= 0) {
            prepare(version, wanted.day().plusDays(1));
        }
    }

    /**
     * Takes a generation of the same snapshot and day into service at once, in place of the one that is: under other rules.
     * False where it does not fit any more; then it is the caller's.
     */
    public synchronized boolean replace(Generation generation) {
        Wanted is = published;
        if (is == null
                || !is.version().equals(generation.snapshot())
                || !is.day().equals(generation.day())) {
            return false;
        }
        replaced.incrementAndGet();
        discardPrepared();
        failed.clear();
        engine.publish(generation);
        LOG.info("serving {}", generation);
        return true;
    }

    /** Has the next {@link #tick} load what is served once more: it has no room left. */
    public void renew() {
        renew.set(true);
    }

    /**
     * Begins a new day: publishes the generation prepared for it, or stops answering. Rather no answer, and the base
     * service, than a benefit under a consent that ended last night. Returns at once, also while {@link #tick} loads.
     */
    public synchronized void turn() {
        LocalDate today = today();
        Wanted yesterday = published;
        if (yesterday == null || yesterday.day().equals(today)) {
            return;
        }
        Prepared ready = prepared;
        prepared = null;
        if (ready != null && ready.wanted().day().equals(today)) {
            publish(ready.wanted(), ready.generation());
            return;
        }
        if (ready != null) {
            ready.generation().discard();
        }
        LOG.warn("no generation is ready for {}: answers stop until one is loaded", today);
        engine.withdraw();
        published = null;
        // What yesterday's generation took is free now.
        putOff.clear();
    }

    /** The versions that could not be loaded, and why: for health and metrics. Thread-safe. */
    public Map<String, String> failures() {
        Map<String, String> failures = new TreeMap<>();
        putOff.forEach((wanted, load) ->
                failures.put(wanted.version(), load.message() + "; it is tried again at " + load.until()));
        failed.forEach((wanted, message) -> failures.put(wanted.version(), message));
        failures.putAll(refused);
        return failures;
    }

    /** Whether a version is not tried again today, whoever asks for it. Thread-safe. */
    public boolean refuses(String version) {
        return refused.containsKey(version)
                || failed.keySet().stream().anyMatch(of -> of.version().equals(version));
    }

    /** A version that was put off is tried at the next {@link #tick}. Thread-safe. */
    public void retry(String version) {
        putOff.keySet().removeIf(wanted -> wanted.version().equals(version));
    }

    /** Lets go of a generation that was prepared. */
    @Override
    public void close() {
        discardPrepared();
    }

    /** Where the current version does not load, the one served before goes on, under today's date. */
    private void goOn(LocalDate today) {
        String before = served();
        Generation generation = before == null ? null : load(new Wanted(before, today));
        if (before != null && generation != null) {
            publishLoaded(new Wanted(before, today), generation);
        }
    }

    private void prepare(String version, LocalDate tomorrow) {
        if (prepared(new Wanted(version, tomorrow))) {
            return;
        }
        String before = served();
        if (before != null && !before.equals(version)) {
            prepared(new Wanted(before, tomorrow));
        }
    }

    /** Whether a generation is prepared, now or already. */
    private boolean prepared(Wanted next) {
        synchronized (this) {
            if (prepared != null && prepared.wanted().equals(next)) {
                return true;
            }
        }
        if (failedBefore(next) || isPutOff(next)) {
            return false;
        }
        discardPrepared();
        Generation generation = load(next);
        if (generation == null) {
            return false;
        }
        synchronized (this) {
            if (loadedUnder != replaced.get()) {
                generation.discard();
                return false;
            }
            prepared = new Prepared(next, generation);
        }
        return true;
    }

    /** Not if the rules have changed since it was begun: then the next {@link #tick} loads anew. */
    private synchronized void publishLoaded(Wanted wanted, Generation generation) {
        if (loadedUnder != replaced.get()) {
            generation.discard();
            renew.set(true);
            return;
        }
        publish(wanted, generation);
    }

    /** Midnight may have passed while it loaded: a day that is over is not published any more. */
    private synchronized void publish(Wanted wanted, Generation generation) {
        if (!wanted.day().equals(today())) {
            generation.discard();
            return;
        }
        published = wanted;
        served = wanted.version();
        engine.publish(generation);
        if (fixedDay == null) {
            // Only now: a reader that came between would take the day before for the new one.
            Instant end = wanted.day()
                    .plusDays(1)
                    .atTime(LocalTime.MIDNIGHT)
                    .atZone(ZONE)
                    .toInstant();
            engine.endsAt(clock, end, this::turn);
        }
        LOG.info("serving {}", generation);
    }

    private synchronized @Nullable Wanted published() {
        return published;
    }

    private synchronized @Nullable String served() {
        return served;
    }

    private @Nullable Generation load(Wanted wanted) {
        if (failedBefore(wanted)) {
            return null;
        }
        if (isPutOff(wanted)) {
            return null;
        }
        PutOff before = putOff.get(wanted);
        loadedUnder = replaced.get();
        try {
            Generation generation = load.apply(wanted.version(), wanted.day());
            putOff.keySet().removeIf(former -> !former.day().isAfter(wanted.day()));
            return generation;
        } catch (RuntimeException | Error e) {
            // Errors too: memory that does not suffice for a second generation leaves the first one where it is.
            if (lacksMemory(e)) {
                putOff(wanted, before, e);
                return null;
            }
            if (passing(e)) {
                LOG.warn("snapshot {} is not loaded yet, and is tried again: {}", wanted.version(), e.getMessage());
                return null;
            }
            remember(wanted, e);
            LOG.error(
                    "snapshot {} for {} cannot be served and will not be tried again: {}",
                    wanted.version(),
                    wanted.day(),
                    e.getMessage());
            return null;
        }
    }

    private boolean isPutOff(Wanted wanted) {
        PutOff load = putOff.get(wanted);
        return load != null && clock.instant().isBefore(load.until());
    }

    private void putOff(Wanted wanted, @Nullable PutOff before, Throwable e) {
        Duration now = before == null ? PUT_OFF : before.again();
        Duration again = now.multipliedBy(2).compareTo(PUT_OFF_MAX) < 0 ? now.multipliedBy(2) : PUT_OFF_MAX;
        putOff.put(wanted, new PutOff(clock.instant().plus(now), again, String.valueOf(e.getMessage())));
        LOG.error(
                "snapshot {} for {} is not loaded, and is tried again in {} s: {}",
                wanted.version(),
                wanted.day(),
                now.toSeconds(),
                e.getMessage());
    }

    private boolean failedBefore(Wanted wanted) {
        return refused.containsKey(wanted.version()) || failed.containsKey(wanted);
    }

    private void remember(Wanted wanted, Throwable e) {
        failed.keySet().removeIf(former -> former.day().isBefore(today()));
        boolean lasting = e instanceof SnapshotException refusal && refusal.code() != SnapshotException.Code.IO;
        if (lasting) {
            refused.put(wanted.version(), String.valueOf(e.getMessage()));
        } else {
            failed.put(wanted, String.valueOf(e.getMessage()));
        }
    }

    private static boolean lacksMemory(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError
                    || (cause instanceof EngineException none && none.code() == EngineException.Code.NO_MEMORY)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it says nothing of the snapshot: the ledger was away, or grew beyond the room made for it meanwhile. */
    private static boolean passing(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof LedgerException
                || (cause instanceof EngineException full && full.code() == EngineException.Code.FULL);
    }

    private synchronized void discardPrepared() {
        Prepared ready = prepared;
        prepared = null;
        if (ready != null) {
            ready.generation().discard();
        }
    }

    /** The day that should be served. Thread-safe. */
    public LocalDate today() {
        return fixedDay == null ? LocalDate.ofInstant(clock.instant(), ZONE) : fixedDay;
    }

    private Duration untilMidnight() {
        ZonedDateTime now = clock.instant().atZone(ZONE);
        return Duration.between(
                now, now.toLocalDate().plusDays(1).atTime(LocalTime.MIDNIGHT).atZone(ZONE));
    }
}
