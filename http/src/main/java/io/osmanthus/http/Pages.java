package io.osmanthus.http;

import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything but checks, for one event loop: the routes of {@link Route}, behind the router. */
final class Pages {
    private final Site site;
    private final Loop loop;
    private final Gate gate;
    private final Matches matches;
    private final Simulation simulation;
    private final Accesses accesses;
    private final long scoreShown;
    private final Buffer openapi;
    private final Readiness readiness;
    private final Writes writes;
    private final Export export;
    private final NoticeEvents notices;

    Pages(
            Site site,
            Loop loop,
            Gate gate,
            Matches matches,
            Accesses accesses,
            Writes writes,
            Export export,
            NoticeEvents notices,
            Buffer openapi,
            Readiness readiness) {
        this.writes = writes;
        this.export = export;
        this.notices = notices;
        this.site = site;
        this.loop = loop;
        this.gate = gate;
        this.matches = matches;
        this.simulation = new Simulation(site, loop);
        this.accesses = accesses;
        this.scoreShown = Turn.own(site.trail(), "score");
        this.openapi = openapi;
        this.readiness = readiness;
    }

    /** Mounts the routes of one listener, or of both. */
    void mount(Router router, boolean main, boolean management) {
        Set<String> paths = new HashSet<>();
        for (Route route : Route.values()) {
            if (!(route.management() ? management : main)) {
                continue;
            }
            router.route(route.method(), route.pattern()).handler(context -> serve(route, context));
            if (route.method().equals(HttpMethod.GET)) {
                router.route(HttpMethod.HEAD, route.pattern()).handler(context -> serve(route, context));
            }
        }
        for (Route route : Route.values()) {
            if ((route.management() ? management : main) && paths.add(route.path())) {
                String allow = Route.allowed(route.path());
                router.route(route.pattern()).handler(context -> {
                    context.response().putHeader(HttpHeaders.ALLOW, allow);
                    Reply.problem(context.response(), Problem.METHOD_NOT_ALLOWED);
                });
            }
        }
        router.route().handler(context -> Reply.problem(context.response(), Problem.NOT_FOUND));
        router.route().failureHandler(this::failed);
        router.errorHandler(400, context -> Reply.problem(context.response(), Problem.MALFORMED));
        router.errorHandler(404, context -> Reply.problem(context.response(), Problem.NOT_FOUND));
        router.errorHandler(500, this::failed);
    }

    private void failed(RoutingContext context) {
        Throwable cause = context.failure();
        if (cause == null || (context.statusCode() >= 400 && context.statusCode() < 500)) {
            Reply.problem(context.response(), Problem.MALFORMED);
            return;
        }
        Failures.answer(context.response(), cause, site.meters());
    }

