package io.osmanthus.http;

import io.vertx.core.Handler;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Authentication and authorisation (role × route × scope, as {@link Route} says) for one event loop. */
final class Gate {
    /** Tokens waiting for a worker, over all event loops; one more is 503. */
    static final int TOKENS_WAITING_MAX = 256;

    private final Site site;
    private final Keys.Cache keys;
    private final WorkerExecutor workers;
    private final AtomicInteger waiting;

    Gate(Site site, WorkerExecutor workers, AtomicInteger waiting) {
        this.site = site;
        this.keys = site.keys().new Cache();
        this.workers = workers;
        this.waiting = waiting;
    }

    /** The client of the request's key, if there is one that holds and may ask on this route; the fast way. */
    @Nullable
    KnownClient client(HttpServerRequest request, Route route) {
        KnownClient client = keys.client(request.headers().get(HttpHeaders.AUTHORIZATION));
        return client == null
                ? null
                : admitted(client, route, client.bound() ? ClientCertificate.of(request.connection()) : null);
    }

    /** The same by the value of {@code Authorization}, and what the connection has shown. */
    @Nullable
    KnownClient client(@Nullable String header, Route route, @Nullable ClientCertificate certificate) {
        KnownClient client = keys.client(header);
        return client == null ? null : admitted(client, route, certificate);
    }

    private @Nullable KnownClient admitted(KnownClient client, Route route, @Nullable ClientCertificate certificate) {
        long nowMs = site.clock().millis();
        return route.permits(client.client().role())
                        && !client.expired(nowMs)
                        && client.shown(certificate, nowMs)
                        && !client.budget().suspended()
                ? client
                : null;
    }

    /** Finds out who asks and goes on with them, now or after a turn on a worker; answers 401, 403, 429, 503 itself. */
    void admit(HttpServerRequest request, Route route, Handler<Caller> then) {
        String header = request.headers().get(HttpHeaders.AUTHORIZATION);
        KnownClient client = keys.client(header);
        if (client != null) {
            long nowMs = site.clock().millis();
            if (client.expired(nowMs)) {
                refuse(request, Problem.UNAUTHENTICATED);
                return;
            }
            if (!client.shown(ClientCertificate.of(request.connection()), nowMs)) {
                refuse(request, Problem.CERTIFICATE_NEEDED);
                return;
            }
            if (client.budget().suspended()) {
                Reply.problem(request.response(), Problem.SUSPENDED);
                return;
            }
            proceed(request, route, new Caller.Machine(client), then);
            return;
        }
        String token = header != null && header.regionMatches(true, 0, Keys.BEARER, 0, Keys.BEARER.length())
                ? header.substring(Keys.BEARER.length()).strip()
                : "";
        if (site.issuers().none() || token.indexOf('.') < 0) {
            refuse(request, Problem.UNAUTHENTICATED);
            return;
        }
        Caller remembered = site.tokens().caller(token, site.clock().millis());
        if (remembered != null) {
            proceed(request, route, remembered, then);
            return;
        }
        verify(request, route, token, then);
    }

    private void verify(HttpServerRequest request, Route route, String token, Handler<Caller> then) {
        if (!site.failedAuthentications().open(address(request), System.nanoTime())) {
            Reply.later(request.response(), Problem.TOO_FAST, 1);
            return;
        }
        // A botnet has many addresses, and one proxy trusted too much makes as many as it likes. What is remembered as
        // good goes
        // on; an unknown token waits until there are fewer forged ones.
        if (!site.failedTokens().open(System.nanoTime())) {
            Reply.later(request.response(), Problem.OVERLOADED, 1);
            return;
        }
        if (waiting.incrementAndGet() > TOKENS_WAITING_MAX) {
            waiting.decrementAndGet();
            Reply.later(request.response(), Problem.OVERLOADED, 1);
            return;
        }
        // The caller goes on on its own event loop; a body that may follow waits until somebody reads it.
        request.pause();
        workers.<TokenVerifier.@Nullable Verified>executeBlocking(
                        () -> site.issuers().verify(token), false)
                .onComplete(done -> {
                    waiting.decrementAndGet();
                    TokenVerifier.Verified verified = done.succeeded() ? done.result() : null;
                    if (verified == null) {
                        site.failedTokens().take(1, System.nanoTime());
                        refuse(request, Problem.UNAUTHENTICATED);
                    } else {
                        site.tokens().remember(token, verified, site.clock().millis());
                        proceed(request, route, verified.caller(), then);
                    }
                    // last: whoever reads the body has said so by now
                    request.resume();
                });
    }

    private void proceed(HttpServerRequest request, Route route, Caller caller, Handler<Caller> then) {
        if (!route.permits(caller.role())) {
            Reply.problem(request.response(), Problem.FORBIDDEN);
            return;
        }
        // A matter that does not exist is 404, and which do depends on the rules in force: that route judges.
        if (route.scope() != Scope.MATTER
                && !route.scope().covers(caller, route.named(request.path()), site.pseudonymKey())) {
            Reply.problem(request.response(), Problem.FORBIDDEN);
            return;
        }
        try {
            Contract.Breach breach = site.contract().parameters(route, request);
            if (breach != null) {
                Reply.breach(request.response(), breach);
                return;
            }
            then.handle(caller);
        } catch (RuntimeException e) {
            Failures.answer(request.response(), e, site.meters());
        }
    }

    private void refuse(HttpServerRequest request, Problem problem) {
        if (problem == Problem.CERTIFICATE_NEEDED) {
            site.meters().certificateMissing();
        } else {
            site.meters().unauthenticated(request.headers().get(HttpHeaders.AUTHORIZATION));
        }
        if (!site.failedAuthentications().take(address(request), System.nanoTime())) {
            Reply.later(request.response(), Problem.TOO_FAST, 1);
            return;
        }
        Reply.problem(request.response(), problem);
    }

    /** Whether the address of an open request has its rate left; answers 429 itself. */
    boolean admitPublic(HttpServerRequest request) {
        if (site.publicRequests().take(address(request), System.nanoTime())) {
            return true;
        }
        Reply.later(request.response(), Problem.TOO_FAST, 1);
        return false;
    }

    /** Who sent the request: the peer, or the nearest address before it that is no proxy of ours. */
    @Nullable
    String address(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        String address = peer == null ? null : peer.hostAddress();
        // Some proxies append to the header, others add one more of it: all of them together are the way.
        List<String> forwarded = request.headers().getAll("X-Forwarded-For");
        if (address == null || forwarded.isEmpty() || !trusted(address)) {
            return address;
        }
        String[] hops = String.join(",", forwarded).split(",", -1);
        for (int i = hops.length - 1; i >= 0; i--) {
            String hop = hops[i].strip();
            if (AddressRange.literal(hop) == null) {
                return address;
            }
            address = hop;
            if (!trusted(hop)) {
                return hop;
            }
        }
        return address;
    }

    private boolean trusted(String address) {
        for (AddressRange range : site.config().trustedProxies()) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
