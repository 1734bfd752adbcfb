package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/*
 * Parsing and the search for names run on a worker; the matching itself on the event loop, in slices, with one reader held
 * throughout, so that all organisations of an answer are judged by one generation.
 */

/** Answers {@code POST /v1/matters/{matter}/matches} for one event loop. */
final class Matches {
    /** Matches waiting for a worker, over all event loops; one more is 503. */
    static final int WAITING_MAX = 64;

    private static final JsonFactory JSON = new JsonFactory();

    private final Site site;
    private final Loop loop;
    private final WorkerExecutor workers;
    private final AtomicInteger waiting;

    Matches(Site site, Loop loop, WorkerExecutor workers, AtomicInteger waiting) {
        this.site = site;
        this.loop = loop;
        this.workers = workers;
        this.waiting = waiting;
    }

    void answer(HttpServerRequest request, KnownClient client, Matter matter) {
        if (!Route.MATCHES.scope().covers(client.client(), matter.id())) {
            Reply.problem(request.response(), Problem.FORBIDDEN);
            return;
        }
        Problem refusal = Negotiation.refusal(request);
        if (refusal != null) {
            Reply.problem(request.response(), refusal);
            return;
        }
        ServerConfig.Limits limits = site.config().limits();
        Body.read(
                request, limits.bodyBytesMax(), loop.open(), body -> prepare(request.response(), client, matter, body));
    }

    private void prepare(HttpServerResponse response, KnownClient client, Matter matter, Body body) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            Reply.later(response, Problem.OVERLOADED, 1);
            return;
        }
        byte[] bytes = body.bytes(new byte[body.length()]);
        int length = body.length();
        workers.executeBlocking(() -> prepared(bytes, length, client), false).onComplete(done -> {
            waiting.decrementAndGet();
            if (done.failed()) {
                Failures.answer(response, done.cause(), site.meters());
                return;
            }
            Prepared prepared = done.result();
            if (prepared.bad() != null) {
                Reply.problem(
                        response,
                        prepared.bad().problem(),
                        List.of(prepared.bad().fault()));
            } else if (prepared.waitSeconds() != SubjectBudget.ADMITTED) {
                Checks.refuse(response, prepared.waitSeconds());
            } else {
                begin(response, matter, prepared);
            }
        });
    }

    private Prepared prepared(byte[] bytes, int length, KnownClient client) {
        MatchRequest.Parsed parsed =
                MatchRequest.parse(bytes, length, site.config().limits());
        MatchRequest.Parsed.Bad bad = parsed instanceof MatchRequest.Parsed.Bad refused ? refused : null;
        if (bad != null) {
            return new Prepared(bad, SubjectBudget.ADMITTED, List.of(), List.of());
        }
        Contract.Breach breach = site.contract().body(Route.MATCHES, Arrays.copyOf(bytes, length));
        if (breach != null) {
            bad = new MatchRequest.Parsed.Bad(breach.problem(), breach.fault());
            return new Prepared(bad, SubjectBudget.ADMITTED, List.of(), List.of());
        }
        List<MatchRequest.Asked> asked =
                ((MatchRequest.Parsed.Good) parsed).request().organisations();
        int wait = client.budget()
                .take(asked.size(), System.nanoTime(), site.clock().millis());
        if (wait != SubjectBudget.ADMITTED) {
            return new Prepared(null, wait, List.of(), List.of());
        }
        List<String> names = new ArrayList<>();
        for (MatchRequest.Asked one : asked) {
            if (one.name() != null) {
                names.add(one.name());
            }
        }
        return new Prepared(
                null, wait, asked, names.isEmpty() ? List.of() : site.search().candidates(names));
    }

    private void begin(HttpServerResponse response, Matter matter, Prepared prepared) {
        Answers answers = loop.readers().borrow();
        if (answers == null) {
            Reply.later(response, Problem.OVERLOADED, 1);
            return;
        }
        if (answers.advance() == null) {
            loop.readers().giveBack(answers);
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        new Run(response, matter.index(), prepared, answers).slice();
    }

    /** What a worker made of a body: a refusal, a wait for the budget, or organisations and the candidates of names. */
    private record Prepared(
            MatchRequest.Parsed.@Nullable Bad bad,
            int waitSeconds,
            List<MatchRequest.Asked> asked,
            List<List<CandidateSearch.Candidate>> candidates) {}

    /** One match under way. */
    private final class Run {
        private final HttpServerResponse response;
        private final int matter;
        private final Prepared prepared;
        private final Answers answers;
        private final PseudonymKey.Pseudonymiser pseudonymiser = loop.pseudonymiser(Scheme.USCC);
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        private final JsonGenerator json;
        private int answered;
        private int named;

        Run(HttpServerResponse response, int matter, Prepared prepared, Answers answers) {
            this.response = response;
            this.matter = matter;
            this.prepared = prepared;
            this.answers = answers;
            try {
                json = JSON.createGenerator(out);
                json.writeStartObject();
                json.writeArrayFieldStart("organisations");
            } catch (IOException e) {
                throw new UncheckedIOException("memory does not fail", e);
            }
        }

        void slice() {
            if (response.closed()) {
                loop.readers().giveBack(answers);
                return;
            }
            try {
                int end = Math.min(prepared.asked().size(), answered + BatchCheck.SLICE_SUBJECTS);
                while (answered < end) {
                    one(prepared.asked().get(answered++));
                }
                if (answered < prepared.asked().size()) {
                    loop.inAnotherTurn(this::slice);
                    return;
                }
                json.writeEndArray();
                json.writeEndObject();
                json.close();
                Reply.personal(response, out.toByteArray());
            } catch (IOException | RuntimeException e) {
                Failures.answer(response, e, site.meters());
            }
            loop.readers().giveBack(answers);
        }

        private void one(MatchRequest.Asked asked) throws IOException {
            if (asked.uscc() == null) {
                List<List<CandidateSearch.Candidate>> candidates = prepared.candidates();
                MatchJson.write(json, null, named < candidates.size() ? candidates.get(named++) : List.of());
                return;
            }
            pseudonymiser.make(asked.uscc());
            MatchReport report = answers.match(matter, pseudonymiser.high(), pseudonymiser.low());
            MatchJson.write(json, report, null);
        }
    }
}
