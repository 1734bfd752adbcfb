package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.OpenInjectionStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Where it breaks: load in steps, each a quarter higher, until p99.9 passes {@code -Dp999Ms=} (50), a request fails or the
 * answers fall behind; prints the capacity. {@code -Dask=single} (checks) or {@code batch} ({@code -Dsubjects=} each, 1,000);
 * {@code -Drate=} is the first step, {@code -DrateMax=} the highest, {@code -Dstep=} how long each is (10s).
 *
 * <p>One generator sends some ten thousand requests a second from a core: where it lags before the server does, the printed
 * capacity is the generator's. Batches reach the server's limit from any machine.
 */
public final class Saturation extends CitySimulation {
    private static final String SCENE = "transit";
    private static final String STEP = "step";
    private static final String STARTED = "stepStartedNanos";

    private final boolean batches = Settings.text("ask", "single").equals("batch");
    private final int subjects = batches ? Settings.whole("subjects", 1_000) : 1;
    private final Steps steps;

    public Saturation() {
        double first = Settings.rate(batches ? 20 : 500);
        double highest = Double.parseDouble(Settings.text("rateMax", batches ? "5000" : "60000"));
        Duration step = Settings.span(Settings.text(STEP, "10s"));
        steps = new Steps(first, highest, step, Settings.p999Ms(batches ? 250 : 50));
        Iterator<Map<String, Object>> feed = batches ? feeds.batches(0, subjects) : feeds.travellers(0);
        ChainBuilder ask = batches ? asks.leanBatch(SCENE, subjects) : asks.check(SCENE);
        OpenInjectionStep[] injection = IntStream.range(0, steps.count())
                .mapToObj(i -> constantUsersPerSec(steps.rate(i)).during(step))
                .toArray(OpenInjectionStep[]::new);
        runToTheLimit(
                first,
                scenario("steps")
                        .exec(exec(session -> session.set(STEP, steps.begun()).set(STARTED, System.nanoTime()))
                                .stopLoadGeneratorIf("the limit is found", session -> steps.over(session.getInt(STEP))))
                        .exec(feed(feed), ask)
                        .exec(session -> {
                            long waited = System.nanoTime() - session.getLong(STARTED);
                            steps.done(session.getInt(STEP), waited, session.getBoolean(Asks.ANSWERED));
                            return session;
                        })
                        .injectOpen(injection));
    }

    @Override
    List<String> words() {
        List<String> words = new ArrayList<>(steps.words());
        words.add(String.format(
                Locale.ROOT,
                "capacity: %,.0f %s a second%s",
                steps.capacity() * subjects,
                batches ? "subjects in batches" : "single checks",
                steps.neverBroke() ? " at least: the steps ended before the server's limit" : ""));
        return List.copyOf(words);
    }
}
