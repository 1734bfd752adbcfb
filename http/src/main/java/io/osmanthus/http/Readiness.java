package io.osmanthus.http;

import io.osmanthus.snapshots.trail.AccessTrail;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node should be asked, part by part and in words. A load balancer that follows it sends nobody to a node that
 * would answer 503, or answer by what no longer holds. Thread-safe.
 */
final class Readiness {
    private final Site site;
    private final BooleanSupplier open;

    /** {@code open}: false from the moment on at which the server goes down. */
    Readiness(Site site, BooleanSupplier open) {
        this.site = site;
        this.open = open;
    }

    /** Whether the server is not going down. */
    boolean open() {
        return open.getAsBoolean();
    }

    /** What must hold. The name is the part's in the answer and in {@code osmanthus_ready}. */
    enum Part {
        OPEN("open", "The server is going down."),
        GENERATION("generation", "No facts are loaded yet."),
        TODAY("today", "The facts that are served are not prepared for today."),
        LEDGER("ledger", "The ledger was not heard: withdrawn consents would not be known."),
        TRAIL("trail", "The access trail cannot be written: its disk is short of space."),
        CONFIGURATION(
                "configuration", "Another configuration is in force than this node serves: see GET /v1/configuration.");

        private final String word;
        private final String words;

        Part(String word, String words) {
            this.word = word;
            this.words = words;
        }

        String word() {
            return word;
        }

        /** The part as a fault of the answer. */
        Problem.Fault fault() {
            return new Problem.Fault("/" + word, words);
        }
    }

    /** The parts that do not hold; empty where the node is ready. {@code state} is the newest, or null. */
    List<Part> missing(@Nullable State state) {
        return missing(state == null ? null : state.day());
    }

    /** The same by the day that is served; null where nothing is. */
    List<Part> missing(@Nullable LocalDate served) {
        List<Part> missing = new ArrayList<>();
        for (Part part : Part.values()) {
            if (!holds(part, served)) {
                missing.add(part);
            }
        }
        return missing;
    }

    private boolean holds(Part part, @Nullable LocalDate served) {
        Live live = site.live();
        AccessTrail trail = site.trail();
        return switch (part) {
            case OPEN -> open.getAsBoolean();
            case GENERATION -> served != null;
            case TODAY ->
                served == null
                        || live == null
                        || served.equals(live.node().today().get());
            case LEDGER -> site.vouches(System.nanoTime());
            case TRAIL -> trail == null || trail.accepting();
            case CONFIGURATION -> live == null || live.node().reload().agrees();
        };
    }
}
