package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.core.CoreDsl.substring;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.OpenInjectionStep;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import io.osmanthus.snapshots.city.Token;
import io.osmanthus.snapshots.city.Traffic;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A working day at the gates (早晚高峰), open loop: travellers come whether or not the one before has been answered, few of
 * them often, and one in fifty with a card of another city. Two peaks, scaled into a duration:
 *
 * <pre>
 * share of the duration   20 %      15 %   15 %      10 %    15 %      15 %   10 %
 * checks a second         low→peak  peak   peak→low  low     low→peak  peak   peak→low
 * </pre>
 *
 * <p>System properties: {@code baseUrl} (http://127.0.0.1:8080), {@code duration} (seconds, or with a unit: 10m, 20s), {@code
 * rate} (checks a second at the peak, 3000; low is a tenth), {@code p999Ms} (the 99.9th percentile that still passes, 50),
 * {@code persons} and {@code seed} of the city. The API key of a transit terminal comes from the environment variable
 * {@code OSMANTHUS_API_KEY} and from nowhere else.
 */
public final class TransitRushHour extends Simulation {
    private static final String KEY_VARIABLE = "OSMANTHUS_API_KEY";
    private static final String REQUEST = "POST /v1/scenes/transit/checks";
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final double WARM_UP_RATE_MAX = 500;
    private static final double UNKNOWN_SHARE = 0.02;

    private final String baseUrl = text("baseUrl", "http://127.0.0.1:8080");
    private final Duration duration = duration(text("duration", "10m"));
    private final double peak = Double.parseDouble(text("rate", "3000"));
    private final double low = peak / 10;

    public TransitRushHour() {
        Traffic traffic = new Traffic(DemoCity.city(), System.nanoTime(), UNKNOWN_SHARE);
        Iterator<Map<String, Object>> travellers =
                Stream.generate(() -> traveller(traffic.next())).iterator();
        HttpProtocolBuilder protocol = http.baseUrl(baseUrl)
                .warmUp(baseUrl + "/health/live")
                .shareConnections()
                .contentTypeHeader("application/json")
                .acceptHeader("application/json")
                .header("Authorization", "Bearer " + key());
        // The generator's own first requests are slow; they are not the server's.
        PopulationBuilder warmUp = scenario("warm-up")
                .exec(feed(travellers), check("warm-up").silent())
                .injectOpen(
                        constantUsersPerSec(Math.min(peak, WARM_UP_RATE_MAX)).during(WARM_UP));
        PopulationBuilder day = scenario("a traveller at a gate")
                .exec(feed(travellers), check(REQUEST))
                .injectOpen(day());
        setUp(warmUp.andThen(day))
                .protocols(protocol)
                .assertions(
                        global().failedRequests().count().is(0L),
                        details(REQUEST).responseTime().percentile(99.9).lt(Integer.parseInt(text("p999Ms", "50"))));
    }

    private static HttpRequestActionBuilder check(String name) {
        return http(name)
                .post("/v1/scenes/transit/checks")
                .body(StringBody("{\"scheme\":\"#{scheme}\",\"token\":\"#{token}\"}"))
                .check(status().is(200), substring("\"benefit\":").exists());
    }

    private OpenInjectionStep[] day() {
        return new OpenInjectionStep[] {
            rampUsersPerSec(low).to(peak).during(share(20)),
            constantUsersPerSec(peak).during(share(15)),
            rampUsersPerSec(peak).to(low).during(share(15)),
            constantUsersPerSec(low).during(share(10)),
            rampUsersPerSec(low).to(peak).during(share(15)),
            constantUsersPerSec(peak).during(share(15)),
            rampUsersPerSec(peak).to(low).during(share(10))
        };
    }

    private Duration share(int percent) {
        return Duration.ofMillis(duration.toMillis() * percent / 100);
    }

    private static Map<String, Object> traveller(Token token) {
        return Map.of("scheme", token.scheme().word(), "token", token.token());
    }

    private static String key() {
        String key = System.getenv(KEY_VARIABLE);
        if (key == null || key.isBlank()) {
            throw new IllegalStateException("set " + KEY_VARIABLE
                    + " to the API key of a transit terminal (the demo prints one); keys never stand in arguments");
        }
        return key.strip();
    }

    private static String text(String property, String otherwise) {
        String text = System.getProperty(property, "");
        return text.isBlank() ? otherwise : text.strip();
    }

    private static Duration duration(String text) {
        String iso = text.matches("[0-9]+") ? text + "S" : text.toUpperCase(Locale.ROOT);
        Duration duration = Duration.parse("PT" + iso);
        if (duration.compareTo(Duration.ofSeconds(10)) < 0) {
            throw new IllegalArgumentException("-Dduration is at least 10s (two peaks), found " + text);
        }
        return duration;
    }
}
