package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import java.time.Duration;
import java.util.List;

/**
 * New snapshots arrive while the gates ask: not one check may fail, and none wait long. {@code -Drate=} is checks a second
 * (1,000), {@code -DswapPause=} what lies between two swaps (20s).
 */
public final class SwapUnderLoad extends CitySimulation {
    private static final String SCENE = "transit";

    public SwapUnderLoad() {
        double rate = Settings.rate(1_000);
        Duration duration = Settings.duration("5m");
        run(
                rate,
                List.of(
                        scenario("a traveller at a gate")
                                .exec(feed(feeds.travellers(0)), asks.check(SCENE))
                                .injectOpen(constantUsersPerSec(rate).during(duration)),
                        Swaps.every(Settings.span(Settings.text("swapPause", "20s")), duration)),
                List.of(
                        p999(Asks.checkName(SCENE), Settings.p999Ms(100)),
                        details(Swaps.SEEN).successfulRequests().count().gte(1L)));
    }
}
