package io.osmanthus.loadtests;

import java.time.Duration;
import java.util.Locale;

/** What an operator says to a load test: system properties, and keys from the environment and from nowhere else. */
final class Settings {
    private Settings() {}

    /** The server under test. */
    static String baseUrl() {
        return text("baseUrl", "http://127.0.0.1:8080");
    }

    /** Where the server's own figures are; in production the management listener. */
    static String managementUrl() {
        return text("managementUrl", baseUrl());
    }

    /** {@code -Dduration=}: seconds, or with a unit (20s, 10m, 8h); at least ten seconds. */
    static Duration duration(String otherwise) {
        Duration duration = span(text("duration", otherwise));
        if (duration.compareTo(Duration.ofSeconds(10)) < 0) {
            throw new IllegalArgumentException("-Dduration is at least 10s, found " + text("duration", otherwise));
        }
        return duration;
    }

    /** A span of time: seconds, or with a unit. */
    static Duration span(String text) {
        return Duration.parse("PT" + (text.matches("[0-9]+") ? text + "S" : text.toUpperCase(Locale.ROOT)));
    }

    /** {@code -Drate=}: arrivals a second. */
    static double rate(double otherwise) {
        double rate = Double.parseDouble(text("rate", String.valueOf(otherwise)));
        if (!(rate > 0 && rate <= 1_000_000)) {
            throw new IllegalArgumentException("-Drate is more than 0 and at most 1000000 a second, found " + rate);
        }
        return rate;
    }

    /** {@code -Dp999Ms=}: the 99.9th percentile, seen by the client, that still passes. */
    static int p999Ms(int otherwise) {
        return whole("p999Ms", otherwise);
    }

    /** {@code -DtrafficSeed=}: who comes when; printed, so that a run can be had again. */
    static long trafficSeed() {
        String text = text("trafficSeed", "");
        return text.isEmpty() ? System.nanoTime() : Long.parseLong(text);
    }

    static int whole(String property, int otherwise) {
        return Integer.parseInt(text(property, String.valueOf(otherwise)));
    }

    static String text(String property, String otherwise) {
        String text = System.getProperty(property, "");
        return text.isBlank() ? otherwise : text.strip();
    }

    /** A key or file name of the environment; {@code whose} says what is missing. */
    static String fromEnvironment(String variable, String whose) {
        String value = System.getenv(variable);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    "set " + variable + " to " + whose + " (the demo prints it); keys never stand in arguments");
        }
        return value.strip();
    }
}