    private void serve(Route route, RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!route.management() && route.open() && !gate.admitPublic(request)) {
            return;
        }
        String accept = request.headers().get(HttpHeaders.ACCEPT);
        boolean events = (route == Route.NOTICE_EVENTS || route == Route.ALERTS)
                && Negotiation.acceptable(accept, NoticeEvents.EVENT_STREAM.toString());
        boolean taken = events || !json(route) || (route != Route.NOTICE_EVENTS && Negotiation.acceptable(accept));
        if (!taken) {
            Reply.problem(request.response(), Problem.NOT_ACCEPTABLE);
            return;
        }
        Contract.Breach breach = route.open() ? site.contract().parameters(route, request) : null;
        if (breach != null) {
            Reply.breach(request.response(), breach);
            return;
        }
        switch (route) {
            case SCENES ->
                Reply.json(
                        request.response(),
                        Reply.bytes(json -> VocabularyJson.scenes(json, scenes(), demonstration())));
            case SCENE -> scene(request, context.pathParam("scene"));
            case CATALOGUE -> catalogue(request.response());
            case OPENAPI -> text(request.response(), "application/yaml", openapi);
            case DOCS -> site.docs().page(request.response());
            case DOCS_ASSET -> site.docs().asset(request.response(), context.pathParam("asset"));
            case SIMULATION -> gate.admit(request, route, caller -> simulate(request, caller));
            case SCORE ->
                gate.admit(request, route, caller -> writes.reached(request, () -> score(request.response(), caller)));
            case NOTICES -> gate.admit(request, route, caller -> notices.list(request, caller));
            case NOTICE_EVENTS -> gate.admit(request, route, caller -> notices.open(request, caller));
            case ALERTS ->
                gate.admit(request, route, caller -> {
                    if (events) {
                        notices.open(request, caller);
                    } else {
                        notices.list(request, caller);
                    }
                });
            case EXPORT -> gate.admit(request, route, caller -> export.answer(request, caller));
            case ME, CONSENTS, TOKENS, RECORDS, OWN_SCENES ->
                gate.admit(request, route, caller -> writes.read(request, route, caller));
            case ENROL,
                    LEAVE,
                    CONSENT,
                    WITHDRAW,
                    BIND,
                    UNBIND,
                    RECORDS_ADD,
                    RETRACTIONS,
                    LIST_ENTRIES_ADD,
                    ARREARS_ADD,
                    ARREARS_SETTLE ->
                gate.admit(request, route, caller -> writes.write(request, route, context.pathParams(), caller));
            case MY_OBJECTION,
                    MY_REPAIR,
                    MY_REVIEW,
                    ORGANISATION_OBJECTION,
                    ORGANISATION_REPAIR,
                    ORGANISATION_REVIEW,
                    CASE_MOVE ->
                gate.admit(request, route, caller -> writes.write(request, route, context.pathParams(), caller));
            case MY_CASES, MY_CASE, ORGANISATION_CASES, ORGANISATION_CASE, CASES, CASE ->
                gate.admit(request, route, caller -> writes.cases(request, route, context.pathParams(), caller));
            case ACCESSES ->
                gate.admit(request, route, caller -> {
                    if (caller instanceof Caller.Citizen citizen) {
                        accesses.answer(request, citizen);
                    } else {
                        Reply.problem(request.response(), Problem.FORBIDDEN);
                    }
                });
            case SNAPSHOTS, ACTIVATION, SNAPSHOT_DIFF ->
                gate.admit(request, route, caller -> writes.operate(request, route, context.pathParams()));
            case SUSPENSIONS -> gate.admit(request, route, caller -> suspensions(request.response()));
            case SUSPENSION_LIFT ->
                gate.admit(request, route, caller -> lift(request.response(), context.pathParam("client"), caller));
            case CONFIGURATION -> gate.admit(request, route, caller -> writes.configuration(request.response()));
            case RELOAD -> gate.admit(request, route, caller -> writes.reload(request.response(), caller));
            case MATTERS -> gate.admit(request, route, caller -> matters(request.response(), caller));
            case MATCHES -> gate.admit(request, route, caller -> match(request, context.pathParam("matter"), caller));
            case LIVE ->
                Reply.json(request.response(), Reply.bytes(json -> {
                    json.writeStartObject();
                    json.writeStringField("status", "live");
                    json.writeEndObject();
                }));
            case READY -> ready(request.response());
            case METRICS ->
                text(
                        request.response(),
                        "text/plain; version=0.0.4; charset=utf-8",
                        Buffer.buffer(site.meters().scrape(site.clock().millis())));
            // Checks of known scenes never come here: they are dispatched before the router.
            case CHECK, CHECK_BATCH -> Reply.problem(request.response(), Problem.NOT_FOUND);
        }
    }

    private static boolean json(Route route) {
        return switch (route) {
            case OPENAPI, DOCS, DOCS_ASSET, METRICS, MATCHES, SIMULATION -> false;
            default -> true;
        };
    }

    private void scene(HttpServerRequest request, @Nullable String id) {
        for (SceneRule scene : scenes()) {
            if (scene.definition().id().equals(id)) {
                Reply.json(request.response(), Reply.bytes(json -> VocabularyJson.scene(json, scene, demonstration())));
                return;
            }
        }
        Reply.problem(request.response(), Problem.NOT_FOUND);
    }

    private void catalogue(HttpServerResponse response) {
        State state = loop.advance();
        Vocabulary vocabulary =
                state == null ? site.vocabulary() : state.rules().vocabulary();
        RuleSet rules = state == null ? null : state.rules();
        Reply.json(response, Reply.bytes(json -> CatalogueJson.write(json, vocabulary, rules, demonstration())));
    }

    private void score(HttpServerResponse response, Caller caller) {
        if (!(caller instanceof Caller.Citizen citizen)) {
            Reply.problem(response, Problem.FORBIDDEN);
            return;
        }
        State state = loop.advance();
        if (state == null) {
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        if (!loop.turn().accepting()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return;
        }
        Explanation explanation = loop.answers().explain(citizen.high(), citizen.low());
        boolean delivered = loop.answers().delivered(citizen.high(), citizen.low());
        loop.turn().event(explanation != null, citizen.high(), citizen.low(), scoreShown);
        loop.turn().after(written -> {
            if (!written) {
                Reply.later(response, Problem.NO_TRAIL, 1);
            } else if (explanation == null) {
                Reply.problem(response, Problem.NOT_ENROLLED);
            } else {
                Reply.personal(response, Reply.bytes(json -> ScoreJson.write(json, explanation, state, delivered)));
            }
        });
    }

    private void simulate(HttpServerRequest request, Caller caller) {
        if (caller instanceof Caller.Citizen citizen) {
            simulation.answer(request, citizen);
            return;
        }
        Reply.problem(request.response(), Problem.FORBIDDEN);
    }

    private void suspensions(HttpServerResponse response) {
        Reply.personal(response, Reply.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("suspensions");
            for (Suspensions.Suspended suspended : site.suspensions().all()) {
                json.writeStartObject();
                json.writeStringField("client", suspended.client());
                json.writeStringField("since", suspended.since().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    private void lift(HttpServerResponse response, @Nullable String client, Caller caller) {
        if (client == null || !site.suspensions().lift(client, caller.actor())) {
            Reply.problem(response, Problem.NOT_FOUND);
            return;
        }
        Reply.personal(response, Reply.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("client", client);
            json.writeBooleanField("suspended", false);
            json.writeEndObject();
        }));
    }

    private void matters(HttpServerResponse response, Caller caller) {
        if (!(caller instanceof Caller.Machine machine)) {
            Reply.problem(response, Problem.FORBIDDEN);
            return;
        }
        Reply.json(
                response,
                Reply.bytes(json -> VocabularyJson.matters(
                        json, currentMatters(), machine.client().client().matters())));
    }

    private void match(HttpServerRequest request, @Nullable String id, Caller caller) {
        if (!(caller instanceof Caller.Machine machine)) {
            Reply.problem(request.response(), Problem.FORBIDDEN);
            return;
        }
        for (Matter matter : currentMatters()) {
            if (matter.id().equals(id)) {
                matches.answer(request, machine.client(), matter);
                return;
            }
        }
        Reply.problem(request.response(), Problem.NOT_FOUND);
    }

    private void ready(HttpServerResponse response) {
        State state = loop.advance();
        List<Readiness.Part> missing = readiness.missing(state);
        if (state == null || !missing.isEmpty()) {
            response.putHeader(HttpHeaders.RETRY_AFTER, "1");
            Reply.problem(
                    response,
                    missing.equals(List.of(Readiness.Part.TRAIL)) ? Problem.NO_TRAIL : Problem.NOT_READY,
                    missing.stream().map(Readiness.Part::fault).toList());
            return;
        }
        Reply.json(response, Reply.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("status", "ready");
            json.writeStringField("snapshot", state.snapshot());
            json.writeStringField("as_of", state.day().toString());
            json.writeStringField("facts_as_of", state.factsAsOf().toString());
            json.writeNumberField("position", state.position());
            json.writeStringField("rules_version", state.rulesVersion());
            Live live = site.live();
            json.writeArrayFieldStart("failed_snapshots");
            if (live != null) {
                for (String version : live.operations().failures().keySet()) {
                    json.writeString(version);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    private List<SceneRule> scenes() {
        State state = loop.advance();
        return state == null ? site.scenes() : state.scenes();
    }

    private List<Matter> currentMatters() {
        State state = loop.advance();
        return state == null ? site.matters() : state.matters();
    }

    private boolean demonstration() {
        return site.config().demonstration();
    }

    private static void text(HttpServerResponse response, String type, Buffer body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, type);
        Reply.end(response, body);
    }
}
