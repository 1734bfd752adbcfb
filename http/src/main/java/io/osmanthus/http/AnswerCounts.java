package io.osmanthus.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.SceneRule;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/*
 * What benefits are answered is the one figure here that is about persons. So it is of whole hours that are over, starts at
 * a floor, is rounded, and knows no client. Answers without a benefit are not shown at all: beside the exact number of
 * checks of a scene they would give away a benefit that stays below the floor.
 */

/** The answers of the last whole hour by scene and benefit, in tens and from 20 on. Thread-safe. */
final class AnswerCounts {
    /** Fewer answers than this in an hour are not shown. */
    static final int FLOOR = 20;

    static final int ROUNDED_TO = 10;

    private static final long HOUR_MS = 3_600_000;

    private final MultiGauge gauge;

    /** The hour that is being counted; guarded by this, as is all below. */
    private long hour = Long.MIN_VALUE;

    private Map<Cell, Long> counting = new HashMap<>();

    private record Cell(String scene, String benefit) {}

    AnswerCounts(MeterRegistry registry) {
        gauge = MultiGauge.builder("osmanthus.answers.hourly")
                .description("Answers with a benefit in the last whole hour, rounded to 10; absent below 20")
                .register(registry);
    }

    /** A tally for one event loop. */
    Tally tally(List<SceneRule> scenes) {
        return new Tally(scenes);
    }

    /** Shows the last whole hour: called before a scrape. */
    synchronized void show(long nowMs) {
        turn(Math.floorDiv(nowMs, HOUR_MS));
    }

    private synchronized void add(String scene, String benefit, long count, long nowMs) {
        turn(Math.floorDiv(nowMs, HOUR_MS));
        counting.merge(new Cell(scene, benefit), count, Long::sum);
    }

    private void turn(long now) {
        if (now <= hour) {
            return;
        }
        Map<Cell, Long> last = now == hour + 1 ? counting : Map.of();
        hour = now;
        counting = new HashMap<>();
        gauge.register(
                last.entrySet().stream()
                        .filter(cell -> cell.getValue() >= FLOOR)
                        .map(cell -> MultiGauge.Row.of(
                                Tags.of(
                                        "scene",
                                        cell.getKey().scene(),
                                        "benefit",
                                        cell.getKey().benefit()),
                                rounded(cell.getValue())))
                        .toList(),
                true);
    }

    private static long rounded(long count) {
        return (count + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO;
    }

    /** Counts for one event loop, in plain memory, and hands in ten times a second. */
    final class Tally {
        private static final int CODES = 16;

        private final String[] scene;
        private final String[] benefit;
        private final long[] counts;

        private Tally(List<SceneRule> scenes) {
            int places = scenes.stream()
                            .mapToInt(rule -> rule.definition().index() + 1)
                            .max()
                            .orElse(0)
                    * CODES;
            scene = new String[places];
            benefit = new String[places];
            counts = new long[places];
            Arrays.fill(scene, "");
            Arrays.fill(benefit, "");
            for (SceneRule rule : scenes) {
                for (Benefit one : rule.benefits()) {
                    int place = rule.definition().index() * CODES + one.code();
                    scene[place] = rule.definition().id();
                    benefit[place] = one.id();
                }
            }
        }

        /** One answer was made. */
        void answered(int sceneIndex, int code) {
            counts[sceneIndex * CODES + code]++;
        }

        void handIn(long nowMs) {
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    if (!benefit[i].isEmpty()) {
                        add(scene[i], benefit[i], counts[i], nowMs);
                    }
                    counts[i] = 0;
                }
            }
        }
    }
}
