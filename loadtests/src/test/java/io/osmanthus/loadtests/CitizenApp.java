package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import java.util.List;

/**
 * Citizens with their app: they read their score, try what would change it, see who asked about them; one in four takes the
 * consent for a scene back and gives it again. {@code -Drate=} is citizens a second (20).
 */
public final class CitizenApp extends CitySimulation {
    private static final String SCENE = "culture";

    public CitizenApp() {
        double rate = Settings.rate(20);
        Citizens citizens = Citizens.ofPart(city, 0);
        run(
                rate,
                List.of(scenario("a citizen with the app")
                        .exec(feed(citizens), visit(asks, SCENE))
                        .injectOpen(constantUsersPerSec(rate).during(Settings.duration("5m")))),
                List.of(
                        p999("GET /v1/me/score", Settings.p999Ms(250)),
                        p999("POST /v1/me/score/simulation", Settings.p999Ms(250)),
                        p999("PUT /v1/me/consents/" + SCENE, Settings.p999Ms(1_000)),
                        p999("GET /v1/me/accesses", Settings.p999Ms(1_000))));
    }

    /** What a citizen does: one in four changes a consent. */
    static ChainBuilder visit(Asks asks, String scene) {
        return exec(asks.score(), asks.simulation())
                .randomSwitch()
                .on(new io.gatling.javaapi.core.Choice.WithWeight(25, exec(asks.withdraw(scene), asks.consent(scene))))
                .exec(asks.accesses());
    }
}
