package io.osmanthus.http;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.osmanthus.snapshots.trail.TrailWriter;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.Router;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One event loop's share of a listener: its {@link Loop}, its routes, its HTTP server. */
final class Listener extends VerticleBase {
    private static final long EXPIRY_PERIOD_MS = 100;

    /** Requests under way on one connection of HTTP/2; one more is refused by a reset. */
    static final int STREAMS_MAX = 100;

    /** Streams that a client may reset, or have reset by its faults, in {@link #RESETS_SECONDS}: the connection ends then. */
    static final int RESETS_MAX = 200;

    private static final int RESETS_SECONDS = 30;

    /** Which routes it serves. */
    enum Part {
        MAIN,
        MANAGEMENT,
        BOTH
    }

    /** What all listeners of a server share beside the {@link Site}; {@code fast}: whether checks have their fast path. */
    record Shared(
            Buffer openapi,
            Queue<TrailWriter> writers,
            Readiness readiness,
            AtomicInteger tokensWaiting,
            AtomicInteger matchesWaiting,
            AtomicInteger accessesWaiting,
            AtomicInteger actsWaiting,
            AtomicInteger exportsUnderWay,
            NoticeStreams streams,
            AlertBook alerts,
            boolean fast) {}

    private final Site site;
    private final Part part;
    private final Shared shared;
    private final int port;
    private HttpServerOptions options = new HttpServerOptions();
    private @Nullable HttpServer server;
    private @Nullable Loop loop;
    private @Nullable FastLane lane;

    Listener(Site site, Part part, Shared shared, int port) {
        this.site = site;
        this.part = part;
        this.shared = shared;
        this.port = port;
    }

    @Override
    public Future<?> start() {
        Loop own = new Loop(
                site,
                (ContextInternal) context,
                part == Part.MANAGEMENT ? null : shared.writers().poll());
        loop = own;
        site.source().onPublish(own::onPublish);
        WorkerExecutor tokens = vertx.createSharedWorkerExecutor("osmanthus-tokens", Server.TOKEN_WORKERS);
        WorkerExecutor work = vertx.createSharedWorkerExecutor("osmanthus-work", Server.WORKERS);
        Gate gate = new Gate(site, tokens, shared.tokensWaiting());
        Checks checks = new Checks(site, own, gate);
        Matches matches = new Matches(site, own, work, shared.matchesWaiting());
        Router router = Router.router(vertx);
        WorkerExecutor trail = vertx.createSharedWorkerExecutor("osmanthus-accesses", Server.TRAIL_WORKERS);
        Accesses accesses = new Accesses(site, own, trail, shared.accessesWaiting());
        WorkerExecutor acts = vertx.createSharedWorkerExecutor("osmanthus-acts", Server.WORKERS);
        Writes writes = new Writes(site, own, acts, shared.actsWaiting());
        Export export = new Export(site, own, writes, shared.exportsUnderWay());
        WorkerExecutor telling = vertx.createSharedWorkerExecutor("osmanthus-notices", Server.NOTICE_WORKERS);
        NoticeEvents notices = new NoticeEvents(site, own, writes, telling, shared.streams(), shared.alerts());
        Pages pages = new Pages(
                site, own, gate, matches, accesses, writes, export, notices, shared.openapi(), shared.readiness());
        pages.mount(router, part != Part.MANAGEMENT, part != Part.MAIN);
        FastLane fast = new FastLane(checks, gate, own, site, shared.readiness());
        if (part != Part.MANAGEMENT && shared.fast()) {
            lane = fast;
        }
        vertx.setPeriodic(EXPIRY_PERIOD_MS, new Tick(own, fast));
        options = options();
        HttpServer http = vertx.createHttpServer(options);
        http.connectionHandler(this::connected);
        http.invalidRequestHandler(Listener::invalid);
        http.exceptionHandler(ignored -> {
            // a client that broke off, or bytes that are no HTTP: its connection is gone, and nobody is left to tell
        });
        http.requestHandler(request -> {
            try {
                if (!shared.readiness().open()) {
                    farewell(request);
                }
                if (unknownCoding(request) || unreadableQuery(request)) {
                    invalid(request);
                } else if (part == Part.MANAGEMENT || !checks.take(request)) {
                    Trace trace = Trace.of(request.headers().get(Reply.TRACEPARENT));
                    trace.enter(vertx.getOrCreateContext());
                    request.response().putHeader(Reply.REQUEST_ID, trace.requestId());
                    router.handle(request);
                }
            } catch (RuntimeException e) {
                Failures.answer(request.response(), e, site.meters());
            }
        });
        server = http;
        return http.listen();
    }

