package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import java.util.List;

/**
 * Rentals without deposit over a day that is busiest in the evening. {@code -Drate=} is checks a second at the peak (300).
 */
public final class RetailDay extends CitySimulation {
    private static final String SCENE = "retail";

    public RetailDay() {
        double peak = Settings.rate(300);
        run(
                peak,
                List.of(scenario("a customer who rents")
                        .exec(feed(feeds.travellers(0)), asks.check(SCENE))
                        .injectOpen(Day.evening(peak, Settings.duration("10m")))),
                List.of(p999(Asks.checkName(SCENE), Settings.p999Ms(50))));
    }
}
