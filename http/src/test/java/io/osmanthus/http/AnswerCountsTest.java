package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The one figure of the metrics that is about persons: whole hours, a floor, rounded, no client, nothing of none. */
class AnswerCountsTest {
    private static final long HOUR_MS = 3_600_000;
    private static final String FAMILY = "osmanthus_answers_hourly";

    /** Half past an hour. */
    private final AtomicLong now =
            new AtomicLong(Instant.parse("2026-10-15T02:30:00Z").toEpochMilli());

    private static String row(String scene, int code, int count) {
        return FAMILY + "{benefit=\"" + Rig.benefit(scene, code) + "\",scene=\"" + scene + "\"} " + count + ".0";
    }

    private static void ask(Rig rig, String client, String scene, String body, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            assertEquals(200, rig.check(client, scene, body).status());
        }
    }

    /** Loops hand in at each tick: nine ticks of three loops, and each has had two at the least. */
    private static void awaitHandedIn(Rig rig) throws IOException {
        double ticks = ticks(rig);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (ticks(rig) < ticks + 9) {
            assertTrue(System.nanoTime() < until, "the loops do not tick");
            Thread.onSpinWait();
        }
    }

    private static double ticks(Rig rig) throws IOException {
        String name = "osmanthus_loop_lag_seconds_count ";
        return rig.manage("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void answers_ofTheLastHour_inTensFromTheFloorOn_withoutClient() throws Exception {
        try (Rig rig = Rig.at(() -> Instant.ofEpochMilli(now.get()))) {
            long asked = now.get();
            ask(rig, "gate", "transit", Rig.subject("card", Rig.CARD), 26);
            ask(rig, "garage", "parking", Rig.subject("plate", Rig.PLATE), 19);
            ask(rig, "gate", "transit", Rig.subject("card", "6212260000000002"), 40);
            String element = Rig.subject("uscc", Rig.USCC);
            String batch = "{\"subjects\":["
                    + String.join(
                            ",", IntStream.range(0, 20).mapToObj(i -> element).toList()) + "]}";
            assertEquals(200, rig.batch("counter", "approvals", batch).status());
            assertFalse(rig.manage("/metrics").body().contains(FAMILY + "{"), "nothing of an hour that is not over");

            awaitHandedIn(rig);
            now.set(asked + HOUR_MS);
            String metrics = rig.manage("/metrics").body();
            assertTrue(metrics.contains(row("transit", 1, 30)), "26 are shown as 30:\n" + metrics);
            assertTrue(metrics.contains(row("approvals", 1, 20)), "the floor is shown");
            assertFalse(metrics.contains(FAMILY + "{benefit=\"" + Rig.benefit("parking", 2)), "19 are not");
            assertEquals(
                    2,
                    metrics.lines()
                            .filter(line -> line.startsWith(FAMILY + "{"))
                            .count(),
                    "none is not");
            assertTrue(metrics.lines()
                    .filter(line -> line.startsWith(FAMILY + "{"))
                    .allMatch(line -> line.matches(FAMILY + "\\{benefit=\"[a-z-]+\",scene=\"[a-z-]+\"} \\d+\\.0")));

            now.set(asked + 2 * HOUR_MS);
            assertFalse(rig.manage("/metrics").body().contains(FAMILY + "{"), "an hour is shown for an hour");
        }
    }
}
