package io.osmanthus.http;

import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.Explanation.Line;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Answers {@code POST /v1/me/score/simulation} for one event loop: what a score would be. Nothing is stored. */
final class Simulation {
    private final Site site;
    private final Loop loop;

    Simulation(Site site, Loop loop) {
        this.site = site;
        this.loop = loop;
    }

    void answer(HttpServerRequest request, Caller.Citizen citizen) {
        Problem refusal = Negotiation.refusal(request);
        if (refusal != null) {
            Reply.problem(request.response(), refusal);
            return;
        }
        int bytesMax = Math.min(
                SimulationRequest.BODY_BYTES_MAX, site.config().limits().bodyBytesMax());
        Body.read(request, bytesMax, loop.open(), body -> simulate(request.response(), citizen, body));
    }

    private void simulate(HttpServerResponse response, Caller.Citizen citizen, Body body) {
        byte[] bytes = body.bytes(new byte[body.length()]);
        SimulationRequest.Parsed parsed = SimulationRequest.parse(bytes, body.length());
        if (parsed instanceof SimulationRequest.Bad bad) {
            refuse(response, bad);
            return;
        }
        Contract.Breach breach = site.contract().body(Route.SIMULATION, Arrays.copyOf(bytes, body.length()));
        if (breach != null) {
            Reply.breach(response, breach);
            return;
        }
        SimulationRequest asked = ((SimulationRequest.Good) parsed).request();
        State state = loop.advance();
        if (state == null) {
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        if (!loop.turn().accepting()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return;
        }
        Answers answers = loop.answers();
        Explanation now = answers.explain(citizen.high(), citizen.low());
        if (now == null) {
            Reply.problem(response, Problem.NOT_ENROLLED);
            return;
        }
        // The vocabulary of the generation, not that of the start: indexes are those of its rules.
        Vocabulary vocabulary = state.rules().vocabulary();
        SimulationRequest.Bad bad = asked.refusal(state.day(), vocabulary, records(now));
        if (bad != null) {
            refuse(response, bad);
            return;
        }
        LocalDate day = asked.on(state.day());
        Explanation simulated = answers.simulate(
                citizen.high(),
                citizen.low(),
                Set.copyOf(asked.without()),
                asked.supposed(state.day(), vocabulary),
                (int) day.toEpochDay());
        if (simulated == null) {
            Reply.problem(response, Problem.NOT_ENROLLED);
            return;
        }
        boolean delivered = answers.delivered(citizen.high(), citizen.low());
        loop.turn().event(true, citizen.high(), citizen.low(), Turn.own(site.trail(), "simulation"));
        loop.turn().after(written -> {
            if (written) {
                Reply.personal(
                        response,
                        Reply.bytes(json -> ScoreJson.writeSimulated(json, simulated, state, day, delivered)));
            } else {
                Reply.later(response, Problem.NO_TRAIL, 1);
            }
        });
    }

    /** Every record of a person has a line, whether it counts or not. */
    private static Set<String> records(Explanation explanation) {
        Set<String> ids = new HashSet<>();
        for (Line line : explanation.lines()) {
            if (line.recordId() != null) {
                ids.add(line.recordId());
            }
        }
        return ids;
    }

    private static void refuse(HttpServerResponse response, SimulationRequest.Bad bad) {
        Reply.problem(response, bad.problem(), List.of(bad.fault()));
    }
}
