package io.osmanthus.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the engine on what it should serve: the snapshot that the store calls current, on today's date in Asia/Shanghai.
 * A new snapshot is loaded aside and published; the generation of the next day is loaded before midnight and published at
 * 00:00, so that what expires that night is gone from the first second on. Where that did not succeed, answers stop rather
 * than go on under yesterday's date. What failed to load is remembered and not tried again.
 *
 * <p>{@link #tick} is called by one thread, about every second; it blocks while a generation loads.
 */
public final class Keeper implements AutoCloseable {
    /** The zone in which days begin. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** How long before midnight the next day's generation is begun; a load at city scale takes well under a minute. */
    static final Duration PREPARE_AHEAD = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    private final Engine engine;
    private final Supplier<String> currentVersion;
    private final BiFunction<String, LocalDate, Generation> load;
    private final Clock clock;
    private final @Nullable LocalDate fixedDay;
    private final Map<Wanted, String> failed = new ConcurrentHashMap<>();
    private @Nullable Wanted published;
    private @Nullable Prepared prepared;

    private record Wanted(String version, LocalDate day) {}

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
        engine.publish(load.apply(wanted.version(), wanted.day()));
        published = wanted;
    }

    /** Brings the engine up to date, if it is not; loads the next day's generation when midnight is near. */
    public void tick() {
        String version = currentVersion.get();
        Wanted wanted = new Wanted(version, today());
        if (!wanted.equals(published)) {
            Generation generation = takePrepared(wanted);
            if (generation == null) {
                withdrawYesterday(wanted.day());
                generation = load(wanted);
            }
            if (generation != null) {
                engine.publish(generation);
                published = wanted;
                LOG.info("serving {}", generation);
            }
        }
        if (fixedDay == null && untilMidnight().compareTo(PREPARE_AHEAD) <= 0) {
            Wanted next = new Wanted(version, wanted.day().plusDays(1));
            Prepared ready = prepared;
            if (ready == null || !ready.wanted().equals(next)) {
                discardPrepared();
                Generation generation = load(next);
                prepared = generation == null ? null : new Prepared(next, generation);
            }
        }
    }

    /** What could not be loaded, and why: for health and metrics. */
    public Map<String, String> failures() {
        Map<String, String> failures = new HashMap<>();
        failed.forEach((wanted, message) -> failures.put(wanted.version() + " on " + wanted.day(), message));
        return failures;
    }

    /** Lets go of a generation that was prepared. */
    @Override
    public void close() {
        discardPrepared();
    }

    private @Nullable Generation takePrepared(Wanted wanted) {
        Prepared ready = prepared;
        if (ready == null || !ready.wanted().equals(wanted)) {
            return null;
        }
        prepared = null;
        return ready.generation();
    }

    /** Rather no answer, and the base service, than a benefit under a consent that ended last night. */
    private void withdrawYesterday(LocalDate today) {
        Wanted served = published;
        if (served != null && !served.day().equals(today)) {
            LOG.warn("no generation is ready for {}: answers stop until one is loaded", today);
            engine.withdraw();
            published = null;
        }
    }

    private @Nullable Generation load(Wanted wanted) {
        if (failed.containsKey(wanted)) {
            return null;
        }
        try {
            return load.apply(wanted.version(), wanted.day());
        } catch (RuntimeException e) {
            failed.put(wanted, String.valueOf(e.getMessage()));
            LOG.error(
                    "snapshot {} for {} cannot be served and will not be tried again: {}",
                    wanted.version(),
                    wanted.day(),
                    e.getMessage());
            return null;
        }
    }

    private void discardPrepared() {
        Prepared ready = prepared;
        prepared = null;
        if (ready != null) {
            ready.generation().discard();
        }
    }

    private LocalDate today() {
        return fixedDay == null ? LocalDate.ofInstant(clock.instant(), ZONE) : fixedDay;
    }

    private Duration untilMidnight() {
        ZonedDateTime now = clock.instant().atZone(ZONE);
        return Duration.between(
                now, now.toLocalDate().plusDays(1).atTime(LocalTime.MIDNIGHT).atZone(ZONE));
    }
}
