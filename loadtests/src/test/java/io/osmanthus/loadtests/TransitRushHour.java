package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import java.util.List;

/**
 * A working day at the gates, ten minutes long: travellers come whether or not the one before has been answered, few of them
 * often, and one in fifty with a card of another city. {@code -Drate=} is checks a second at the two peaks (3,000).
 */
public final class TransitRushHour extends CitySimulation {
    private static final String SCENE = "transit";

    public TransitRushHour() {
        double peak = Settings.rate(3_000);
        run(
                peak,
                List.of(scenario("a traveller at a gate")
                        .exec(feed(feeds.travellers(0)), asks.check(SCENE))
                        .injectOpen(Day.twoPeaks(peak, Settings.duration("10m")))),
                List.of(p999(Asks.checkName(SCENE), Settings.p999Ms(50))));
    }
}
