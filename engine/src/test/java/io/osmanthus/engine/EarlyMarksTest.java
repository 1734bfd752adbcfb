package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EarlyMarksTest {
    private final EarlyMarks marks = new EarlyMarks();

    private static Change.Subject subject(long number) {
        return new Change.Subject(number, ~number);
    }

    @Test
    void put_oneMoreThanMayWait_isNotKept_othersAre() {
        for (int i = 0; i < EarlyMarks.OF_ONE_MAX + 5; i++) {
            marks.put(subject(1), 0, "记录-" + i, i);
        }
        assertEquals(EarlyMarks.OF_ONE_MAX, marks.count());
        assertEquals(EarlyMarks.NONE, marks.take(subject(1), 0, "记录-" + EarlyMarks.OF_ONE_MAX));
        marks.put(subject(1), 0, "记录-7", 4);
        assertEquals(4, marks.take(subject(1), 0, "记录-7"), "what waits may be marked anew");
        marks.put(subject(1), 1, "记录-" + EarlyMarks.OF_ONE_MAX, 1);
        marks.put(subject(2), 0, "记录-" + EarlyMarks.OF_ONE_MAX, 2);
        assertEquals(1, marks.take(subject(1), 1, "记录-" + EarlyMarks.OF_ONE_MAX), "another source has its own");
        assertEquals(2, marks.take(subject(2), 0, "记录-" + EarlyMarks.OF_ONE_MAX), "so has another subject");
    }

    @Test
    void randomActs_againstAPlainMap() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("EarlyMarksTest -Dseed=" + seed);
        Random random = new Random(seed);
        Map<String, Integer> model = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            long who = random.nextInt(4);
            int source = random.nextInt(2);
            // one is the beginning of another
            String id = "r".repeat(1 + random.nextInt(40));
            String key = who + " " + source + " " + id;
            int act = random.nextInt(50);
            if (act == 0) {
                marks.forget(subject(who));
                model.keySet().removeIf(one -> one.startsWith(who + " "));
            } else if (act < 30) {
                int value = random.nextInt(16);
                marks.put(subject(who), source, id, value);
                model.put(key, value);
            } else {
                Integer expected = model.remove(key);
                assertEquals(expected == null ? EarlyMarks.NONE : expected, marks.take(subject(who), source, id), key);
            }
            assertEquals(model.size(), marks.count());
        }
    }
}
