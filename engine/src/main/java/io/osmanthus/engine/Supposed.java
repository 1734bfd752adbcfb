package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;

/**
 * A record that is not there, for a simulation.
 *
 * @param item index of the catalogue
 * @param occurredOn epoch day
 * @param endedOn epoch day, or {@link SubjectFacts#NONE}
 * @param quantityHundredths 0 where the item has no quantity
 */
public record Supposed(int item, int occurredOn, int endedOn, long quantityHundredths) {
    /** Records of one simulation. */
    public static final int COUNT_MAX = 100;

    public Supposed {
        if (quantityHundredths < 0) {
            throw new IllegalArgumentException("quantity " + quantityHundredths + " is negative");
        }
    }

    /** A record of one day without quantity. */
    public static Supposed of(int item, int occurredOn) {
        return new Supposed(item, occurredOn, SubjectFacts.NONE, 0);
    }

    /** A record of one day with a quantity, 0 where the item has none. */
    public static Supposed on(int item, int occurredOn, long quantityHundredths) {
        return new Supposed(item, occurredOn, SubjectFacts.NONE, quantityHundredths);
    }
}
