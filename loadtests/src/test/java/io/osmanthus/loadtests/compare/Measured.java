package io.osmanthus.loadtests.compare;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A row of the comparison.
 *
 * @param what it does, in words
 * @param unit of the turns: "checks/s", "ns a look-up"
 * @param turns what was measured, in ascending order
 * @param dataBytes a subject by the peer's own account of its data, or null
 * @param residentBytes a subject of all its processes' resident memory, or null
 */
record Measured(
        String name,
        String what,
        String unit,
        List<Double> turns,
        @Nullable Double dataBytes,
        @Nullable Double residentBytes) {
    Measured {
        turns = turns.stream().sorted().toList();
    }

    double median() {
        int middle = turns.size() / 2;
        return turns.size() % 2 == 1 ? turns.get(middle) : (turns.get(middle - 1) + turns.get(middle)) / 2;
    }

    /** A line of the table. */
    String line() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | **%,.0f** %s | %,.0f – %,.0f | %s | %s |",
                name,
                what,
                median(),
                unit,
                turns.get(0),
                turns.get(turns.size() - 1),
                bytes(dataBytes),
                bytes(residentBytes));
    }

    private static String bytes(@Nullable Double bytes) {
        return bytes == null ? "" : String.format(Locale.ROOT, "%,.0f", bytes);
    }
}
