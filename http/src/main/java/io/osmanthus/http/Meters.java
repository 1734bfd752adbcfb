package io.osmanthus.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.osmanthus.engine.Follower;
import io.osmanthus.engine.Generation.HeadRoom;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.trail.AccessTrail;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/*
 * Not vertx-micrometer-metrics: it tags and times every request and every connection, and the check is the product. What is
 * measured here is one timer a scene with fixed buckets, about 60 ns a record, never by client or answer.
 */

/** What the server counts. Thread-safe. */
final class Meters implements AutoCloseable {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(250),
        Duration.ofSeconds(1)
    };

    private static final int MARKS_STEP = 1_000;
    private static final int PERSONS_STEP = 10;
    private static final int ABANDONED_STEP_BYTES = 64 << 10;

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Timer[] checks;
    private final Timer[] batches;
    private final Counter[] subjects;
    private final Counter failures;
    private final Timer lag;
    private final Counter annulledInTime;
    private final Counter annulledLate;
    private final AtomicInteger connections = new AtomicInteger();
    private final AnswerCounts answers;
    private final Map<Credential, Counter> unauthenticated = new EnumMap<>(Credential.class);
    private final LongAdder fast = new LongAdder();
    private final LongAdder partsLeft = new LongAdder();

    /** What an unauthenticated request showed. */
    enum Credential {
        NONE,
        KEY,
        TOKEN,
        /** A key that holds, without the certificate that it is bound to. */
        CERTIFICATE
    }

    /** {@code registry}: the one of {@link Loads} that measures already, or a new one. */
    Meters(List<SceneRule> scenes, PrometheusMeterRegistry registry) {
        this.registry = registry;
        this.answers = new AnswerCounts(registry);
        Refusals.register(registry);
        for (Credential credential : Credential.values()) {
            unauthenticated.put(
                    credential,
                    Counter.builder("osmanthus.authentications.failed")
                            .description(
                                    "Requests with no credential where one is needed, or with one that does not hold")
                            .tag("credential", credential.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        checks = new Timer[scenes.size()];
        batches = new Timer[scenes.size()];
        subjects = new Counter[scenes.size()];
        for (int i = 0; i < checks.length; i++) {
            String scene = scenes.get(i).definition().id();
            checks[i] = timer("osmanthus.checks", "Single checks, from the header to the answer", scene);
            batches[i] = timer("osmanthus.batches", "Batches of checks, from the header to the answer", scene);
            subjects[i] = Counter.builder("osmanthus.batch.subjects")
                    .description("Subjects of batches")
                    .tag("scene", scene)
                    .register(registry);
        }
        failures = Counter.builder("osmanthus.failures")
                .description("Requests that failed by our fault (500)")
                .register(registry);
        lag = Timer.builder("osmanthus.loop.lag")
                .description("How late event loops come to their work")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        annulledInTime = annulments("in-time");
        annulledLate = annulments("late");
        registry.gauge("osmanthus.connections", connections);
        FunctionCounter.builder("osmanthus.checks.fast", fast, LongAdder::sum)
                .description("Single checks that the fast path in front of the HTTP codec answered or refused")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** What the access trail says of itself; never whose events or which client's. */
    void trail(AccessTrail trail) {
        NodeMeters.trail(registry, trail);
        FunctionCounter.builder("osmanthus.trail.events", trail, AccessTrail::written)
                .description("Events written to the access trail by this start")
                .register(registry);
        FunctionCounter.builder("osmanthus.trail.failures", trail, AccessTrail::failures)
                .description("Passes of the work behind the access trail that failed and are tried again")
                .register(registry);
        Gauge.builder("osmanthus.trail.roll.lag", trail, of -> of.rollLagMs() / 1e3)
                .description("Age of the oldest event that may not have been handed in yet")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("osmanthus.trail.free", trail, AccessTrail::freeBytes)
                .description("Free space of the fuller of the access trail's disks")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("osmanthus.trail.accepting", trail, of -> of.accepting() ? 1 : 0)
                .description("1 while there is room for the access trail, 0 while nothing about persons is answered")
                .register(registry);
    }

    /** How many clients are suspended; which ones, operators read. */
    void suspensions(Suspensions suspensions) {
        Gauge.builder("osmanthus.clients.suspended", suspensions, of -> of.all().size())
                .description("Clients that are not answered until an operator lifts their suspension")
                .register(registry);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Everything in the text format of Prometheus. */
    String scrape(long nowMs) {
        answers.show(nowMs);
        return registry.scrape();
    }

    AnswerCounts answers() {
        return answers;
    }

    /** A request was not authenticated; {@code header} is its {@code Authorization}, of which only the kind is kept. */
    void unauthenticated(@Nullable String header) {
        Credential credential =
                header == null ? Credential.NONE : header.indexOf('.') < 0 ? Credential.KEY : Credential.TOKEN;
        Objects.requireNonNull(unauthenticated.get(credential)).increment();
    }

    /** A key came without its certificate: it has been taken away, or the certificate forgotten. */
    void certificateMissing() {
        Objects.requireNonNull(unauthenticated.get(Credential.CERTIFICATE)).increment();
    }

    /** How far this node has applied the ledger, and how long ago it heard it. */
    void follow(Live live) {
        Gauge.builder("osmanthus.ledger.position", live.follower(), Follower::position)
                .description("Position up to which changes are applied")
                .register(registry);
        Gauge.builder("osmanthus.ledger.unheard.seconds", live, Meters::unheardSeconds)
                .description("Seconds since the ledger was last heard and everything of it applied")
                .register(registry);
        Gauge.builder("osmanthus.ledger.available", live.ledger(), ledger -> ledger.available() ? 1 : 0)
                .description("1 where the ledger can be written")
                .register(registry);
        NodeMeters.ledger(registry, live);
        watch(live);
    }

    /** How many people listen for notices; never who. */
    void streams(NoticeStreams streams) {
        Gauge.builder("osmanthus.notice.streams", streams, NoticeStreams::count)
                .description("Streams of notices that are open")
                .register(registry);
    }

    /** Which snapshots failed, and how far the generation's room is taken. */
    private void watch(Live live) {
        Gauge.builder("osmanthus.snapshot.failed", live.operations(), operations -> operations
                        .failures()
                        .size())
                .description("Snapshots that could not be loaded and are not tried again")
                .register(registry);
        room(
                live,
                "osmanthus.identifiers.used",
                "Identifiers held, in tens begun",
                room -> Math.min(upTo(room.identifiers(), PERSONS_STEP), room.identifierCapacity()));
        room(live, "osmanthus.identifiers.capacity", "Identifiers there is room for", HeadRoom::identifierCapacity);
        room(
                live,
                "osmanthus.persons.used",
                "Ordinals of persons given, in tens begun",
                room -> Math.min(upTo(room.persons(), PERSONS_STEP), room.personCapacity()));
        room(live, "osmanthus.persons.capacity", "Persons there is room for", HeadRoom::personCapacity);
        room(
                live,
                "osmanthus.dossiers.abandoned.bytes",
                "Bytes given back by the next load, in 64 KiB begun",
                room -> upTo(room.abandonedBytes(), ABANDONED_STEP_BYTES));
        room(
                live,
                "osmanthus.marks.waiting",
                "Marks that wait for their records, in thousands begun",
                room -> upTo(room.marksWaiting(), MARKS_STEP));
    }

    private void room(Live live, String name, String description, ToLongFunction<HeadRoom> part) {
        Gauge.builder(name, live.engine(), engine -> {
                    HeadRoom room = engine.headRoom();
                    return room == null ? 0 : part.applyAsLong(room);
                })
                .description(description)
                .register(registry);
    }

    /** Rounded up: who reads the gauge before and after an enrolment or a report must not see by it who is enrolled. */
    private static long upTo(long value, long step) {
        return (value + step - 1) / step * step;
    }

    private static double unheardSeconds(Live live) {
        return live.stalenessMaxSeconds() - (live.follower().vouchedUntilNanos() - System.nanoTime()) / 1e9;
    }

    Timer checks(int scene) {
        return checks[scene];
    }

    Timer batches(int scene) {
        return batches[scene];
    }

    Counter subjects(int scene) {
        return subjects[scene];
    }

    /** An annulled act that its source has taken back: within the days of the law (行政处罚法 第四十八条) or later. */
    void annulled(boolean late) {
        (late ? annulledLate : annulledInTime).increment();
    }

    private Counter annulments(String when) {
        return Counter.builder("osmanthus.annulments")
                .description("Annulled acts taken out of view, within the days of the law or late")
                .tag("when", when)
                .register(registry);
    }

    Counter failures() {
        return failures;
    }

    Timer lag() {
        return lag;
    }

    /** Single checks of the fast path. */
    LongAdder fast() {
        return fast;
    }

    /** Parts of single checks whose rest did not come in time for the fast path. */
    LongAdder partsLeft() {
        return partsLeft;
    }

    AtomicInteger connections() {
        return connections;
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }

    private Timer timer(String name, String description, String scene) {
        return Timer.builder(name)
                .description(description)
                .tag("scene", scene)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
