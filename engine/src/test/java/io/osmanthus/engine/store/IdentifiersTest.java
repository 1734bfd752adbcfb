package io.osmanthus.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.engine.Allocation;
import io.osmanthus.engine.Seed;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class IdentifiersTest {
    @Test
    void operations_random_agreeWithAHashMap() {
        Random random = Seed.random("IdentifiersTest");
        Map<Long, Integer> model = new HashMap<>();
        try (Identifiers identifiers = Identifiers.create(10_000)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            for (int i = 0; i < 100_000; i++) {
                long key = random.nextInt(8_000);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        int place = random.nextInt(1 << 30) | (random.nextBoolean() ? Identifiers.ORGANISATION : 0);
                        lookup.put(key * 31, ~key, place);
                        model.put(key, place);
                    }
                    case 1 -> {
                        lookup.remove(key * 31, ~key);
                        model.remove(key);
                    }
                    default -> assertEquals(model.getOrDefault(key, Identifiers.ABSENT), lookup.find(key * 31, ~key));
                }
            }
            assertEquals(model.size(), identifiers.count());
        }
    }

    @Test
    void find_knownAndUnknown_allocatesNothing() {
        try (Identifiers identifiers = Identifiers.create(10_000)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            lookup.put(1, 2, 3);
            double bytes = Allocation.bytesPerCall(20_000, () -> {
                lookup.find(1, 2);
                lookup.find(5, 6);
            });
            assertEquals(0, bytes, 0.01);
        }
    }

    @Test
    void find_afterClose_throws() {
        Identifiers identifiers = Identifiers.create(10);
        Identifiers.Lookup lookup = identifiers.lookup();
        lookup.put(1, 2, 3);
        identifiers.close();
        assertThrows(RuntimeException.class, () -> lookup.find(1, 2));
    }
}
