package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AddressLimitTest {
    private static final int ADDRESSES = 250;

    private final AddressLimit limit = new AddressLimit(1, 0);

    @Test
    void take_beyondTheRate_refusedUntilTimeHasPassed() {
        assertTrue(limit.take("192.0.2.1", 0));
        assertTrue(limit.take("192.0.2.1", 0));
        assertFalse(limit.take("192.0.2.1", 0));
        assertFalse(limit.open("192.0.2.1", 0));
        assertTrue(limit.open("192.0.2.1", 1_000_000_000));
        assertTrue(limit.take("192.0.2.1", 1_000_000_000));
    }

    @Test
    void take_oneSubnetOfIpv6_sharesItsRate() {
        assertTrue(limit.take("2001:db8::1", 0));
        assertTrue(limit.take("2001:db8::2", 0));
        assertFalse(limit.take("2001:db8::3", 0));
    }

    @Test
    void take_neighbours_haveRatesOfTheirOwn() {
        int shared = 0;
        for (int i = 1; i <= ADDRESSES; i++) {
            limit.take("10.0." + i + ".0", 0);
            limit.take("10.0." + i + ".0", 0);
            shared += limit.open("10.0." + (i - 1) + ".31", 0) ? 0 : 1;
        }
        // one of 65,536 slots for each of 250: about half a pair meets by chance
        assertTrue(shared < 10, shared + " of " + ADDRESSES + " share the rate of a neighbour");
    }
}
