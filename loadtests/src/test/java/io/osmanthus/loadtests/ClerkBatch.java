package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import java.time.Duration;
import java.util.List;

/**
 * Offices at work: batches of checks (a bus company settles a line), and departments that match bidders against lists. {@code
 * -Drate=} is batches a second (2), and as many matches; {@code -Dsubjects=} of a batch (1,000), {@code -Dorganisations=} of a
 * match (200).
 */
public final class ClerkBatch extends CitySimulation {
    private static final String SCENE = "transit";
    private static final String MATTER = "tendering";

    public ClerkBatch() {
        double rate = Settings.rate(2);
        int subjects = Settings.whole("subjects", 1_000);
        int organisations = Settings.whole("organisations", 200);
        Duration duration = Settings.duration("5m");
        run(
                rate,
                List.of(
                        scenario("a clerk with a batch")
                                .exec(feed(feeds.batches(0, subjects)), asks.batch(SCENE, subjects))
                                .injectOpen(constantUsersPerSec(rate).during(duration)),
                        scenario("a clerk who matches")
                                .exec(feed(feeds.matches(1, organisations)), asks.match(MATTER, organisations))
                                .injectOpen(constantUsersPerSec(rate).during(duration))),
                List.of(
                        p999(Asks.batchName(SCENE), Settings.p999Ms(500)),
                        p999(Asks.matchName(MATTER), Settings.p999Ms(500))));
    }
}
