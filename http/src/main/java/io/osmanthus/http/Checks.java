package io.osmanthus.http;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * The hot path. Every sound token goes the same way: canonical form, pseudonym, one look-up, one pre-encoded answer of one
 * length; there is no branch on whether it is known. What differs is refused before the token is looked at.
 */

/** Answers checks, single and in batches, for one event loop. */
final class Checks {
    /** Longer bodies of single checks are copied elsewhere; none that means anything is. */
    private static final int SCRATCH_BYTES = 4 << 10;

    private final Site site;
    private final Loop loop;
    private final Gate gate;
    private final InstantSource clock;
    private final ServerConfig.Limits limits;
    private final SubjectParser parser = new SubjectParser();
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final ArrayDeque<BatchCheck> idleBatches = new ArrayDeque<>();

    Checks(Site site, Loop loop, Gate gate) {
        this.site = site;
        this.loop = loop;
        this.gate = gate;
        this.clock = site.clock();
        this.limits = site.config().limits();
    }

    /** Takes the request if it is a check; false leaves it to the router. */
    boolean take(HttpServerRequest request) {
        String path = request.path();
        Loop.Target target = path == null ? null : loop.target(path);
        if (target == null || !request.method().equals(HttpMethod.POST)) {
            return false;
        }
        long startedNanos = System.nanoTime();
        if (!site.admission().open(startedNanos)) {
            Reply.later(request.response(), Problem.OVERLOADED, 1);
            return true;
        }
        Route route = target.batch() ? Route.CHECK_BATCH : Route.CHECK;
        KnownClient client = gate.client(request, route);
        if (client == null) {
            gate.admit(request, route, caller -> Reply.problem(request.response(), Problem.FORBIDDEN));
            return true;
        }
        if (!route.scope().covers(client.client(), target.id())) {
            Reply.problem(request.response(), Problem.FORBIDDEN);
            return true;
        }
        Problem refusal = Negotiation.refusal(request);
        if (refusal != null) {
            Reply.problem(request.response(), refusal);
            return true;
        }
        if (target.batch()) {
            Body.read(
                    request,
                    limits.bodyBytesMax(),
                    loop.open(),
                    body -> batch(request, body, target, client, startedNanos));
        } else {
            Body.read(
                    request,
                    limits.bodyBytesMax(),
                    loop.open(),
                    body -> single(request, body, target, client, startedNanos));
        }
        return true;
    }

    private void single(
            HttpServerRequest request, Body body, Loop.Target target, KnownClient client, long startedNanos) {
        HttpServerResponse response = request.response();
        int wait = client.budget().take(1, startedNanos, clock.millis());
        if (wait != SubjectBudget.ADMITTED) {
            refuse(response, wait);
            return;
        }
        SubjectParser.Outcome outcome = parser.single(body.bytes(scratch), 0, body.length());
        if (outcome != SubjectParser.Outcome.OK) {
            Reply.problem(response, Problem.MALFORMED, List.of(outcome.fault()));
            return;
        }
        State state = loop.advance();
        if (state == null) {
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        SceneAnswers scene = loop.scene(state, target.scene());
        if (!scene.takes(parser.scheme())) {
            Reply.problem(response, Problem.MALFORMED, List.of(SubjectParser.Outcome.SCHEME.fault()));
            return;
        }
        if (!site.vouches(startedNanos) && !scene.takes(Scheme.USCC)) {
            Reply.later(response, Problem.NOT_VOUCHED, 1);
            return;
        }
        Turn turn = loop.turn();
        if (!turn.accepting() && scene.aboutPersons()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return;
        }
        site.admission().take(1, startedNanos);
        int code = ask(scene, client);
        turn.answer(response, scene.single(code), site.meters().checks(target.scene()), startedNanos);
    }

    /**
     * Answers a check that is wholly there, at the end of the turn; false leaves it to the ordinary path, which knows how to
     * refuse it, and has changed nothing.
     */
    boolean fast(FastChecks connection, FastLane.Head head, byte[] bytes, int from, long nowNanos) {
        Turn turn = loop.turn();
        if (!site.admission().open(nowNanos)) {
            turn.refuse(connection, WholeProblem.OVERLOADED);
            return true;
        }
        KnownClient client = head.client();
        long nowMs = clock.millis();
        State state = loop.advance();
        if (state == null
                || head.expired(nowMs)
                || parser.single(bytes, from, from + head.bodyBytes()) != SubjectParser.Outcome.OK) {
            return false;
        }
        SceneAnswers scene = loop.scene(state, head.target().scene());
        if (!scene.takes(parser.scheme())
                || (scene.aboutPersons() && !(site.vouches(nowNanos) && turn.accepting()))
                || !client.budget().takes(1, nowNanos, nowMs)) {
            return false;
        }
        site.admission().take(1, nowNanos);
        int code = ask(scene, client);
        turn.answer(connection, scene.whole(code), site.meters().checks(scene.scene()), nowNanos);
        return true;
    }

    /** The code of the subject just parsed; its event waits for the end of the turn. */
    private int ask(SceneAnswers scene, KnownClient client) {
        PseudonymKey.Pseudonymiser pseudonymiser = loop.pseudonymiser(parser.scheme());
        pseudonymiser.make(parser.token(), 0, parser.tokenLength());
        Answers answers = loop.answers();
        int code = answers.check(scene.scene(), pseudonymiser.high(), pseudonymiser.low());
        loop.tally().answered(scene.scene(), code);
        if (scene.aboutPersons()) {
            loop.turn()
                    .event(
                            answers.subjectKnown(),
                            answers.subjectHigh(),
                            answers.subjectLow(),
                            client.trail() | scene.trail(code));
        }
        return code;
    }

    private void batch(
            HttpServerRequest request, Body body, Loop.Target target, KnownClient client, long startedNanos) {
        if (!site.vouches(startedNanos) && target.persons()) {
            Reply.later(request.response(), Problem.NOT_VOUCHED, 1);
            return;
        }
        Answers answers = loop.readers().borrow();
        if (answers == null) {
            Reply.later(request.response(), Problem.OVERLOADED, 1);
            return;
        }
        BatchCheck free = idleBatches.poll();
        BatchCheck batch = free == null ? new BatchCheck(site, loop, this) : free;
        batch.start(request.response(), answers, body, target, client, startedNanos);
    }

    /** A batch is done: its reader and its arrays serve the next. */
    void done(BatchCheck batch, @Nullable Answers answers) {
        if (answers != null) {
            loop.readers().giveBack(answers);
        }
        idleBatches.push(batch);
    }

    /** 429 for a rate (positive) or a day's budget (negative) that is used up, 403 for a client that is suspended. */
    static void refuse(HttpServerResponse response, int wait) {
        if (wait == SubjectBudget.SUSPENDED) {
            Reply.problem(response, Problem.SUSPENDED);
            return;
        }
        Reply.later(response, wait > 0 ? Problem.TOO_FAST : Problem.BUDGET_SPENT, Math.abs(wait));
    }
}
