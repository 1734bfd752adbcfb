package io.osmanthus.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.Allocation;
import io.osmanthus.engine.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
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
                        lookup.put(high(key), ~key, place);
                        model.put(key, place);
                    }
                    case 1 -> {
                        lookup.remove(high(key), ~key);
                        model.remove(key);
                    }
                    default -> {
                        lookup.touch(high(key));
                        assertEquals(model.getOrDefault(key, Identifiers.ABSENT), lookup.find(high(key), ~key));
                    }
                }
            }
            assertEquals(model.size(), identifiers.count());
        }
    }

    /** Far beyond the capacity most buckets are full: what does not fit is found, replaced and removed all the same. */
    @Test
    void operations_bucketsFull_agreeWithAHashMap() {
        Random random = Seed.random("IdentifiersTest, full buckets");
        Map<Long, Integer> model = new HashMap<>();
        try (Identifiers identifiers = Identifiers.create(1)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            for (int i = 0; i < 30_000; i++) {
                long key = random.nextInt(2_700);
                long high = new SplittableRandom(key).nextLong();
                if (random.nextInt(5) == 0) {
                    lookup.remove(high, key << 40);
                    model.remove(key);
                } else {
                    lookup.put(high, key << 40, i);
                    model.put(key, i);
                }
                long other = random.nextInt(2_700);
                assertEquals(
                        model.getOrDefault(other, Identifiers.ABSENT),
                        lookup.find(new SplittableRandom(other).nextLong(), other << 40));
            }
            assertEquals(model.size(), identifiers.count());
        }
    }

    @Test
    void put_overflowFull_refused() {
        try (Identifiers identifiers = Identifiers.create(1)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            int most = Bucket.SLOTS + Identifiers.OVERFLOW_MAX;
            // The first 32 bits are the same: one bucket.
            for (int i = 1; i <= most; i++) {
                lookup.put(i, i, i);
            }
            assertEquals(most, lookup.find(most, most));
            assertThrows(IllegalStateException.class, () -> lookup.put(most + 1, most + 1, 7));
        }
    }

    /** Within a bucket a look-up compares lower halves first: two that are the same must not be taken for each other. */
    @Test
    void operations_sameLowerHalfInOneBucket_toldApart() {
        try (Identifiers identifiers = Identifiers.create(1_000)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            for (int i = 0; i < 5; i++) {
                lookup.put(i, 77, 100 + i);
            }
            for (int i = 0; i < 5; i++) {
                assertEquals(100 + i, lookup.find(i, 77));
            }
            assertEquals(Identifiers.ABSENT, lookup.find(5, 77));
            lookup.remove(0, 77);
            assertEquals(Identifiers.ABSENT, lookup.find(0, 77));
            lookup.put(3, 77, 203);
            assertEquals(203, lookup.find(3, 77));
            assertEquals(104, lookup.find(4, 77));
            assertEquals(4, identifiers.count());
        }
    }

    @Test
    void operations_pseudonymsOfZeros_areOnesLikeOthers() {
        try (Identifiers identifiers = Identifiers.create(1_000)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            assertEquals(Identifiers.ABSENT, lookup.find(0, 0));
            lookup.put(0, 0, 5);
            lookup.put(0, 1, 6);
            lookup.put(0, 0, 7);
            assertEquals(7, lookup.find(0, 0));
            assertEquals(6, lookup.find(0, 1));
            assertEquals(Identifiers.ABSENT, lookup.find(1, 0));
            assertEquals(2, identifiers.count());
            lookup.remove(0, 0);
            assertEquals(Identifiers.ABSENT, lookup.find(0, 0));
            assertEquals(1, identifiers.count());
        }
    }

    @Test
    void put_severalThreads_nothingLost() throws InterruptedException {
        int each = 20_000;
        try (Identifiers identifiers = Identifiers.create(80_000)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int first = t * each;
                threads.add(new Thread(() -> {
                    Identifiers.Lookup lookup = identifiers.lookup();
                    for (int i = first; i < first + each; i++) {
                        lookup.put(new SplittableRandom(i).nextLong(), i, i);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(80_000, identifiers.count());
            Identifiers.Lookup lookup = identifiers.lookup();
            for (int i = 0; i < identifiers.count(); i++) {
                assertEquals(i, lookup.find(new SplittableRandom(i).nextLong(), i));
            }
        }
    }

    /**
     * Two that take turns in one slot and have the compared part of the upper half in common: a look-up that saw the key of one and
     * the place of the other would take them for each other.
     */
    @Test
    void find_whileSlotChangesHands_neverTheOther() throws InterruptedException {
        try (Identifiers identifiers = Identifiers.create(1_000)) {
            Thread writing = new Thread(() -> {
                Identifiers.Lookup lookup = identifiers.lookup();
                for (int i = 0; i < 300_000; i++) {
                    lookup.put(5, 77, 1);
                    lookup.remove(5, 77);
                    lookup.put(5, 78, 2);
                    lookup.remove(5, 78);
                    if (i % 8 == 0) {
                        // half a pseudonym in common: the later one stands in the overflow, and moves when it is put
                        // again
                        lookup.put(6, 77, 3);
                        lookup.put(5, 77, 1);
                        lookup.remove(6, 77);
                        lookup.put(5, 77, 1);
                        lookup.remove(5, 77);
                    }
                }
            });
            writing.start();
            Identifiers.Lookup lookup = identifiers.lookup();
            int found = 0;
            int absent = 0;
            while (writing.isAlive()) {
                int place = lookup.find(5, 77);
                assertTrue(place == 1 || place == Identifiers.ABSENT, () -> "found at " + place);
                found += place == 1 ? 1 : 0;
                absent += place == 1 ? 0 : 1;
            }
            writing.join();
            assertTrue(found > 0 && absent > 0, found + " found, " + absent + " absent");
        }
    }

    @Test
    void find_knownAndUnknown_allocatesNothing() {
        try (Identifiers identifiers = Identifiers.create(10_000)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            lookup.put(1, 2, 3);
            double bytes = Allocation.bytesPerCall(20_000, () -> {
                lookup.touch(1);
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
        assertThrows(RuntimeException.class, () -> lookup.touch(1));
    }

    private static long high(long key) {
        return new SplittableRandom(key).nextLong();
    }
}
