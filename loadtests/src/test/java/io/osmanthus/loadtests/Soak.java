package io.osmanthus.loadtests;

import java.time.Duration;
import java.util.List;

/**
 * The city's day without a pause, for hours: what leaks shows. The heap's floor must not rise, and the trail must hold every
 * answer. {@code -Drate=} is arrivals a second (500), {@code -Dduration=} 8h.
 */
public final class Soak extends CitySimulation {
    public Soak() {
        double rate = Settings.rate(500);
        Duration duration = Settings.duration("8h");
        boolean alone = Boolean.parseBoolean(Settings.text("alone", "true"));
        runJudged(
                rate,
                duration,
                alone,
                null,
                Mix.of(feeds, asks, Citizens.ofPart(city, 3), rate, duration),
                List.of(p999(Asks.checkName("transit"), Settings.p999Ms(100))));
    }
}
