package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jmesPath;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Session;
import java.time.Duration;

/**
 * An operator who activates another snapshot again and again through the operators' route, and waits each time until the
 * server serves it. The store must hold two: {@code demo --snapshots 2}.
 */
final class Swaps {
    /** The request that is made once for each swap that was seen through. */
    static final String SEEN = "GET /health/ready (swapped)";

    private static final Duration POLL = Duration.ofMillis(500);
    private static final int POLLS_MAX = 1_200;

    private Swaps() {}

    /** Swaps at once, then every so often, as long as the span lasts. */
    static PopulationBuilder every(Duration pause, Duration span) {
        return scenario("an operator who swaps")
                // A swap that has begun is seen through, also beyond the span.
                .during(span, false)
                .on(swap().pause(pause))
                .injectOpen(atOnceUsers(1));
    }

    private static ChainBuilder swap() {
        return exec(Asks.operator(http("GET /v1/snapshots").get("/v1/snapshots"))
                        .check(
                                status().is(200),
                                jmesPath("snapshots[?current==`false` && failed==null].version | [0]")
                                        .saveAs("version")))
                .exec(Asks.operator(http("POST /v1/snapshots/{version}/activation")
                                .post("/v1/snapshots/#{version}/activation"))
                        .check(status().is(200)))
                .exec(session -> session.set("served", "").set("polls", 0))
                .exec(asLongAs(Swaps::waits)
                        .on(exec(ready("GET /health/ready")
                                        .check(jmesPath("snapshot").saveAs("served")))
                                .pause(POLL)
                                .exec(session -> session.set("polls", session.getInt("polls") + 1))))
                .exec(ready(SEEN).check(jmesPath("snapshot").isEL("#{version}")));
    }

    private static io.gatling.javaapi.http.HttpRequestActionBuilder ready(String name) {
        return http(name).get(Settings.managementUrl() + "/health/ready").check(status().is(200));
    }

    private static boolean waits(Session session) {
        return !Asks.text(session, "served").equals(Asks.text(session, "version"))
                && session.getInt("polls") < POLLS_MAX;
    }
}
