package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.ledger.Ledger;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More people and tokens than a generation has room for: the next one is built with more, and nothing is lost. */
final class HeadRoomTest {
    private static final int PERSONS = 50;
    private static final String[] SCHEMES = {"card", "plate", "app"};

    @TempDir
    Path directory = Path.of("");

    @Test
    void putToken_beyondTheCapacity_isTakenUpByTheNextGeneration() throws Exception {
        Ledger.Place place = Database.fresh();
        LedgerRig rig = LedgerRig.in(directory, PERSONS);
        // of the same seed, so of the same people, and more of them
        City neighbours = new City(1_000, 5, rig.city.seed(), LedgerRig.DAY);
        try (Serving node = rig.serve(place)) {
            long capacity = gauge(rig, node, "osmanthus_identifiers_capacity");
            long free = capacity - gauge(rig, node, "osmanthus_identifiers_used");
            assertTrue(free > 1_000, "the head-room is " + free); // what is held is rounded up to tens
            int people = (int) (free / (SCHEMES.length + 1)) + 4;
            for (int i = 0; i < people; i++) {
                String citizen = rig.citizen(neighbours.personId(PERSONS + i));
                put(rig, node, "/v1/me/enrolment", citizen, null);
                for (String scheme : SCHEMES) {
                    put(rig, node, "/v1/me/tokens/" + scheme, citizen, "{\"token\":\"" + token(scheme, i) + "\"}");
                }
            }
            await(rig, node, capacity);
            long used = gauge(rig, node, "osmanthus_identifiers_used");
            assertTrue(used > capacity, used + " identifiers are held, there was room for " + capacity);
            for (int i : new int[] {0, people - 1}) {
                String citizen = rig.citizen(neighbours.personId(PERSONS + i));
                LedgerRig.Answer tokens = rig.ask(node.port(), "GET", "/v1/me/tokens", citizen, null);
                assertEquals(SCHEMES.length, tokens.json().get("tokens").size(), tokens.body());
                LedgerRig.Answer score = rig.ask(node.port(), "GET", "/v1/me/score", citizen, null);
                assertEquals(200, score.status(), score.body());
            }
            rig.benefit(node.port(), token("card", people - 1));
        }
    }

    /** While the next generation is built an act may be told to come again; it is the same act then. */
    private static void put(LedgerRig rig, Serving node, String path, String citizen, @Nullable String body)
            throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        LedgerRig.Answer answer = rig.ask(node.port(), "PUT", path, citizen, body);
        while (answer.status() == 503 && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            answer = rig.ask(node.port(), "PUT", path, citizen, body);
        }
        assertEquals(200, answer.status(), answer.body());
    }

    private static void await(LedgerRig rig, Serving node, long capacity) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (gauge(rig, node, "osmanthus_identifiers_capacity") <= capacity
                || gauge(rig, node, "osmanthus_identifiers_used") <= capacity) {
            assertTrue(System.nanoTime() < until, "no larger generation within a minute");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static long gauge(LedgerRig rig, Serving node, String name) throws Exception {
        return rig.text(node.port(), "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static String token(String scheme, int i) {
        return switch (scheme) {
            case "card" -> "62122688%08d".formatted(i);
            case "plate" -> "苏E%05d".formatted(i);
            default -> "app-of-neighbour-%05d".formatted(i);
        };
    }
}
