package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jmesPath;
import static io.gatling.javaapi.core.CoreDsl.substring;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.util.function.Consumer;

/**
 * What is asked of the server, each with what makes its answer a good one. Every request is timed and counted in the
 * simulation's {@link Latencies}.
 */
final class Asks {
    /** Whether the request before was answered as it should be. */
    static final String ANSWERED = "answered";

    private static final String STARTED = "startedNanos";
    private static final String TERMINAL = "OSMANTHUS_API_KEY";
    private static final String DEPARTMENT = "OSMANTHUS_DEPARTMENT_KEY";
    private static final String OPERATOR = "OSMANTHUS_OPERATOR_KEY";

    private final Latencies latencies;

    Asks(Latencies latencies) {
        this.latencies = latencies;
    }

    static String checkName(String scene) {
        return "POST /v1/scenes/" + scene + "/checks";
    }

    static String batchName(String scene) {
        return checkName(scene) + "/batch";
    }

    static String matchName(String matter) {
        return "POST /v1/matters/" + matter + "/matches";
    }

    /** A terminal's check of the session's {@code scheme} and {@code token}. */
    ChainBuilder check(String scene) {
        return timed(check(checkName(scene), scene), this::checked);
    }

    /** Unreported checks, while the generator itself warms up. */
    ChainBuilder silentCheck(String scene) {
        return counted(check("warm-up", scene).silent(), this::checked);
    }

    private static HttpRequestActionBuilder check(String name, String scene) {
        return terminal(http(name)
                .post("/v1/scenes/" + scene + "/checks")
                .body(StringBody("{\"scheme\":\"#{scheme}\",\"token\":\"#{token}\"}"))
                .check(status().is(200), substring("\"benefit\":").exists()));
    }

    /** A check of the citizen's card, which must (or must not) have any benefit withheld by their consent. */
    ChainBuilder cardWithoutConsent(String scene) {
        HttpRequestActionBuilder request = http(checkName(scene) + " (withdrawn)")
                .post("/v1/scenes/" + scene + "/checks")
                .body(StringBody("{\"scheme\":\"card\",\"token\":\"#{card}\"}"))
                .check(status().is(200), substring("\"benefit\":null").exists());
        return timed(terminal(request), session -> latencies.aboutToken(text(session, "card")));
    }

    /** A batch of the session's {@code body}. */
    ChainBuilder batch(String scene, int subjects) {
        HttpRequestActionBuilder request = http(batchName(scene))
                .post("/v1/scenes/" + scene + "/checks/batch")
                .body(StringBody("#{body}"))
                .check(status().is(200), jmesPath("length(benefits)").ofInt().is(subjects));
        return timed(terminal(request), session -> latencies.aboutPersons(subjects));
    }

    /** The same without reading the answer as JSON, where the generator is to cost as little as it can. */
    ChainBuilder leanBatch(String scene, int subjects) {
        HttpRequestActionBuilder request = http(batchName(scene))
                .post("/v1/scenes/" + scene + "/checks/batch")
                .body(StringBody("#{body}"))
                .check(status().is(200), substring("\"benefits\":").exists());
        return timed(terminal(request), session -> latencies.aboutPersons(subjects));
    }

    /** A match of the session's {@code body}. */
    ChainBuilder match(String matter, int organisations) {
        HttpRequestActionBuilder request = http(matchName(matter))
                .post("/v1/matters/" + matter + "/matches")
                .header("Authorization", bearer(DEPARTMENT, "the API key of a department"))
                .body(StringBody("#{body}"))
                .check(
                        status().is(200),
                        jmesPath("length(organisations)").ofInt().is(organisations));
        return timed(request, session -> {});
    }

    /** The citizen's own score, and why. */
    ChainBuilder score() {
        HttpRequestActionBuilder request = http("GET /v1/me/score")
                .get("/v1/me/score")
                .check(status().is(200), substring("\"score\":").exists());
        return own(request, 1);
    }

    /** What the score would be with twenty more hours. */
    ChainBuilder simulation() {
        HttpRequestActionBuilder request = http("POST /v1/me/score/simulation")
                .post("/v1/me/score/simulation")
                .body(StringBody("{\"with\":[{\"item\":\"volunteer-hours\",\"quantity\":20}]}"))
                .check(status().is(200), substring("\"simulated\":true").exists());
        return own(request, 1);
    }

    /** Who asked about me. */
    ChainBuilder accesses() {
        HttpRequestActionBuilder request = http("GET /v1/me/accesses")
                .get("/v1/me/accesses")
                .check(status().is(200), substring("\"accesses\":").exists());
        return own(request, 1);
    }

    ChainBuilder withdraw(String scene) {
        HttpRequestActionBuilder request = http("DELETE /v1/me/consents/" + scene)
                .delete("/v1/me/consents/" + scene)
                .check(status().is(200));
        return own(request, 0);
    }

    ChainBuilder consent(String scene) {
        HttpRequestActionBuilder request = http("PUT /v1/me/consents/" + scene)
                .put("/v1/me/consents/" + scene)
                .body(StringBody("{\"purpose_version\":1}"))
                .check(status().is(200));
        return own(request, 0);
    }

    /** A request that an operator makes. */
    static HttpRequestActionBuilder operator(HttpRequestActionBuilder request) {
        return request.header("Authorization", bearer(OPERATOR, "the API key of an operator"));
    }

    private ChainBuilder own(HttpRequestActionBuilder request, int events) {
        return timed(request.header("Authorization", "Bearer #{jwt}"), session -> latencies.aboutPersons(events));
    }

    private static HttpRequestActionBuilder terminal(HttpRequestActionBuilder request) {
        return request.header("Authorization", bearer(TERMINAL, "the API key of a terminal"));
    }

    private static String bearer(String variable, String whose) {
        return "Bearer " + Settings.fromEnvironment(variable, whose);
    }

    private void checked(Session session) {
        latencies.aboutToken(text(session, "token"));
    }

    /** A session keeps what a feeder gave it; a value that is missing is a fault of the simulation. */
    static String text(Session session, String attribute) {
        String text = session.getString(attribute);
        if (text == null) {
            throw new IllegalStateException("the session has no " + attribute);
        }
        return text;
    }

    /** From when the request is handed to the generator's client until its answer has been checked. */
    private ChainBuilder timed(HttpRequestActionBuilder request, Consumer<Session> answered) {
        return exec(session -> session.set(STARTED, System.nanoTime()))
                .exec(request)
                .exec(session -> {
                    latencies.record(session.getLong(STARTED), !session.isFailed());
                    return done(session, answered);
                });
    }

    private static ChainBuilder counted(HttpRequestActionBuilder request, Consumer<Session> answered) {
        return exec(request).exec(session -> done(session, answered));
    }

    private static Session done(Session session, Consumer<Session> answered) {
        boolean sound = !session.isFailed();
        if (sound) {
            answered.accept(session);
        }
        return session.markAsSucceeded().set(ANSWERED, sound);
    }
}
