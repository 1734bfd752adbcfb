package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import java.util.List;

/**
 * The exits of car parks over a day: the camera reads a plate and the barrier asks. Plates hold Chinese characters, so their
 * tokens are longer than their letters. {@code -Drate=} is checks a second at the two peaks (500).
 */
public final class ParkingExit extends CitySimulation {
    private static final String SCENE = "parking";

    public ParkingExit() {
        double peak = Settings.rate(500);
        run(
                peak,
                List.of(scenario("a car at an exit")
                        .exec(feed(feeds.drivers(0)), asks.check(SCENE))
                        .injectOpen(Day.twoPeaks(peak, Settings.duration("10m")))),
                List.of(p999(Asks.checkName(SCENE), Settings.p999Ms(50))));
    }
}
