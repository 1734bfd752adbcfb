package io.osmanthus.loadtests;

import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.city.Token;
import io.osmanthus.snapshots.city.Traffic;
import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Who comes: endless streams of what a simulation's users show, drawn from the synthetic city with a realistic skew. Each
 * stream is for one scenario; the same seed gives the same.
 */
final class Feeds {
    /** Two in a hundred show a token that nobody has bound: visitors. */
    static final double UNKNOWN_SHARE = 0.02;

    private final City city;
    private final long seed;

    Feeds(City city, long seed) {
        this.city = city;
        this.seed = seed;
    }

    /** Travellers and customers: cards and app codes. */
    Iterator<Map<String, Object>> travellers(int stream) {
        Traffic traffic = new Traffic(city, seed + stream, UNKNOWN_SHARE);
        return endless(() -> shown(traffic.next()));
    }

    /** Drivers at the exit of a car park: plates, few of them daily. */
    Iterator<Map<String, Object>> drivers(int stream) {
        SplittableRandom random = new SplittableRandom(seed + stream);
        return endless(() -> shown(plate(random)));
    }

    /** Bodies of batches of so many travellers, each with its size. */
    Iterator<Map<String, Object>> batches(int stream, int subjects) {
        Traffic traffic = new Traffic(city, seed + stream, UNKNOWN_SHARE);
        return endless(() -> {
            StringBuilder body = new StringBuilder(subjects * 48).append("{\"subjects\":[");
            for (int i = 0; i < subjects; i++) {
                body.append(i == 0 ? "" : ",").append(json(traffic.next()));
            }
            return Map.of("body", body.append("]}").toString());
        });
    }

    /** Bodies of matches of so many organisations by code. */
    Iterator<Map<String, Object>> matches(int stream, int organisations) {
        SplittableRandom random = new SplittableRandom(seed + stream);
        return endless(() -> {
            StringBuilder body = new StringBuilder(organisations * 32).append("{\"organisations\":[");
            for (int i = 0; i < organisations; i++) {
                String code = city.uscc(random.nextLong(city.organisations()));
                body.append(i == 0 ? "" : ",")
                        .append("{\"uscc\":\"")
                        .append(code)
                        .append("\"}");
            }
            return Map.of("body", body.append("]}").toString());
        });
    }

    static String json(Token token) {
        return "{\"scheme\":\"" + token.scheme().word() + "\",\"token\":\"" + token.token() + "\"}";
    }

    /** Skewed as travellers are: the index follows u cubed. */
    private Token plate(SplittableRandom random) {
        if (city.plates() == 0 || random.nextDouble() < UNKNOWN_SHARE) {
            return city.unknownCard(random.nextLong() >>> 1);
        }
        double u = random.nextDouble();
        return city.token(city.persons() + (long) (city.plates() * (u * u * u)));
    }

    private static Map<String, Object> shown(Token token) {
        return Map.of("scheme", token.scheme().word(), "token", token.token());
    }

    private static Iterator<Map<String, Object>> endless(Supplier<Map<String, Object>> next) {
        return Stream.generate(next).iterator();
    }
}
