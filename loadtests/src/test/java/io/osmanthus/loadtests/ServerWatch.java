package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server's own figures during a run and judges them at its end, so that what only the server knows fails the run as
 * any failed request does: how long it took over checks, whether its heap grows, whether its trail holds every answer.
 */
final class ServerWatch {
    private static final String CHECKS = "osmanthus_checks_seconds";
    /** How late event loops come to their work: what a request waits before the server's own time of it begins. */
    private static final String LAG = "osmanthus_loop_lag_seconds";

    private static final String TRAIL = "osmanthus_trail_events_total";
    private static final String BUDGET_SECONDS = Settings.text("serverP999Seconds", "0.01");
    private static final String BUDGET = "le=\"" + BUDGET_SECONDS + "\"";
    private static final double WITHIN_BUDGET = 0.999;

    /** A heap is judged by its floors: the least that was used in each fifth of a run. */
    private static final int FIFTHS = 5;

    /** Shorter runs see too few collections for a floor. */
    private static final Duration HEAP_SPAN_MIN = Duration.ofMinutes(5);

    private static final double HEAP_GROWTH_MAX = 1.2;
    private static final double HEAP_GROWTH_BYTES_MAX = 32 << 20;

    private final Latencies latencies;
    private final Duration span;
    private final boolean alone;
    private final @Nullable Books books;
    private final List<Double> heap = new ArrayList<>();
    private @Nullable Exposition first;
    private @Nullable Exposition last;

    /**
     * A watch over a run.
     *
     * @param alone whether nobody else asks this server: then its trail grows by exactly what this run was answered
     * @param books what single citizens read in their trail, or null
     */
    ServerWatch(Latencies latencies, Duration span, boolean alone, @Nullable Books books) {
        this.latencies = latencies;
        this.span = span;
        this.alone = alone;
        this.books = books;
    }

    /** Reads the figures before anything else is asked. */
    PopulationBuilder begin() {
        return scenario("the server's figures, before")
                .exec(metrics("GET /metrics"))
                .injectOpen(atOnceUsers(1));
    }

    /** Reads the figures every second or two while the load is on. */
    PopulationBuilder during() {
        return scenario("the server's figures")
                .during(span)
                .on(metrics("GET /metrics").pause(Duration.ofMillis(span.toHours() > 0 ? 10_000 : 1_500)))
                .injectOpen(atOnceUsers(1));
    }

    /** Reads the figures once more and judges. */
    ChainBuilder judged() {
        return exec(http("GET /metrics (judged)")
                .get(Settings.managementUrl() + "/metrics")
                .check(status().is(200), bodyString().validate("the server's own figures", (body, session) -> {
                    seen(body, session);
                    judge();
                    return body;
                })));
    }

    private ChainBuilder metrics(String name) {
        return exec(http(name)
                .get(Settings.managementUrl() + "/metrics")
                .check(status().is(200), bodyString().validate("figures", (body, session) -> {
                    seen(body, session);
                    return body;
                })));
    }

    private synchronized void seen(@Nullable String body, Session session) {
        if (body == null) {
            throw new IllegalStateException("the metrics are empty for user " + session.userId());
        }
        Exposition figures = Exposition.parse(body);
        if (!figures.has(TRAIL) || !figures.has(CHECKS + "_count")) {
            throw new IllegalStateException("the metrics lack " + TRAIL + " or " + CHECKS);
        }
        if (first == null) {
            first = figures;
        }
        last = figures;
        heap.add(figures.sum("jvm_memory_used_bytes", "area=\"heap\""));
    }

    /** What the server said, in words. */
    synchronized List<String> words() {
        Exposition before = first;
        Exposition after = last;
        if (before == null || after == null) {
            return List.of("the server's figures were not read");
        }
        double checks = grown(before, after, CHECKS + "_count", "");
        double within = grown(before, after, CHECKS + "_bucket", BUDGET);
        List<String> words = new ArrayList<>();
        words.add(say(
                "%.0f single checks, %.4f %% of them within %s s on the server",
                checks, 100 * within / checks, BUDGET_SECONDS));
        double looks = grown(before, after, LAG + "_count", "");
        words.add(say(
                "%.0f looks at the event loops' lag, %.4f %% of them within %s s",
                looks, 100 * grown(before, after, LAG + "_bucket", BUDGET) / looks, BUDGET_SECONDS));
        words.add(say(
                "%.0f events in the trail, %d answers about persons received",
                grown(before, after, TRAIL, ""), latencies.answersAboutPersons()));
        if (books != null) {
            words.add(books.words());
        }
        double[] floors = floors();
        words.add(say("heap, the floor of each fifth of the run, in MiB: %s", mebibytes(floors)));
        return List.copyOf(words);
    }

    private synchronized void judge() {
        Exposition before = first;
        Exposition after = last;
        if (before == null || after == null) {
            throw new IllegalStateException("the figures were not read before the load");
        }
        double checks = grown(before, after, CHECKS + "_count", "");
        double within = grown(before, after, CHECKS + "_bucket", BUDGET);
        require(checks > 0 && within >= WITHIN_BUDGET * checks, "p99.9 on the server is over " + BUDGET_SECONDS + " s");
        double looks = grown(before, after, LAG + "_count", "");
        require(
                looks > 0 && grown(before, after, LAG + "_bucket", BUDGET) >= WITHIN_BUDGET * looks,
                "p99.9 of the event loops' lag is over " + BUDGET_SECONDS + " s");
        double events = grown(before, after, TRAIL, "");
        long received = latencies.answersAboutPersons();
        require(!alone || Math.round(events) == received, "the trail grew by " + events + ", received " + received);
        require(events >= received, "the trail grew by " + events + " only, received " + received);
        require(
                books == null || books.differences().isEmpty(),
                "the trail differs: " + (books == null ? "" : books.differences()));
        double[] floors = floors();
        boolean flat = floors[FIFTHS - 1] <= HEAP_GROWTH_MAX * floors[1] + HEAP_GROWTH_BYTES_MAX;
        require(flat || span.compareTo(HEAP_SPAN_MIN) < 0, "the heap grows: floors in MiB " + mebibytes(floors));
    }

    /** A failed check of Gatling's keeps its message short; the reason is printed as well. */
    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            System.err.println("server: " + otherwise);
            throw new IllegalStateException(otherwise);
        }
    }

    private static double grown(Exposition before, Exposition after, String name, String label) {
        return after.sum(name, label) - before.sum(name, label);
    }

    private double[] floors() {
        double[] floors = new double[FIFTHS];
        for (int i = 0; i < FIFTHS; i++) {
            floors[i] = heap.subList(i * heap.size() / FIFTHS, (i + 1) * heap.size() / FIFTHS).stream()
                    .mapToDouble(Double::doubleValue)
                    .min()
                    .orElse(0);
        }
        return floors;
    }

    private static String mebibytes(double[] bytes) {
        StringBuilder words = new StringBuilder();
        for (double value : bytes) {
            words.append(words.isEmpty() ? "" : ", ").append(Math.round(value / (1 << 20)));
        }
        return words.toString();
    }

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
