package io.osmanthus.loadtests;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The proof that the trail is whole: some citizens read who asked about them, and what they read is compared, event by event,
 * with the answers that the simulation's terminals received about their cards and apps.
 */
final class Books {
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");
    private static final Pattern CHECK = Pattern.compile("\"asked\":\"check\"");
    private static final int PAGES_MAX = 1_000;

    private final Citizens citizens;
    private final Latencies latencies;
    private final int sample;
    private final boolean alone;
    private final String from = Instant.now().toString();
    private final List<String> differences = new ArrayList<>();
    private int citizensRead;
    private long eventsRead;

    Books(Citizens citizens, Latencies latencies, int sample, boolean alone) {
        this.citizens = citizens;
        this.latencies = latencies;
        this.sample = Math.min(sample, citizens.count());
        this.alone = alone;
        latencies.watch(citizens.shownBy(this.sample));
    }

    /** Every citizen of the sample reads all pages. */
    ChainBuilder read() {
        return repeat(sample, "n")
                .on(exec(session -> session.setAll(citizens.at(session.getInt("n")))
                                .set("cursor", "")
                                .set("found", 0L)
                                .set("pages", 0))
                        .exec(asLongAs(Books::more).on(page()))
                        .exec(session -> {
                            compare(session.getLong("person"), session.getLong("found"));
                            return session;
                        }));
    }

    private ChainBuilder page() {
        return exec(http("GET /v1/me/accesses (books)")
                        .get(session -> "/v1/me/accesses?"
                                + (Asks.text(session, "cursor").isEmpty()
                                        ? "from=" + encoded(from)
                                        : "cursor=" + encoded(Asks.text(session, "cursor"))))
                        .header("Authorization", "Bearer #{jwt}")
                        .check(status().is(200), bodyString().saveAs("page")))
                .exec(session -> session.isFailed() ? session.set("cursor", "end") : read(session));
    }

    private Session read(Session session) {
        latencies.aboutPersons(1);
        String page = Asks.text(session, "page");
        Matcher next = NEXT.matcher(page);
        return session.set("cursor", next.find() ? next.group(1) : "end")
                .set(
                        "found",
                        session.getLong("found") + CHECK.matcher(page).results().count())
                .set("pages", session.getInt("pages") + 1);
    }

    private static boolean more(Session session) {
        return !Asks.text(session, "cursor").equals("end") && session.getInt("pages") < PAGES_MAX;
    }

    private synchronized void compare(long person, long found) {
        long received = latencies.answersAbout(person);
        citizensRead++;
        eventsRead += found;
        if (alone ? found != received : found < received) {
            differences.add("citizen " + citizensRead + " reads " + found + " checks, terminals received " + received);
        }
    }

    synchronized List<String> differences() {
        List<String> all = new ArrayList<>(differences);
        if (citizensRead < sample) {
            all.add("only " + citizensRead + " of " + sample + " citizens could read their trail");
        }
        return List.copyOf(all);
    }

    synchronized String words() {
        return citizensRead + " citizens read " + eventsRead
                + " checks about themselves; differences from what terminals" + " received: " + differences();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
