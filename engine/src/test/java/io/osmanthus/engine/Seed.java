package io.osmanthus.engine;

import java.util.Random;

/** The seed of a model test: {@code -Dseed=}, else a new one; printed so that a failure can be run again. */
public final class Seed {
    private Seed() {}

    public static Random random(String test) {
        String given = System.getProperty("seed", "");
        long seed = given.isBlank() ? System.nanoTime() : Long.parseLong(given);
        System.out.println(test + ": -Dseed=" + seed);
        return new Random(seed);
    }
}
