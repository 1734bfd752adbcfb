package io.osmanthus.http;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.osmanthus.engine.Engine;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailWriter;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import java.net.BindException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running server: one HTTP server for each event loop on one port, and a management listener. Thread-safe. {@link
 * #close} lets requests under way be answered; the engine belongs to the caller and is closed after the server.
 */
public final class Server implements AutoCloseable {
    /** Threads that verify tokens: signatures are pure computation. */
    static final int TOKEN_WORKERS = 2;

    /** Threads that parse matches and search names. */
    static final int WORKERS = 4;

    /** Threads that read the access trail's files. */
    static final int TRAIL_WORKERS = 2;

    /** Threads that read what is told on streams. */
    static final int NOTICE_WORKERS = 2;

    private static final int START_TIMEOUT_SECONDS = 30;
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final Vertx vertx;
    private final Site site;
    private final List<Listener> main = new ArrayList<>();
    private final List<Listener> management = new ArrayList<>();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final NoticeStreams streams = new NoticeStreams();

    private Server(Vertx vertx, Site site) {
        this.vertx = vertx;
        this.site = site;
    }

    /**
     * Starts to listen. The engine may still be empty: until its first generation, what needs one answers 503.
     *
     * @param search finds organisations by name; {@link CandidateSearch#NONE} where there is none
     * @param trail where every answer about a person is written before it leaves; the caller closes it after the server.
     *     Null only to measure what it costs, on persons that nobody is
     * @param clock the time of keys, tokens and budgets; not the day of answers
     * @param live the ledger, or null: nothing can be written then
     * @throws ServerException if it cannot; nothing is left running then
     */
    public static Server start(
            ServerConfig config,
            Clients clients,
            RuleSet rules,
            Engine engine,
            PseudonymKey pseudonymKey,
            CandidateSearch search,
            @Nullable AccessTrail trail,
            InstantSource clock,
            @Nullable Live live) {
        return start(
                config,
                clients,
                rules.vocabulary(),
                rules.scenes(),
                rules.matters(),
                Answers.of(engine),
                pseudonymKey,
                search,
                trail,
                clock,
                live,
                true);
    }

    /** Without a ledger: nothing can be written. */
    static Server start(
            ServerConfig config,
            Clients clients,
            Vocabulary vocabulary,
            List<SceneRule> scenes,
            List<Matter> matters,
            Answers.Source source,
            PseudonymKey pseudonymKey,
            CandidateSearch search,
            @Nullable AccessTrail trail,
            InstantSource clock) {
        return start(
                config, clients, vocabulary, scenes, matters, source, pseudonymKey, search, trail, clock, null, true);
    }

    /** {@code fast}: whether single checks have their fast path; without it tests see what the ordinary one answers. */
    static Server start(
            ServerConfig config,
            Clients clients,
            Vocabulary vocabulary,
            List<SceneRule> scenes,
            List<Matter> matters,
            Answers.Source source,
            PseudonymKey pseudonymKey,
            CandidateSearch search,
            @Nullable AccessTrail trail,
            InstantSource clock,
            @Nullable Live live,
            boolean fast) {
        long now = System.nanoTime();
        Issuers issuers = Issuers.load(config, pseudonymKey, clock);
        Meters meters = new Meters(
                scenes,
                live == null
                        ? new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)
                        : live.node().loads().registry());
        if (live != null) {
            meters.follow(live);
        }
        if (trail != null) {
            meters.trail(trail);
        }
        Suspensions suspensions = Suspensions.open(
                trail == null
                        ? null
                        : config.store().resolve("suspended-" + config.trail().node()));
        meters.suspensions(suspensions);
        Keys keys = Keys.of(
                clients,
                meters.registry(),
                client -> Turn.what(trail, client, null, null),
                suspensions,
                clock,
                config.keyPolicy().certificates() == KeyPolicy.Certificates.REQUIRED,
                now);
        if (live != null) {
            Reload reload = live.node().reload();
            reload.onClients(others -> keys.use(others, System.nanoTime()));
            keys.use(reload.inForce().clients(), now);
        }
        Site site = new Site(
                config,
                vocabulary,
                scenes,
                matters,
                source,
                pseudonymKey,
                keys,
                suspensions,
                trail,
                issuers,
                new TokenCache(),
                new AddressLimit(config.limits().publicRequestsPerSecond(), now),
                new AddressLimit(config.limits().publicRequestsPerSecond(), now),
                new Admission(config.limits().failedTokensPerSecond(), now),
                new Admission(config.limits().checksPerSecond(), now),
                search,
                clock,
                meters,
                live,
                Contract.load(),
                Docs.load(config.demonstration()));
        int loops = config.eventLoops() == 0 ? Runtime.getRuntime().availableProcessors() : config.eventLoops();
        Trace.prepare();
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(loops)
                // nothing is served from files: no cache of them under /tmp
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Server server = new Server(vertx, site);
        try {
            server.listen(loops, fast);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        LOG.info(
                "listening on {}:{} (management {}:{}), {} event loops, native transport {}",
                config.host(),
                server.port(),
                config.managementHost(),
                server.managementPort(),
                loops,
                vertx.isNativeTransportEnabled());
        return server;
    }

    private void listen(int loops, boolean fast) {
        // Opened here: opening a queue takes longer than an event loop may be held.
        Queue<TrailWriter> writers = new ConcurrentLinkedQueue<>();
        AccessTrail trail = site.trail();
        for (int i = 0; trail != null && i < loops; i++) {
            writers.add(trail.writer());
        }
        Listener.Shared shared = new Listener.Shared(
                Buffer.buffer(site.contract().text()),
                writers,
                new Readiness(site, open::get),
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicInteger(),
                streams,
                new AlertBook(),
                fast);
        NodeMeters.waiting(site.meters().registry(), "tokens", shared.tokensWaiting());
        NodeMeters.waiting(site.meters().registry(), "matches", shared.matchesWaiting());
        NodeMeters.waiting(site.meters().registry(), "accesses", shared.accessesWaiting());
        NodeMeters.waiting(site.meters().registry(), "acts", shared.actsWaiting());
        NodeMeters.budgets(site.meters().registry(), site);
        Live live = site.live();
        if (live != null) {
            NodeMeters.readiness(site.meters().registry(), shared.readiness(), live.engine());
            live.follower().onApplied(streams::changed);
            site.source().onPublish(streams::published);
            site.meters().streams(streams);
        }
        ServerConfig config = site.config();
        boolean one = config.oneListener();
        deploy(main, loops, one ? Listener.Part.BOTH : Listener.Part.MAIN, shared, config.port());
        if (one) {
            management.addAll(main);
        } else {
            deploy(management, 1, Listener.Part.MANAGEMENT, shared, config.managementPort());
        }
        CaseFigures.watch(vertx, site);
    }

    private void deploy(List<Listener> into, int count, Listener.Part part, Listener.Shared shared, int port) {
        for (int i = 0; i < count; i++) {
            into.add(new Listener(site, part, shared, port));
        }
        var next = into.iterator();
        try {
            await(vertx.deployVerticle(next::next, new DeploymentOptions().setInstances(count)), START_TIMEOUT_SECONDS);
        } catch (CompletionException e) {
            throw cannotListen(e.getCause() == null ? e : e.getCause(), part, port);
        }
    }

    private ServerException cannotListen(Throwable cause, Listener.Part part, int port) {
        String host = part == Listener.Part.MANAGEMENT
                ? site.config().managementHost()
                : site.config().host();
        String address = host + ":" + port;
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof BindException || message.contains("bind") || cause instanceof java.net.SocketException) {
            return new ServerException(
                    ServerException.Reason.ADDRESS,
                    "cannot listen on " + address + " (" + message + "); is another server running there?",
                    cause);
        }
        if (site.config().tls() != null) {
            return new ServerException(
                    ServerException.Reason.TLS,
                    "cannot listen on " + address + " with the TLS files of server.yaml: " + message,
                    cause);
        }
        return new ServerException(
                ServerException.Reason.INTERNAL, "cannot listen on " + address + ": " + message, cause);
    }

    /** The port of the main listener. */
    public int port() {
        return main.get(0).port();
    }

    /** Single checks that the fast path has answered or refused. */
    long fastChecks() {
        return site.meters().fast().sum();
    }

    /** Parts of single checks that the fast path has left to the ordinary one. */
    long partsLeft() {
        return site.meters().partsLeft().sum();
    }

    /** The port of the management listener; equal to {@link #port} where they are one. */
    public int managementPort() {
        return management.get(0).port();
    }

    /**
     * Says that it will go down, and returns at once: readiness is red, so that load balancers send no more, and each
     * connection ends with its next answer. Everything is still served until {@link #close}.
     */
    public void drain() {
        open.set(false);
    }

    /**
     * Goes down in order: readiness says so, nothing new is accepted, what is under way is answered (within {@code
     * shutdown_timeout_ms}), then everything is closed. A second call does nothing.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        drain();
        streams.close();
        long seconds = TimeUnit.MILLISECONDS.toSeconds(site.config().limits().shutdownTimeoutMs()) + 10;
        try {
            await(Future.join(main.stream().map(Listener::shutdown).toList()), seconds);
        } catch (CompletionException e) {
            LOG.warn("the listeners did not go down in order: {}", String.valueOf(e.getCause()));
        }
        try {
            await(vertx.close(), seconds);
        } catch (CompletionException e) {
            LOG.warn("the event loops did not go down in order: {}", String.valueOf(e.getCause()));
        }
        site.meters().close();
    }

    private static <T> void await(Future<T> future, long seconds) {
        try {
            future.toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(seconds, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new CompletionException("not done within " + seconds + " s", e.getCause());
            }
            throw e;
        }
    }
}
