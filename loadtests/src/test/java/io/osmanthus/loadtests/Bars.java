package io.osmanthus.loadtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures beside the bars that they are to hold, as a table at the end of a measurement. For one thread. */
final class Bars {
    private record Bar(String what, double figure, double max, String unit) {
        boolean held() {
            return figure <= max;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-28s %10.2f %-8s at most %8.0f  %s",
                    what,
                    figure,
                    unit,
                    max,
                    held() ? "held" : "MISSED");
        }
    }

    private final List<Bar> bars = new ArrayList<>();

    /** A figure that may be as large as its bar. */
    void atMost(String what, double figure, double max, String unit) {
        bars.add(new Bar(what, figure, max, unit));
    }

    /** Prints all; whether all are held. */
    boolean print() {
        bars.forEach(System.out::println);
        return bars.stream().allMatch(Bar::held);
    }
}
