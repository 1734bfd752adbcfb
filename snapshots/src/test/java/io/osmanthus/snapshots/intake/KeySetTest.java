package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a hash map, over several pages. */
final class KeySetTest {
    private static final int KEYS = 200_000;

    private record Key(long high, long low) {}

    @Test
    void add_manyKeysSomeTwice_numbersAndOrderAreThoseOfAMap() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("KeySetTest -Dseed=" + seed);
        Random random = new Random(seed);
        KeySet set = new KeySet();
        Map<Key, Integer> model = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            // one in four may have been there; high words repeat, so that low words decide the order too
            Key key = random.nextInt(4) == 0
                    ? new Key(random.nextInt(100), random.nextInt(100))
                    : new Key(random.nextLong(), random.nextLong());
            Integer known = model.get(key);
            assertEquals(known == null ? model.size() : -1, set.add(key.high(), key.low()));
            model.putIfAbsent(key, model.size());
        }
        assertEquals(model.size(), set.size());
        model.forEach((key, number) -> {
            assertEquals(number, set.find(key.high(), key.low()));
            assertEquals(key, new Key(set.high(number), set.low(number)));
        });
        assertEquals(-1, set.find(Long.MAX_VALUE, Long.MIN_VALUE));
        int[] sorted = set.sorted();
        for (int i = 1; i < sorted.length; i++) {
            int high = Long.compare(set.high(sorted[i - 1]), set.high(sorted[i]));
            int low = Long.compare(set.low(sorted[i - 1]), set.low(sorted[i]));
            assertEquals(-1, high != 0 ? Integer.signum(high) : Integer.signum(low), "at " + i);
        }
    }
}
