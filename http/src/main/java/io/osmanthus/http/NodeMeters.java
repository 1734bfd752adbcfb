package io.osmanthus.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Generation;
import io.osmanthus.snapshots.trail.AccessTrail;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/*
 * Beside Meters, which has what requests and loops touch, here stands what is asked only when somebody scrapes. Every name
 * is in config/README.md, Metrics, with what to do about it; a test holds the two together.
 */

/** What is measured of the node: its ledger, its trail, its queues, whether it is ready. Nothing of it is per request. */
final class NodeMeters {
    private static final Duration[] COMMIT_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(3),
        Duration.ofMillis(10),
        Duration.ofMillis(30),
        Duration.ofMillis(100),
        Duration.ofMillis(300),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    private static final double NEAR = 0.8;

    private NodeMeters() {}

    /** How the ledger is written and followed. */
    static void ledger(MeterRegistry registry, Live live) {
        Gauge.builder("osmanthus.ledger.behind", live.node().tail(), tail -> tail.behind())
                .description("Changes that the ledger was ahead of this node when last asked")
                .baseUnit("changes")
                .register(registry);
        Gauge.builder("osmanthus.ledger.waiting", live.ledger(), ledger -> ledger.waiting())
                .description("Acts that wait for the ledger's committer; beyond 4,096 they are refused")
                .baseUnit("acts")
                .register(registry);
        Timer commits = Timer.builder("osmanthus.ledger.commits")
                .description("Transactions of the ledger, each of up to 256 acts")
                .serviceLevelObjectives(COMMIT_BUCKETS)
                .register(registry);
        Counter acts = Counter.builder("osmanthus.ledger.acts")
                .description("Acts in committed transactions, repetitions and refusals included")
                .register(registry);
        live.ledger().onCommit((count, nanos) -> {
            commits.record(nanos, TimeUnit.NANOSECONDS);
            acts.increment(count);
        });
    }

    /** What the access trail wrote and refused. */
    static void trail(MeterRegistry registry, AccessTrail trail) {
        FunctionCounter.builder("osmanthus.trail.commits", trail, AccessTrail::commits)
                .description("Documents of the access trail: one a turn of an event loop that answered about persons")
                .register(registry);
        FunctionCounter.builder("osmanthus.trail.refused", trail, AccessTrail::refused)
                .description("Documents of the access trail that could not be written; their answers were 503")
                .register(registry);
    }

    /** How many wait where the number is bounded. */
    static void waiting(MeterRegistry registry, String queue, AtomicInteger count) {
        Gauge.builder("osmanthus.waiting", count, AtomicInteger::get)
                .description("Requests that wait for a worker; beyond the queue's bound they are 503")
                .tag("queue", queue)
                .register(registry);
    }

    /** How many clients are near the end of their day's budget. */
    static void budgets(MeterRegistry registry, Site site) {
        Gauge.builder("osmanthus.clients.near", site, of -> of.keys()
                        .spent(NEAR, of.clock().millis()))
                .description("Clients that have taken 80 % of their day's budget or more, on this node")
                .register(registry);
        Gauge.builder("osmanthus.clients.spent", site, of -> of.keys()
                        .spent(1, of.clock().millis()))
                .description("Clients whose day's budget is used up, on this node")
                .register(registry);
    }

    /** Whether each part of readiness holds. */
    static void readiness(MeterRegistry registry, Readiness readiness, Engine engine) {
        Arrays.stream(Readiness.Part.values()).forEach(part -> Gauge.builder(
                        "osmanthus.ready",
                        readiness,
                        of -> of.missing(served(engine)).contains(part) ? 0 : 1)
                .description("1 where the part holds that readiness asks for")
                .tag("part", part.word())
                .register(registry));
    }

    private static @Nullable LocalDate served(Engine engine) {
        Generation current = engine.current();
        return current == null ? null : current.day();
    }
}
