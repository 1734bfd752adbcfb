package io.osmanthus.http;

import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.cases.CaseException;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.LedgerException;
import io.osmanthus.snapshots.ledger.Once;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.Asked;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/*
 * The way of a write: authorised, body read, judged on a worker against the engine as it is, handed to the ledger, committed
 * with whatever else waits, applied here, answered. The event loop waits for nothing.
 */

/** Everything that goes through the ledger, and reads that look further than memory, for one event loop. */
final class Writes {
    /** Writes and such reads waiting for a worker, over all event loops; one more is 503. */
    static final int WAITING_MAX = 256;

    private static final int KEY_CHARACTERS_MAX = 128;
    private static final int APPLY_TIMEOUT_SECONDS = 10;

    /** A write that takes longer asks whether the ledger is away, and is answered then, wherever it has got to. */
    private static final int PATIENCE_MS = 100;

    private static final int REACH_TIMEOUT_MS = 1_000;

    private final Site site;
    private final Loop loop;
    private final WorkerExecutor workers;
    private final AtomicInteger waiting;

    /** What a worker made of a request. */
    sealed interface Judged {
        record Refused(Problem problem, List<Problem.Fault> faults) implements Judged {
            static Refused of(Problem problem) {
                return new Refused(problem, List.of());
            }

            static Refused of(Problem problem, String pointer, String detail) {
                return new Refused(problem, List.of(new Problem.Fault(pointer, detail)));
            }
        }

        /** {@code versioned}: the answer shows a case, whose version is its entity tag. */
        record Ready(Act act, boolean versioned) implements Judged {
            Ready(Act act) {
                this(act, false);
            }
        }
    }

    Writes(Site site, Loop loop, WorkerExecutor workers, AtomicInteger waiting) {
        this.site = site;
        this.loop = loop;
        this.workers = workers;
        this.waiting = waiting;
    }

