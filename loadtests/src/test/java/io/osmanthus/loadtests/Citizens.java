package io.osmanthus.loadtests;

import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Citizens with a token of the demonstration's issuer, from the file that {@code demo --citizens N --citizens-file F} keeps:
 * line n is the token of person n. Read anew from time to time, since tokens end within the hour. Each simulation takes every
 * fourth of them only, so that several may run at once without one withdrawing another's consents.
 */
final class Citizens implements Iterator<Map<String, Object>> {
    private static final String VARIABLE = "OSMANTHUS_CITIZENS_FILE";
    private static final int PARTS = 4;
    private static final long RELOAD_NANOS = Duration.ofMinutes(10).toNanos();

    private final Path file;
    private final City city;
    private final int part;
    private List<String> tokens;
    private long readNanos;
    private int next;

    private Citizens(Path file, City city, int part) {
        this.file = file;
        this.city = city;
        this.part = part;
        this.tokens = read(file, part);
        this.readNanos = System.nanoTime();
    }

    /** The citizens of a part, 0 to 3; over and over. */
    static Citizens ofPart(City city, int part) {
        return new Citizens(
                Path.of(Settings.fromEnvironment(VARIABLE, "the file of demo --citizens-file")), city, part);
    }

    /** How many there are. */
    synchronized int count() {
        return tokens.size();
    }

    /** The person behind the n-th citizen. */
    long person(int n) {
        return (long) n * PARTS + part;
    }

    /** What the n-th citizen holds: {@code jwt}, {@code card}, {@code person}. */
    synchronized Map<String, Object> at(int n) {
        if (System.nanoTime() - readNanos > RELOAD_NANOS) {
            tokens = read(file, part);
            readNanos = System.nanoTime();
        }
        return Map.of("jwt", tokens.get(n), "card", city.token(person(n)).token(), "person", person(n));
    }

    /** The tokens that each of the first citizens shows at gates, card and apps, to the person. */
    Map<String, Long> shownBy(int citizens) {
        Map<String, Long> owners = new HashMap<>();
        for (int n = 0; n < citizens; n++) {
            owners.put(city.token(person(n)).token(), person(n));
        }
        for (long token = city.persons(); token < city.tokens(); token++) {
            long owner = city.owner(token);
            if (owner % PARTS == part && owner / PARTS < citizens) {
                owners.put(city.token(token).token(), owner);
            }
        }
        return owners;
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public synchronized Map<String, Object> next() {
        next = (next + 1) % tokens.size();
        return at(next);
    }

    private static List<String> read(Path file, int part) {
        List<String> mine = new ArrayList<>();
        try {
            List<String> all = Files.readAllLines(file);
            for (int i = part; i < all.size(); i += PARTS) {
                mine.add(all.get(i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the citizens' tokens cannot be read: " + e.getMessage(), e);
        }
        if (mine.isEmpty()) {
            throw new IllegalStateException(file + " holds too few citizens: at least " + PARTS);
        }
        return mine;
    }
}
