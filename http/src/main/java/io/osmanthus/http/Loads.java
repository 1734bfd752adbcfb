package io.osmanthus.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Generation;
import io.osmanthus.snapshots.QuarantineCounts;
import io.osmanthus.snapshots.StillDelivered;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of generations: how long they load, when they change, how old their facts are, what of their delivery
 * lies in quarantine. Made before the first load, so it brings the registry that the server goes on with. Thread-safe.
 */
public final class Loads {
    private static final Duration[] BUCKETS = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(120),
        Duration.ofSeconds(300)
    };

    /** One in service, one made ready, one that was before: more are not published any more. */
    private static final int SNAPSHOTS_KEPT = 8;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final InstantSource clock;
    private final Timer loaded = timer("loaded");
    private final Timer failed = timer("failed");
    private final Counter swaps = Counter.builder("osmanthus.swaps")
            .description("Generations taken into service, and out of it, since the start")
            .register(registry);
    private final MultiGauge quarantine = MultiGauge.builder("osmanthus.quarantined")
            .description("Rows of the served snapshot's delivery that were not accepted, by file and reason")
            .baseUnit("rows")
            .register(registry);

    private final MultiGauge stillDelivered = MultiGauge.builder("osmanthus.still.delivered")
            .description(
                    "Records of the served snapshot that their source delivered although they had been repaired or retracted")
            .baseUnit("records")
            .register(registry);

    /** What is known of a snapshot's delivery. */
    public record Figures(List<QuarantineCounts.Count> quarantined, List<StillDelivered.Count> stillDelivered) {}

    /** Of the snapshots loaded last, guarded by itself. */
    private final Map<String, Figures> counts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Figures> eldest) {
            return size() > SNAPSHOTS_KEPT;
        }
    };

    private volatile long publishedMs;
    private volatile long offHeapBytes;

    /** For an engine that has not published yet. */
    public Loads(Engine engine, InstantSource clock, Supplier<LocalDate> today) {
        this.clock = clock;
        this.publishedMs = clock.millis();
        engine.onPublish(() -> published(engine.current()));
        Gauge.builder("osmanthus.generation.age", this, of -> (of.clock.millis() - of.publishedMs) / 1e3)
                .description("Since the generation in service was taken into it")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("osmanthus.generation.offheap", this, of -> of.offHeapBytes)
                .description("Address space of the generation in service, off the heap")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("osmanthus.facts.age", engine, of -> factsAgeDays(of.current(), today.get()))
                .description("From the day of the facts in service to today, Asia/Shanghai")
                .baseUnit("days")
                .register(registry);
    }

    /** A generation of a snapshot was loaded in this time. */
    public void loaded(String version, Figures figures, long nanos) {
        loaded.record(nanos, TimeUnit.NANOSECONDS);
        synchronized (counts) {
            counts.put(version, figures);
        }
    }

    /** A generation could not be loaded, which took this time. */
    public void failed(long nanos) {
        failed.record(nanos, TimeUnit.NANOSECONDS);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    private void published(@Nullable Generation generation) {
        swaps.increment();
        publishedMs = clock.millis();
        if (generation == null) {
            return;
        }
        offHeapBytes = generation.footprint().offHeapBytes();
        Figures figures;
        synchronized (counts) {
            figures = counts.getOrDefault(generation.snapshot(), new Figures(List.of(), List.of()));
        }
        stillDelivered.register(
                figures.stillDelivered().stream()
                        .map(row -> MultiGauge.Row.of(Tags.of("source", row.source()), row.records()))
                        .toList(),
                true);
        quarantine.register(
                figures.quarantined().stream()
                        .map(row -> MultiGauge.Row.of(Tags.of("file", row.file(), "reason", row.reason()), row.rows()))
                        .toList(),
                true);
    }

    private static double factsAgeDays(@Nullable Generation generation, LocalDate today) {
        return generation == null ? Double.NaN : ChronoUnit.DAYS.between(generation.factsAsOf(), today);
    }

    private Timer timer(String outcome) {
        return Timer.builder("osmanthus.loads")
                .description("Loading a generation, from the snapshot to the ledger's last change")
                .tag("outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
