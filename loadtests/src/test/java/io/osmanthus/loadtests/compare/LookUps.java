package io.osmanthus.loadtests.compare;

import com.netflix.hollow.core.index.HollowUniqueKeyIndex;
import com.netflix.hollow.core.read.engine.HollowReadStateEngine;
import com.netflix.hollow.core.read.engine.object.HollowObjectTypeReadState;
import com.netflix.hollow.core.util.StateEngineRoundTripper;
import com.netflix.hollow.core.write.HollowWriteStateEngine;
import com.netflix.hollow.core.write.objectmapper.HollowObjectMapper;
import com.netflix.hollow.core.write.objectmapper.HollowPrimaryKey;
import io.osmanthus.engine.store.Identifiers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A look-up in process on the same random 128-bit keys: this engine's identifiers and Netflix Hollow's primary key index, each
 * key → a number, by turns in one JVM. Prints {@code lookup <name> <ns of each turn…>} and {@code memory <name> <bytes a key>}.
 * Arguments: keys, turns.
 */
public final class LookUps {
    private static final long SEED = 2020;
    private static final int SAMPLE = 1 << 20;
    private static final int ROUNDS = 2;
    private static final int WARM_UP_TURNS = 3;
    private static final int COLLECTIONS = 3;

    private LookUps() {}

    /** What Hollow holds of a key. */
    @HollowPrimaryKey(fields = {"high", "low"})
    @SuppressWarnings("UnusedVariable") // Hollow reads the fields
    private static final class Entry {
        private final long high;
        private final long low;
        private final int place;

        Entry(long high, long low, int place) {
            this.high = high;
            this.low = low;
            this.place = place;
        }
    }

    /** Finds the place of a key. */
    private interface Finder {
        int find(long high, long low);
    }

    /** Measures. */
    public static void main(String[] args) throws IOException {
        int keys = Integer.parseInt(args[0]);
        int turns = Integer.parseInt(args[1]);
        long[] high = new long[keys];
        long[] low = new long[keys];
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < keys; i++) {
            high[i] = random.nextLong();
            low[i] = random.nextLong();
        }
        try (Identifiers identifiers = Identifiers.create(keys)) {
            Identifiers.Lookup lookup = identifiers.lookup();
            for (int i = 0; i < keys; i++) {
                lookup.put(high[i], low[i], i);
            }
            long before = heapBytes();
            HollowReadStateEngine state = hollow(high, low);
            HollowUniqueKeyIndex index = new HollowUniqueKeyIndex(state, "Entry", "high", "low");
            long hollowBytes = heapBytes() - before;
            HollowObjectTypeReadState entries =
                    (HollowObjectTypeReadState) Objects.requireNonNull(state.getTypeState("Entry"));
            int place = entries.getSchema().getPosition("place");
            Finder hollow = (h, l) -> entries.readInt(index.getMatchingOrdinal(h, l), place);
            measure(turns, high, low, lookup::find, hollow);
            System.out.println("memory osmanthus " + (double) identifiers.offHeapBytes() / keys);
            System.out.println("memory hollow " + (double) hollowBytes / keys);
        }
    }

    private static HollowReadStateEngine hollow(long[] high, long[] low) throws IOException {
        HollowWriteStateEngine write = new HollowWriteStateEngine();
        HollowObjectMapper mapper = new HollowObjectMapper(write);
        for (int i = 0; i < high.length; i++) {
            mapper.add(new Entry(high[i], low[i], i));
        }
        HollowReadStateEngine read = new HollowReadStateEngine();
        StateEngineRoundTripper.roundTripSnapshot(write, read);
        return read;
    }

    private static void measure(int turns, long[] high, long[] low, Finder osmanthus, Finder hollow) {
        int[] drawn =
                new SplittableRandom(SEED + 1).ints(SAMPLE, 0, high.length).toArray();
        StringBuilder ours = new StringBuilder("lookup osmanthus");
        StringBuilder theirs = new StringBuilder("lookup hollow");
        for (int turn = -WARM_UP_TURNS; turn < turns; turn++) {
            double our = nanos(drawn, high, low, osmanthus);
            double their = nanos(drawn, high, low, hollow);
            if (turn >= 0) {
                ours.append(' ').append(our);
                theirs.append(' ').append(their);
            }
        }
        System.out.println(ours);
        System.out.println(theirs);
    }

    private static double nanos(int[] drawn, long[] high, long[] low, Finder finder) {
        long begin = System.nanoTime();
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int key : drawn) {
                found += finder.find(high[key], low[key]) == key ? 1 : 0;
            }
        }
        double nanos = (System.nanoTime() - begin) / (double) (ROUNDS * drawn.length);
        if (found != ROUNDS * drawn.length) {
            throw new IllegalStateException("only " + found + " of " + ROUNDS * drawn.length + " keys were found");
        }
        return nanos;
    }

    private static long heapBytes() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
