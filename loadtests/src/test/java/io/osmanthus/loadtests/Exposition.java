package io.osmanthus.loadtests;

import java.util.HashMap;
import java.util.Map;

/** The server's figures as {@code /metrics} gives them: name with labels → value. Immutable. */
final class Exposition {
    private final Map<String, Double> values;

    private Exposition(Map<String, Double> values) {
        this.values = values;
    }

    /** Reads the text format of Prometheus; lines that are not samples are passed over. */
    static Exposition parse(String text) {
        Map<String, Double> values = new HashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int end = line.lastIndexOf(' ');
            if (end > 0) {
                values.put(line.substring(0, end), Double.parseDouble(line.substring(end + 1)));
            }
        });
        return new Exposition(Map.copyOf(values));
    }

    /** The sum of all samples of a name that carry a label (empty: any). */
    double sum(String name, String label) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().equals(name) || entry.getKey().startsWith(name + "{"))
                .filter(entry -> entry.getKey().contains(label))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** Whether there is any sample of a name. */
    boolean has(String name) {
        return values.keySet().stream().anyMatch(key -> key.equals(name) || key.startsWith(name + "{"));
    }
}
