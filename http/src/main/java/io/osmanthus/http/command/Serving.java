package io.osmanthus.http.command;

import io.osmanthus.engine.Change;
import io.osmanthus.engine.Departures;
import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Follower;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.GenerationLoader;
import io.osmanthus.engine.Keeper;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.Clients;
import io.osmanthus.http.Configuration;
import io.osmanthus.http.Live;
import io.osmanthus.http.Loads;
import io.osmanthus.http.Node;
import io.osmanthus.http.Operations;
import io.osmanthus.http.Reload;
import io.osmanthus.http.Server;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.QuarantineCounts;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.StillDelivered;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerLeft;
import io.osmanthus.snapshots.ledger.LedgerSeen;
import io.osmanthus.snapshots.ledger.LedgerTail;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.trail.AccessTrail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server at work: the engine, the keeper that brings it up to date, and the listener. {@link #start} undoes everything
 * when it fails; {@link #close} lets requests under way be answered, then frees the memory.
 */
final class Serving implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
    private static final int TICK_INTERVAL_MS = 1_000;

    /** How long after midnight yesterday's answers may still be given. */
    private static final int TURN_INTERVAL_MS = 100;

    /** One loads and may take long; another turns the day meanwhile, a third looks after the database. */
    private static final int KEEPER_THREADS = 3;

    private static final int LOAD_END_SECONDS_MAX = 120;

    private final Engine engine = new Engine();
    private final OrganisationSearch search = new OrganisationSearch();
    private final ScheduledExecutorService ticks = Executors.newScheduledThreadPool(KEEPER_THREADS, work -> {
        Thread thread = new Thread(work, "osmanthus-keeper");
        thread.setDaemon(true);
        return thread;
    });
    private final Returners returners = new Returners();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Keeper keeper;
    private final Loads loads;
    private final int drainGraceMs;
    private @Nullable AccessTrail trail;
    private @Nullable Server server;
    private @Nullable EmbeddedDatabase database;
    private @Nullable Ledger ledger;
    private @Nullable Follower follower;
    private @Nullable LedgerTail tail;
    private @Nullable Reload reload;

    /**
     * What is served.
     *
     * @param begun the rules and the clients that are served until others are in force
     * @param directory where others are read from, or null
     * @param fixedDay the day to serve for rehearsals and tests, or null for today
     */
    record Plan(
            ServerConfig config,
            Configuration begun,
            @Nullable Path directory,
            PseudonymKey key,
            Trust trust,
            SnapshotStore store,
            @Nullable LocalDate fixedDay,
            Progress progress,
            String databaseUser,
            String databasePassword) {
        /** With rules and clients that were made, and cannot be reloaded. */
        Plan(
                ServerConfig config,
                Clients clients,
                RuleSet rules,
                PseudonymKey key,
                Trust trust,
                SnapshotStore store,
                @Nullable LocalDate fixedDay,
                Progress progress,
                String databaseUser,
                String databasePassword) {
            this(
                    config,
                    Configuration.of(rules, clients),
                    null,
                    key,
                    trust,
                    store,
                    fixedDay,
                    progress,
                    databaseUser,
                    databasePassword);
        }
    }

    private Serving(Plan plan) {
        drainGraceMs = plan.config().running().drainGraceMs();
        keeper = new Keeper(
                engine,
                plan.store()::current,
                (version, day) ->
                        measured(plan, version, day, reload().inForce().rules()),
                Clock.systemUTC(),
                plan.fixedDay());
        loads = new Loads(engine, Clock.systemUTC(), keeper::today);
    }

    /** Loads the current snapshot and listens. */
    static Serving start(Plan plan) {
        Serving serving = new Serving(plan);
        try {
            serving.openLedger(plan);
            PurposesSeen.check(
                    plan.store().directory(),
                    serving.ledger,
                    plan.begun().rules().vocabulary().scenes());
            AccessTrail trail =
                    AccessTrail.start(plan.config().trail().options(plan.store().directory()), Clock.systemUTC());
            serving.trail = trail;
            serving.eraseDeparted(plan, trail);
            serving.keeper.start();
            serving.server = Server.start(
                    plan.config(),
                    plan.begun().clients(),
                    plan.begun().rules(),
                    serving.engine,
                    plan.key(),
                    serving.search,
                    trail,
                    Clock.systemUTC(),
                    serving.live(plan));
            serving.every(TICK_INTERVAL_MS, serving::tick);
            EmbeddedDatabase embedded = serving.database;
            if (embedded != null) {
                serving.every(TICK_INTERVAL_MS, embedded::keepRunning);
            }
            serving.every(TURN_INTERVAL_MS, serving.keeper::turn);
            Runtime.getRuntime().addShutdownHook(new Thread(serving::close, "osmanthus-shutdown"));
            return serving;
        } catch (RuntimeException | Error e) {
            serving.close();
            throw e;
        }
    }

    /** The ledger first: a generation is published only with what the ledger says. */
    private void openLedger(Plan plan) {
        ServerConfig.Database wanted = plan.config().database();
        EmbeddedDatabase embedded = wanted.embedded() == null ? null : EmbeddedDatabase.start(wanted.embedded());
        database = embedded;
        Ledger.Place place = embedded != null
                ? embedded.place()
                : new Ledger.Place(
                        Objects.requireNonNull(wanted.jdbcUrl()), plan.databaseUser(), plan.databasePassword());
        Ledger opened = Ledger.open(place, plan.key(), Clock.systemUTC());
        ledger = opened;
        Listening listening = new Listening();
        LedgerTail followed = new LedgerTail(opened, plan.store().directory().resolve(LedgerSeen.FILE), listening);
        Follower applying = new Follower(
                opened,
                engine,
                followed.position(),
                plan.config().ledgerStalenessMaxSeconds(),
                (version, ordinal) -> tokens(plan, version, ordinal),
                keeper::renew);
        listening.to = applying;
        Reload reloading = new Reload(
                plan.directory(), plan.config().keyPolicy(), plan.begun(), opened, new Aside(plan), Clock.systemUTC());
        reload = reloading;
        applying.onConfiguration(reloading::heard);
        follower = applying;
        tail = followed;
        followed.start();
    }

    /**
     * Who left while a server was being killed may still be in the trail, and not yet be known beside the ledger: both are
     * seen to before anything is answered.
     */
    private void eraseDeparted(Plan plan, AccessTrail from) {
        Ledger written = Objects.requireNonNull(ledger);
        String id = written.id().toString();
        long seen = from.departuresSeen(id);
        long head = written.head().position();
        if (seen > head) {
            throw new CommandException(
                    "the ledger ends at " + head + ", and the access trail has seen the departures up to " + seen
                            + ": an older database was restored (README, 'A restored ledger')");
        }
        Instant since = Instant.now().minus(plan.config().erasureDays(), ChronoUnit.DAYS);
        List<AccessTrail.Departure> departures = new ArrayList<>();
        List<LedgerLeft.Departed> lately = new ArrayList<>();
        written.departures(departure -> {
            if (departure.position() > seen) {
                departures.add(new AccessTrail.Departure(
                        departure.subject().high(),
                        departure.subject().low(),
                        departure.gone() ? Long.MAX_VALUE : departure.at().toEpochMilli()));
            }
            if (departure.at().isAfter(since)) {
                lately.add(new LedgerLeft.Departed(departure.position(), departure.subject(), departure.at()));
            }
        });
        from.departed(id, head, departures);
        try {
            new LedgerLeft(plan.store().directory()).renew(lately, since);
        } catch (IOException e) {
            throw new UncheckedIOException("who has left cannot be written down in " + LedgerLeft.FILE, e);
        }
    }

    private Reload reload() {
        return Objects.requireNonNull(reload);
    }

    /** In this order, on one thread: never two loads at a time. */
    private void tick() {
        keeper.tick();
        reload().tick();
        synchronized (returners) {
            returners.admit(Objects.requireNonNull(ledger));
        }
    }

    /** Generations under other rules. */
    private final class Aside implements Reload.Generations {
        private final Plan plan;

        Aside(Plan plan) {
            this.plan = plan;
        }

        @Override
        public @Nullable Generation build(RuleSet rules) {
            Generation current = engine.current();
            return current == null ? null : measured(plan, current.snapshot(), current.day(), rules);
        }

        @Override
        public boolean fits(Generation generation) {
            Generation current = engine.current();
            return current != null
                    && current.snapshot().equals(generation.snapshot())
                    && current.day().equals(generation.day());
        }

        @Override
        public boolean replace(Generation generation) {
            return keeper.replace(generation);
        }

        @Override
        public void renew() {
            keeper.renew();
        }

        @Override
        public @Nullable RuleSet served() {
            Generation current = engine.current();
            return current == null ? null : current.rules();
        }
    }

    /** The tail is made before who listens to it: the follower begins where the tail does. */
    private static final class Listening implements LedgerTail.Listener {
        private @Nullable Follower to;

        @Override
        public void changed(List<Entry> entries) {
            Objects.requireNonNull(to).changed(entries);
        }

        @Override
        public void heard(long position, long askedNanos) {
            Objects.requireNonNull(to).heard(position, askedNanos);
        }

        @Override
        public long vouchedUntilNanos() {
            return Objects.requireNonNull(to).vouchedUntilNanos();
        }
    }

    private static List<Change.Subject> tokens(Plan plan, String version, int ordinal) {
        try (PersonLookup lookup = PersonLookup.open(plan.store().path(version))) {
            return lookup.tokens(ordinal).stream()
                    .map(token -> new Change.Subject(token.high(), token.low()))
                    .toList();
        }
    }

    private Live live(Plan plan) {
        return new Live(
                Objects.requireNonNull(ledger),
                Objects.requireNonNull(follower),
                engine,
                plan.store()::path,
                plan.config().ledgerStalenessMaxSeconds(),
                new Operations(plan.store(), plan.trust(), new KeeperLoads(keeper)),
                plan.config().erasureDays(),
                new Node(keeper::today, Objects.requireNonNull(tail), loads, reload()));
    }

    private record KeeperLoads(Keeper keeper) implements Operations.Loads {
        @Override
        public Map<String, String> failures() {
            return keeper.failures();
        }

        @Override
        public boolean refuses(String version) {
            return keeper.refuses(version);
        }

        @Override
        public void retry(String version) {
            keeper.retry(version);
        }
    }

    private void closeLedger() {
        for (AutoCloseable part : new @Nullable AutoCloseable[] {tail, follower, ledger, database}) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                LOG.warn("the ledger did not go down in order: {}", e.getMessage());
            }
        }
    }

    int port() {
        Server running = server;
        if (running == null) {
            throw new IllegalStateException("the server has not been started");
        }
        return running.port();
    }

    /** A reader of what is served, for the calling thread, who closes it. */
    Reader reader() {
        Reader reader = engine.reader();
        reader.advance();
        return reader;
    }

    /** Waits until the process is asked to end. */
    void await() throws InterruptedException {
        closed.await();
    }

    @Override
    public synchronized void close() {
        if (closed.getCount() == 0) {
            return;
        }
        Server running = server;
        if (running != null) {
            running.drain();
            pause(drainGraceMs);
            running.close();
        }
        AccessTrail kept = trail;
        if (kept != null) {
            kept.close();
        }
        ticks.shutdown();
        try {
            if (!ticks.awaitTermination(LOAD_END_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn(
                        "a generation was still loading after {} s; its memory goes with the process",
                        LOAD_END_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keeper.close();
        if (reload != null) {
            reload.close();
        }
        closeLedger();
        engine.close();
        search.close();
        closed.countDown();
    }

    private static void pause(int ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The keeper's one error handler: work that fails must not end what is to come, and so neither must an error. */
    private void every(int intervalMs, Runnable work) {
        Runnable guarded = () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.error("bringing the engine up to date failed; it is tried again: {}", e.getMessage(), e);
            }
        };
        var unused = ticks.scheduleWithFixedDelay(guarded, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    }

    private Generation measured(Plan plan, String version, LocalDate day, RuleSet rules) {
        long begin = System.nanoTime();
        try {
            Generation generation = load(plan, version, day, rules);
            loads.loaded(
                    version,
                    new Loads.Figures(quarantined(plan, version), stillDelivered(plan, version)),
                    System.nanoTime() - begin);
            return generation;
        } catch (RuntimeException | Error e) {
            loads.failed(System.nanoTime() - begin);
            throw e;
        }
    }

    /** A figure for whoever watches: a generation is not given up for it. */
    private static List<QuarantineCounts.Count> quarantined(Plan plan, String version) {
        try {
            return QuarantineCounts.of(plan.store().path(version));
        } catch (SnapshotException e) {
            LOG.warn("{}; the metric shows none of it", e.getMessage());
            return List.of();
        }
    }

    private static List<StillDelivered.Count> stillDelivered(Plan plan, String version) {
        try {
            LocalDate deliveredOn = plan.store().manifest(version).factsAsOf("records.csv");
            List<StillDelivered.Count> counts = StillDelivered.of(plan.store().path(version), deliveredOn);
            counts.stream()
                    .filter(count -> count.records() > 0)
                    .forEach(count -> LOG.warn(
                            "source {} still delivers {} records that were repaired or retracted before {} (snapshot {})",
                            count.source(),
                            count.records(),
                            deliveredOn,
                            version));
            return counts;
        } catch (SnapshotException e) {
            LOG.warn("{}; the metric shows none of it", e.getMessage());
            return List.of();
        }
    }

    private Generation load(Plan plan, String version, LocalDate day, RuleSet rules) {
        Snapshot snapshot = Snapshot.open(plan.store().path(version), plan.trust(), plan.progress());
        if (!snapshot.manifest().synthetic() && snapshot.manifest().rows("persons.parquet") > 0) {
            refuseWithoutRemedy(plan, rules, version);
        }
        long begin = System.nanoTime();
        Ledger written = ledger;
        ContainedLedger.check(snapshot.manifest(), written);
        Follower following = follower;
        Departures departures = written == null ? Departures.NONE : Departures.of(written);
        Generation generation = GenerationLoader.load(
                snapshot,
                rules,
                day,
                Runtime.getRuntime().availableProcessors(),
                plan.progress(),
                departures,
                written == null ? 0 : written.growth(snapshot.manifest().ledgerPosition()));
        try {
            if (following != null) {
                following.catchUp(generation, departures);
                // the position first: who leaves from here on gets no key
                long position = generation.position();
                admit(departures.returned(generation), position);
            }
            search.use(snapshot);
        } catch (RuntimeException | Error e) {
            generation.discard();
            throw e;
        }
        LOG.info(
                "loaded snapshot {} for {} in {} ms: {}",
                version,
                day,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                generation.footprint());
        return generation;
    }

    private void admit(List<Subject> returned, long position) {
        synchronized (returners) {
            returners.came(returned, position);
            returners.admit(Objects.requireNonNull(ledger));
        }
    }

    /** Whoever is answered about must be able to object, and somebody to decide it (charter 6 and 8). */
    private static void refuseWithoutRemedy(Plan plan, RuleSet rules, String version) {
        String lacks = lacking(plan.config(), rules);
        if (lacks != null) {
            throw new CommandException("snapshot " + version + " holds real persons; " + lacks);
        }
    }

    private static @Nullable String lacking(ServerConfig config, RuleSet rules) {
        if (config.demonstration()) {
            return "a demonstration takes what nobody has signed, and serves synthetic persons only"
                    + " (server.yaml, demonstration)";
        }
        if (config.jwt() == null) {
            return "nobody could object: there is no issuer of citizens' tokens (server.yaml, jwt)";
        }
        if (config.jwtStaff() == null) {
            return "nobody could decide an objection: there is no issuer of staff's tokens (server.yaml, jwt_staff)";
        }
        return rules.vocabulary().regimes().cases() == null
                ? "objections and repairs have no dates (regimes.yaml, cases)"
                : null;
    }
}