    /** The port that the system chose, or the one asked for. */
    int port() {
        return server == null ? 0 : server.actualPort();
    }

    /** Stops accepting, lets what is under way be answered, closes. */
    Future<Void> shutdown() {
        if (server == null) {
            return Future.succeededFuture();
        }
        return server.shutdown(site.config().limits().shutdownTimeoutMs(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Future<?> stop() {
        if (loop != null) {
            loop.close();
        }
        return Future.succeededFuture();
    }

    private final class Tick implements io.vertx.core.Handler<Long> {
        private final Loop loop;
        private final FastLane lane;
        private long dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(EXPIRY_PERIOD_MS);

        Tick(Loop loop, FastLane lane) {
            this.loop = loop;
            this.lane = lane;
        }

        @Override
        public void handle(Long timer) {
            long now = System.nanoTime();
            loop.open().expire(now);
            loop.tally().handIn(site.clock().millis());
            lane.expire(now);
            site.meters().lag().record(Math.max(0, now - dueNanos), TimeUnit.NANOSECONDS);
            dueNanos = now + TimeUnit.MILLISECONDS.toNanos(EXPIRY_PERIOD_MS);
        }
    }

    /** The server goes down: this is the connection's last answer. An HTTP/2 connection is told at the shutdown itself. */
    private static void farewell(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            request.response().endHandler(ended -> request.connection().close());
        }
    }

    private void connected(HttpConnection connection) {
        AtomicInteger connections = site.meters().connections();
        connection.closeHandler(closed -> connections.decrementAndGet());
        if (connections.incrementAndGet() > site.config().limits().connectionsMax()) {
            connection.close();
            return;
        }
        ClientCertificate.keep(connection);
        StrictFraming.install(connection, options);
        if (lane != null) {
            lane.install(connection);
        }
    }

    /**
     * Whether the end of the body cannot be known (RFC 9112, 6.3). The codec takes such a body for none, and what a proxy
     * takes for the body would be the next request. HTTP/1.0 has no codings: whoever speaks it may not read ours.
     */
    private static boolean unknownCoding(HttpServerRequest request) {
        String coding = request.headers().get(HttpHeaders.TRANSFER_ENCODING);
        return coding != null
                && (!coding.equalsIgnoreCase("chunked")
                        || request.version() == HttpVersion.HTTP_1_0
                        || request.headers()
                                        .getAll(HttpHeaders.TRANSFER_ENCODING)
                                        .size()
                                > 1);
    }

    /** Whether the query is not in percent-encoded UTF-8. It is read here once, where that can be answered. */
    private static boolean unreadableQuery(HttpServerRequest request) {
        if (request.uri().indexOf('?') < 0) {
            return false;
        }
        try {
            request.params();
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static void invalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        Problem problem = Problem.MALFORMED;
        if (cause instanceof TooLongHttpLineException) {
            problem = Problem.URI_TOO_LONG;
        } else if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException) {
            problem = Problem.HEADERS_TOO_LARGE;
        }
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Reply.problem(request.response(), problem);
        request.connection().close();
    }

    private HttpServerOptions options() {
        ServerConfig config = site.config();
        ServerConfig.Limits limits = config.limits();
        boolean management = part == Part.MANAGEMENT;
        String host = management ? config.managementHost() : config.host();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                // 0 would give each event loop a port of its own; -1 gives all of them the same one
                .setPort(port == 0 ? -1 : port)
                .setTcpNoDelay(true)
                .setAcceptBacklog(1024)
                .setIdleTimeout(limits.idleTimeoutMs())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(limits.headerBytesMax())
                .setMaxInitialLineLength(limits.uriBytesMax())
                .setHandle100ContinueAutomatically(true)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setHttp2ClearTextEnabled(false)
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(STREAMS_MAX)
                        .setMaxHeaderListSize(limits.headerBytesMax()))
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
                .setHttp2RstFloodWindowDuration(RESETS_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
                .setStrictThreadMode(true);
        ServerConfig.Tls tls = config.tls();
        if (tls != null && (!management || !AddressRange.loopback(host))) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString()));
            // asked for and not required: citizens and the public have none, and who needs one is told so in words
            ServerConfig.ClientCertificates clients = tls.clients();
            if (clients != null && !management) {
                options.setClientAuth(ClientAuth.REQUEST)
                        .setTrustOptions(new PemTrustOptions()
                                .addCertPath(clients.anchors().toString()));
            }
        }
        return options;
    }
}
