package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;

import io.gatling.javaapi.core.OpenInjectionStep;
import java.time.Duration;

/**
 * A working day with two peaks (早晚高峰), scaled into a duration; a tenth of the peak between them.
 *
 * <pre>
 * share of the duration   20 %      15 %   15 %      10 %    15 %      15 %   10 %
 * arrivals a second       low→peak  peak   peak→low  low     low→peak  peak   peak→low
 * </pre>
 */
final class Day {
    private static final double LOW_SHARE = 0.1;

    private Day() {}

    static OpenInjectionStep[] twoPeaks(double peak, Duration duration) {
        double low = peak * LOW_SHARE;
        return new OpenInjectionStep[] {
            rampUsersPerSec(low).to(peak).during(share(duration, 20)),
            constantUsersPerSec(peak).during(share(duration, 15)),
            rampUsersPerSec(peak).to(low).during(share(duration, 15)),
            constantUsersPerSec(low).during(share(duration, 10)),
            rampUsersPerSec(low).to(peak).during(share(duration, 15)),
            constantUsersPerSec(peak).during(share(duration, 15)),
            rampUsersPerSec(peak).to(low).during(share(duration, 10))
        };
    }

    /** One long peak, in the evening. */
    static OpenInjectionStep[] evening(double peak, Duration duration) {
        double low = peak * LOW_SHARE;
        return new OpenInjectionStep[] {
            rampUsersPerSec(low).to(peak).during(share(duration, 40)),
            constantUsersPerSec(peak).during(share(duration, 30)),
            rampUsersPerSec(peak).to(low).during(share(duration, 30))
        };
    }

    private static Duration share(Duration duration, int percent) {
        return Duration.ofMillis(duration.toMillis() * percent / 100);
    }
}
