package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import java.time.Duration;
import java.util.List;

/**
 * Many citizens take their consent back at once, as after a report in the news, while the gates go on asking. Once a withdrawal
 * is acknowledged, no check of that citizen's card may show a benefit; then they consent again. {@code -Drate=} is citizens a
 * second (100), {@code -DcheckRate=} checks a second (1,000).
 */
public final class ConsentStorm extends CitySimulation {
    private static final String SCENE = "transit";

    public ConsentStorm() {
        double rate = Settings.rate(100);
        double checkRate = Settings.whole("checkRate", 1_000);
        Duration duration = Settings.duration("5m");
        run(
                checkRate,
                List.of(
                        scenario("a traveller at a gate")
                                .exec(feed(feeds.travellers(0)), asks.check(SCENE))
                                .injectOpen(constantUsersPerSec(checkRate).during(duration)),
                        scenario("a citizen who withdraws")
                                .exec(feed(Citizens.ofPart(city, 1)), withdrawal(asks, SCENE))
                                .injectOpen(constantUsersPerSec(rate).during(duration))),
                List.of(
                        p999(Asks.checkName(SCENE), Settings.p999Ms(100)),
                        p999("DELETE /v1/me/consents/" + SCENE, Settings.p999Ms(1_000))));
    }

    /** Withdraws, is answered nothing at a gate, consents again. */
    static ChainBuilder withdrawal(Asks asks, String scene) {
        return exec(asks.withdraw(scene), asks.cardWithoutConsent(scene), asks.consent(scene));
    }
}
