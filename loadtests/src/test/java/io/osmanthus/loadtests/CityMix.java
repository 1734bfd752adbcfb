package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.details;

import io.gatling.javaapi.core.PopulationBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The city's peak hour, all scenes at once, with consents given and withdrawn and a snapshot swapped meanwhile. {@code -Drate=}
 * is arrivals a second: 500 is Suzhou's peak, 5,000 ten times that. At its end some citizens read who asked about them, and the
 * server's own figures are judged: p99.9 within 10 ms, a flat heap, a trail that holds every answer.
 *
 * <p>{@code -DswapPause=} lies between two swaps (60s); {@code -Dalone=false} where others ask the same server.
 */
public final class CityMix extends CitySimulation {
    private static final int CITIZENS_WHO_READ = 50;

    public CityMix() {
        double rate = Settings.rate(500);
        Duration duration = Settings.duration("10m");
        boolean alone = Boolean.parseBoolean(Settings.text("alone", "true"));
        Citizens citizens = Citizens.ofPart(city, 2);
        List<PopulationBuilder> populations = new ArrayList<>(Mix.of(feeds, asks, citizens, rate, duration));
        populations.add(Swaps.every(Settings.span(Settings.text("swapPause", "60s")), duration));
        runJudged(
                rate,
                duration,
                alone,
                new Books(citizens, latencies, CITIZENS_WHO_READ, alone),
                populations,
                List.of(
                        p999(Asks.checkName("transit"), Settings.p999Ms(100)),
                        details(Swaps.SEEN).successfulRequests().count().gte(1L)));
    }
}