    /** Goes on once the position that the request names is in what is served here; answers 400 and 503 itself. */
    void reached(HttpServerRequest request, Runnable then) {
        String header = request.headers().get(Reply.MIN_POSITION);
        if (header == null) {
            then.run();
            return;
        }
        if (!header.matches("[0-9]{1,18}")) {
            Reply.problem(request.response(), Problem.MALFORMED);
            return;
        }
        Live live = site.live();
        long wanted = Long.parseLong(header);
        if (live == null) {
            State state = loop.advance();
            if (state != null && state.position() >= wanted) {
                then.run();
            } else {
                Reply.later(request.response(), Problem.NOT_REACHED, 1);
            }
            return;
        }
        var reached = live.follower().reached(wanted);
        if (reached.isDone()) {
            then.run();
            return;
        }
        var unused = reached.orTimeout(REACH_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .whenComplete((nothing, late) -> loop.run(() -> {
                    if (late == null) {
                        guarded(request.response(), then);
                    } else {
                        Reply.later(request.response(), Problem.NOT_REACHED, 1);
                    }
                }));
    }

    /** Answers what is held about the caller beyond the score. */
    void read(HttpServerRequest request, Route route, Caller caller) {
        Live live = site.live();
        if (live == null || !(caller instanceof Caller.Citizen citizen)) {
            Reply.later(request.response(), Problem.LEDGER_AWAY, 1);
            return;
        }
        if (!loop.turn().accepting()) {
            Reply.later(request.response(), Problem.NO_TRAIL, 1);
            return;
        }
        long what = Turn.own(site.trail(), route.name().toLowerCase(Locale.ROOT));
        reached(
                request,
                () -> onWorker(request.response(), () -> new CitizenReads(site, live).read(route, citizen), shown -> {
                    loop.turn().event(shown.enrolled, citizen.high(), citizen.low(), what);
                    loop.turn().after(written -> shown(request.response(), written, shown.body));
                }));
    }

    private static void shown(HttpServerResponse response, boolean written, byte @Nullable [] body) {
        if (!written) {
            Reply.later(response, Problem.NO_TRAIL, 1);
        } else if (body == null) {
            Reply.problem(response, Problem.NOT_ENROLLED);
        } else {
            Reply.personal(response, body);
        }
    }

    /** Shows cases: their own to citizens and organisations, the work queue and one of it to the desk. */
    void cases(HttpServerRequest request, Route route, Map<String, String> path, Caller caller) {
        Live live = site.live();
        HttpServerResponse response = request.response();
        if (live == null) {
            Reply.later(response, Problem.LEDGER_AWAY, 1);
            return;
        }
        if (!loop.turn().accepting()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return;
        }
        boolean desk = route == Route.CASES || route == Route.CASE;
        String actor = caller.actor();
        CaseCursor asked = route == Route.CASES
                ? CaseReads.asked(
                        request.getParam("state"),
                        request.getParam("due_before"),
                        request.getParam("cursor"),
                        site,
                        actor)
                : null;
        if (route == Route.CASES && asked == null) {
            Reply.problem(response, Problem.MALFORMED);
            return;
        }
        AccessTrail trail = site.trail();
        long what = !desk
                ? Turn.own(trail, route.name().toLowerCase(Locale.ROOT))
                : trail == null ? 0 : trail.what(Asked.DESK, null, null, "case");
        CaseReads reads = new CaseReads(site, live);
        reached(
                request,
                () -> onWorker(
                        response,
                        () -> asked != null
                                ? reads.queue(asked, actor)
                                : desk ? reads.desk(path) : reads.own(route, path, caller),
                        shown -> {
                            Subject person = shown.person();
                            if (person != null) {
                                loop.turn().event(true, person.high(), person.low(), what);
                            }
                            loop.turn().after(written -> {
                                if (written && shown.version() > 0 && !response.headWritten()) {
                                    response.putHeader(Reply.ETAG, "\"" + shown.version() + "\"");
                                }
                                shown(response, written, shown.body());
                            });
                        }));
    }

    /** Lists, activates or compares snapshots. */
    void operate(HttpServerRequest request, Route route, Map<String, String> path) {
        Live live = site.live();
        HttpServerResponse response = request.response();
        if (live == null) {
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        String cursor = route == Route.SNAPSHOTS ? request.getParam("cursor") : null;
        String before = cursor == null ? null : SnapshotCursor.version(site.pseudonymKey(), cursor);
        if (cursor != null && before == null) {
            Reply.problem(
                    response,
                    Problem.MALFORMED,
                    List.of(new Problem.Fault("/cursor", "must be the 'next' of an answer")));
            return;
        }
        onWorker(response, () -> live.operations().answer(route, path, before, site.pseudonymKey()), body -> {
            response.putHeader(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE);
            Reply.json(response, body);
        });
    }

    /** Says which configuration is served, which is in force, which is announced. */
    void configuration(HttpServerResponse response) {
        Live live = site.live();
        if (live == null) {
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        Reload reload = live.node().reload();
        onWorker(response, reload::describe, body -> {
            response.putHeader(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE);
            Reply.json(response, body);
        });
    }

    /** Has the configuration read anew: refused whole, with every finding, or announced. */
    void reload(HttpServerResponse response, Caller caller) {
        Live live = site.live();
        if (live == null) {
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        Reload reload = live.node().reload();
        onWorker(response, () -> reload.request(caller.actor()), answer -> {
            if (answer instanceof Reload.Refused refused) {
                Reply.problem(response, Problem.CONFIGURATION_REFUSED, refused.faults());
            } else if (answer instanceof Reload.Taken taken) {
                response.setStatusCode(taken.status());
                response.putHeader(Reply.POSITION, Long.toString(taken.position()));
                response.putHeader(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE);
                Reply.json(response, taken.body());
            }
        });
    }

    /** Takes an act. */
    void write(HttpServerRequest request, Route route, Map<String, String> path, Caller caller) {
        Live live = site.live();
        HttpServerResponse response = request.response();
        if (live == null || !live.ledger().available()) {
            Reply.later(response, Problem.LEDGER_AWAY, 1);
            return;
        }
        String key = request.headers().get(Reply.IDEMPOTENCY_KEY);
        if (key != null && !key.matches("[\\x21-\\x7e]{1," + KEY_CHARACTERS_MAX + "}")) {
            Reply.problem(response, Problem.MALFORMED);
            return;
        }
        Contract contract = site.contract();
        boolean bodied = contract.bodyRequired(route)
                || (contract.bodied(route) && request.headers().contains(HttpHeaders.CONTENT_TYPE));
        Problem refusal = bodied ? Negotiation.refusal(request) : null;
        if (refusal != null) {
            Reply.problem(response, refusal);
            return;
        }
        String ifMatch = request.headers().get(Reply.IF_MATCH);
        String target = route.name() + " " + request.path();
        Body.read(request, site.config().limits().bodyBytesMax(), loop.open(), body -> {
            byte[] bytes = java.util.Arrays.copyOf(body.bytes(new byte[body.length()]), body.length());
            Once once = key == null ? null : new Once(scope(caller, target, key), sha256(bytes));
            watch(response, live);
            onWorker(response, () -> judge(live, route, path, caller, bytes, ifMatch), judged -> {
                Caller leaving = route == Route.LEAVE ? caller : null;
                if (judged instanceof Judged.Refused refused
                        && (once == null || refused.problem().status() == 400)) {
                    Reply.problem(response, refused.problem(), refused.faults());
                } else if (judged instanceof Judged.Refused refused) {
                    // What was done is not to be done again, and that is what a repetition must not be told.
                    Act refusing = page -> {
                        throw new Refusal(refused.problem(), refused.faults());
                    };
                    submit(response, live, once, new Judged.Ready(refusing, route.movesCase()), leaving);
                } else if (judged instanceof Judged.Ready ready) {
                    submit(response, live, once, ready, leaving);
                }
            });
        });
    }

    /** Also judging reads the ledger: no write waits longer for one that hangs than that takes to be known. */
    private void watch(HttpServerResponse response, Live live) {
        var unused = loop.after(PATIENCE_MS, () -> {
            if (response.ended() || response.closed()) {
                return;
            }
            if (live.ledger().available()) {
                watch(response, live);
            } else {
                Reply.later(response, Problem.LEDGER_AWAY, 1);
            }
        });
    }

    private Judged judge(
            Live live, Route route, Map<String, String> path, Caller caller, byte[] body, @Nullable String ifMatch) {
        Contract.Breach breach = site.contract().body(route, body);
        if (breach != null) {
            return new Judged.Refused(breach.problem(), List.of(breach.fault()));
        }
        try (Reader reader = live.engine().reader()) {
            if (reader.advance() == null) {
                return Judged.Refused.of(Problem.NOT_READY);
            }
            if (route.movesCase()) {
                return new CaseActs(site, live, reader).judge(route, path, caller, body, ifMatch);
            }
            return caller instanceof Caller.Citizen citizen
                    ? new CitizenActs(site, live, reader).judge(route, path, citizen, body)
                    : new MachineActs(site, live, reader).judge(route, path, caller, body);
        }
    }

    /** {@code leaving} has left when the act is done, and leaves the access trail with it. */
    private void submit(
            HttpServerResponse response, Live live, @Nullable Once once, Judged.Ready ready, @Nullable Caller leaving) {
        var unused = live.ledger()
                .submit(once, ready.act())
                .thenCompose(receipt -> live.follower()
                        .reached(receipt.position())
                        .orTimeout(APPLY_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .thenApply(nothing -> receipt))
                .thenCompose(receipt -> erased(leaving).thenApply(nothing -> receipt))
                .whenComplete((receipt, failure) -> loop.run(() -> {
                    if (failure == null) {
                        answer(response, receipt, ready.versioned());
                    } else {
                        failed(response, failure);
                    }
                }));
    }

    private CompletionStage<@Nullable Void> erased(@Nullable Caller leaving) {
        AccessTrail trail = site.trail();
        if (trail == null || !(leaving instanceof Caller.Citizen citizen)) {
            return CompletableFuture.completedStage(null);
        }
        return workers.<@Nullable Void>executeBlocking(
                        () -> {
                            trail.erase(citizen.high(), citizen.low());
                            return null;
                        },
                        false)
                .toCompletionStage();
    }

    private static void answer(HttpServerResponse response, Act.Receipt receipt, boolean versioned) {
        if (response.ended() || response.closed()) {
            return;
        }
        if (versioned) {
            // from the body, since a repetition is answered with what was kept
            long version = Payload.parse(receipt.outcome().body()).number("version");
            response.putHeader(Reply.ETAG, "\"" + version + "\"");
        }
        response.setStatusCode(receipt.outcome().status());
        response.putHeader(Reply.POSITION, Long.toString(receipt.position()));
        response.putHeader(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE);
        response.putHeader(HttpHeaders.CONTENT_TYPE, Reply.JSON);
        Reply.end(response, Buffer.buffer(receipt.outcome().body()));
    }

    private void failed(HttpServerResponse response, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            if (refusal.problem().status() == 503 || refusal.problem().status() == 429) {
                Reply.later(response, refusal.problem(), refusal.waitSeconds());
            } else {
                Reply.problem(response, refusal.problem(), refusal.faults());
            }
        } else if (cause instanceof CaseException refused) {
            Judged.Refused why = CaseActs.refused(refused);
            Reply.problem(response, why.problem(), why.faults());
        } else if (cause instanceof LedgerException ledger) {
            switch (ledger.code()) {
                case KEY_REUSED -> Reply.problem(response, Problem.KEY_REUSED);
                case OVERLOADED -> Reply.later(response, Problem.OVERLOADED, 1);
                default -> Reply.later(response, Problem.LEDGER_AWAY, 1);
            }
        } else if (cause instanceof java.util.concurrent.TimeoutException
                || cause instanceof java.util.concurrent.CancellationException) {
            Reply.later(response, Problem.NOT_REACHED, 1);
        } else {
            Failures.answer(response, cause, site.meters());
        }
    }

    /** What an act throws that finds, in its transaction, that it may not be done. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Problem problem;
        private final transient List<Problem.Fault> faults;
        private final int waitSeconds;

        Refusal(Problem problem) {
            this(problem, List.of());
        }

        Refusal(Problem problem, List<Problem.Fault> faults) {
            this(problem, faults, 1);
        }

        /** One that holds for a while. */
        Refusal(Problem problem, int waitSeconds) {
            this(problem, List.of(), waitSeconds);
        }

        private Refusal(Problem problem, List<Problem.Fault> faults, int waitSeconds) {
            super(problem.detail());
            this.problem = problem;
            this.faults = faults;
            this.waitSeconds = waitSeconds;
        }

        int waitSeconds() {
            return waitSeconds;
        }

        List<Problem.Fault> faults() {
            return faults;
        }

        Problem problem() {
            return problem;
        }
    }

    /** Does something that blocks, and goes on with it on the event loop; what it throws is answered. */
    <T extends @Nullable Object> void onWorker(
            HttpServerResponse response, Supplier<T> work, java.util.function.Consumer<T> then) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            Reply.later(response, Problem.OVERLOADED, 1);
            return;
        }
        workers.executeBlocking(work::get, false).onComplete(done -> {
            waiting.decrementAndGet();
            if (done.failed()) {
                failed(response, done.cause());
            } else {
                guarded(response, () -> then.accept(done.result()));
            }
        });
    }

    /**
     * Does the next part of an answer whose head has left: what fails, or finds too much waiting, is null, for there is no
     * other way to say so than to break off.
     */
    <T> void furtherOnWorker(
            HttpServerResponse response, Supplier<@Nullable T> work, java.util.function.Consumer<@Nullable T> then) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            then.accept(null);
            return;
        }
        workers.<@Nullable T>executeBlocking(work::get, false).onComplete(done -> {
            waiting.decrementAndGet();
            if (done.failed() && !(done.cause() instanceof LedgerException)) {
                Failures.note(done.cause(), Reply.requestId(response), site.meters());
            }
            then.accept(done.succeeded() ? done.result() : null);
        });
    }

    private void guarded(HttpServerResponse response, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            Failures.answer(response, e, site.meters());
        }
    }

    private static byte[] scope(Caller caller, String target, String key) {
        byte[] who = caller.scope();
        byte[] rest = ("\n" + target + "\n" + key).getBytes(StandardCharsets.UTF_8);
        return sha256(
                ByteBuffer.allocate(who.length + rest.length).put(who).put(rest).array());
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
