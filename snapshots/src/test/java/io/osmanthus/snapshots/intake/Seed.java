package io.osmanthus.snapshots.intake;

import java.util.Random;

/** The seed of a model test: printed, and repeated with {@code -Dseed=…}. */
final class Seed {
    private Seed() {}

    static Random random(String test) {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println(test + ": -Dseed=" + seed);
        return new Random(seed);
    }
}
