package io.osmanthus.snapshots;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the time of a long work goes: a stop-watch with one phase at a time, each counted over all its turns. For one thread.
 */
public final class Phases {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Phase → nanoseconds, in the order in which phases first began. */
    private final Map<String, Long> nanos = new LinkedHashMap<>();

    private String current = "";
    private long beganNanos;

    /** Ends the phase under way, if any, and begins or goes on with another. */
    public void now(String phase) {
        end();
        nanos.putIfAbsent(phase, 0L);
        current = phase;
        beganNanos = System.nanoTime();
    }

    /** Ends the phase under way, if any. */
    public void end() {
        if (!current.isEmpty()) {
            nanos.merge(current, System.nanoTime() - beganNanos, Long::sum);
            current = "";
        }
    }

    /** What the phases took that have ended, in seconds. */
    public Map<String, Double> seconds() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        nanos.forEach((phase, taken) -> seconds.put(phase, taken / NANOS_PER_SECOND));
        return seconds;
    }

    /** One line to read: {@code 14.4 s: judge 8.1, write 4.9, publish 1.4}. */
    @Override
    public String toString() {
        Map<String, Double> seconds = seconds();
        double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        return seconds.entrySet().stream()
                .map(phase ->
                        String.format(Locale.ROOT, "%s %.1f", phase.getKey().replace('_', ' '), phase.getValue()))
                .collect(Collectors.joining(", ", String.format(Locale.ROOT, "%.1f s: ", all), ""));
    }
}
