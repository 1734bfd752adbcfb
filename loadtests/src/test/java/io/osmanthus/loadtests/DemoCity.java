package io.osmanthus.loadtests;

import io.osmanthus.snapshots.city.City;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The city that the demo serves, or another by {@code -Dpersons= -Dseed=}: its tokens and codes are known without its files.
 */
public final class DemoCity {
    private static final long PERSONS = 200_000;
    private static final long SEED = 2020;

    private DemoCity() {}

    public static City city() {
        long persons = number("persons", PERSONS);
        return new City(
                persons, Math.max(1, persons / 10), number("seed", SEED), LocalDate.now(ZoneId.of("Asia/Shanghai")));
    }

    /** A system property; the default where it is not given or empty. */
    static String text(String property, String otherwise) {
        String text = System.getProperty(property, "");
        return text.isBlank() ? otherwise : text.strip();
    }

    /** The number of a system property; the default where it is not given or empty. */
    public static long number(String property, long otherwise) {
        String text = System.getProperty(property, "");
        return text.isBlank() ? otherwise : Long.parseLong(text.strip());
    }
}
