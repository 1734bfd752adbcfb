package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;

import io.gatling.javaapi.core.Assertion;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all simulations have in common: the city whose people come, the protocol, a warm-up of the generator that is not
 * reported, the figures of the server before, during and after, a summary with plots. Load is open: people come whether or not
 * the one before has been answered.
 *
 * <p>A run fails by its assertions: no failed request, the percentiles that the simulation names, and the server's own figures
 * ({@link ServerWatch}), which are requests that fail.
 */
abstract class CitySimulation extends Simulation {
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final double WARM_UP_RATE_MAX = 500;
    private static final double FAILED_PERCENT_MAX = 5;

    final City city = DemoCity.city();
    final Latencies latencies = new Latencies();
    final Asks asks = new Asks(latencies);
    final Feeds feeds;

    private @Nullable ServerWatch watch;

    CitySimulation() {
        long seed = Settings.trafficSeed();
        System.out.println(getClass().getSimpleName() + " on " + Settings.baseUrl() + ", -DtrafficSeed=" + seed);
        feeds = new Feeds(city, seed);
    }

    /** Runs the populations together after a warm-up, without judging the server by its own figures. */
    final void run(double rate, List<PopulationBuilder> populations, List<Assertion> assertions) {
        List<Assertion> all = new ArrayList<>(assertions);
        all.add(global().failedRequests().count().is(0L));
        set(warmUp(rate).andThen(populations.toArray(PopulationBuilder[]::new)), all);
    }

    /** Runs a population that is meant to find the server's limit: what fails beyond it fails no run. */
    final void runToTheLimit(double rate, PopulationBuilder population) {
        set(
                warmUp(rate).andThen(population),
                List.of(global().failedRequests().percent().lt(FAILED_PERCENT_MAX)));
    }

    /** The same with the server's figures read before and during, and judged after the populations. */
    final void runJudged(
            double rate,
            Duration span,
            boolean alone,
            @Nullable Books books,
            List<PopulationBuilder> populations,
            List<Assertion> assertions) {
        List<Assertion> all = new ArrayList<>(assertions);
        all.add(global().failedRequests().count().is(0L));
        ServerWatch server = new ServerWatch(latencies, span, alone, books);
        watch = server;
        List<PopulationBuilder> load = new ArrayList<>(populations);
        load.add(server.during());
        PopulationBuilder judged = (books == null
                        ? scenario("the server is judged").exec(server.judged())
                        : scenario("the server is judged").exec(books.read()).exec(server.judged()))
                .injectOpen(atOnceUsers(1));
        set(
                server.begin()
                        .andThen(warmUp(rate))
                        .andThen(load.toArray(PopulationBuilder[]::new))
                        .andThen(judged),
                all);
    }

    private PopulationBuilder warmUp(double rate) {
        // The generator's own first requests are slow; they are not the server's.
        return scenario("warm-up")
                .exec(feed(feeds.travellers(-1)), asks.silentCheck("transit"))
                .injectOpen(
                        constantUsersPerSec(Math.min(rate, WARM_UP_RATE_MAX)).during(WARM_UP));
    }

    private void set(PopulationBuilder population, List<Assertion> assertions) {
        HttpProtocolBuilder protocol = http.baseUrl(Settings.baseUrl())
                .warmUp(Settings.managementUrl() + "/health/live")
                .shareConnections()
                .contentTypeHeader("application/json")
                .acceptHeader("*/*");
        setUp(population).protocols(protocol).assertions(assertions);
    }

    /** The 99.9th percentile of a request, seen by the client, is below. */
    static Assertion p999(String request, int belowMs) {
        return details(request).responseTime().percentile(99.9).lt(belowMs);
    }

    /** What the summary says beside latencies. */
    List<String> words() {
        ServerWatch judging = watch;
        return judging == null ? List.of() : judging.words();
    }

    @Override
    public void after() {
        try {
            new Summary(getClass().getSimpleName(), latencies, words()).write();
        } catch (IOException e) {
            throw new UncheckedIOException("the summary cannot be written: " + e.getMessage(), e);
        }
    }
}
