package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.PopulationBuilder;
import java.time.Duration;
import java.util.List;

/*
 * A day of Suzhou, in millions of checks: rail 1.48 trips (2023), each asked for at entry and exit; bus 1.46 trips (2019), asked
 * for once. How often car parks, shops and citizens ask is published nowhere; assumed: one car in ten of 5.37 million leaves a
 * car park that asks, 0.3 rentals, and one citizen in two hundred opens the app. About 12 % of a day falls into its peak hour.
 */

/** The whole city at once, in the shares of its trips. */
final class Mix {
    private static final double RAIL = 2 * 1.48;
    private static final double BUS = 1.46;
    private static final double PARKING = 0.54;
    private static final double RETAIL = 0.30;
    private static final double CITIZENS = 0.065;
    private static final double ALL = RAIL + BUS + PARKING + RETAIL + CITIZENS;

    /** Of citizens who open the app so many take a consent back, and give it again. */
    private static final double WITHDRAWING = 0.2;

    private Mix() {}

    /** Everybody, so many arrivals a second in all. */
    static List<PopulationBuilder> of(Feeds feeds, Asks asks, Citizens citizens, double rate, Duration span) {
        double of = rate / ALL;
        return List.of(
                scenario("a traveller at a gate")
                        .exec(feed(feeds.travellers(0)), asks.check("transit"))
                        .injectOpen(constantUsersPerSec(of * RAIL).during(span)),
                scenario("a passenger of a bus")
                        .exec(feed(feeds.travellers(1)), asks.check("transit"))
                        .injectOpen(constantUsersPerSec(of * BUS).during(span)),
                scenario("a car at an exit")
                        .exec(feed(feeds.drivers(2)), asks.check("parking"))
                        .injectOpen(constantUsersPerSec(of * PARKING).during(span)),
                scenario("a customer who rents")
                        .exec(feed(feeds.travellers(3)), asks.check("retail"))
                        .injectOpen(constantUsersPerSec(of * RETAIL).during(span)),
                scenario("a citizen with the app")
                        .exec(feed(citizens), CitizenApp.visit(asks, "culture"))
                        .injectOpen(constantUsersPerSec(of * CITIZENS * (1 - WITHDRAWING))
                                .during(span)),
                scenario("a citizen who withdraws")
                        .exec(feed(citizens), ConsentStorm.withdrawal(asks, "transit"))
                        .injectOpen(
                                constantUsersPerSec(of * CITIZENS * WITHDRAWING).during(span)));
    }
}
