package io.osmanthus.loadtests;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a check pays before it looks anything up: the canonical form of a token and its pseudonym. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PseudonymBenchmark {
    private static final int TOKENS = 1 << 12;
    private static final int CAPACITY_BYTES = 64;

    private final PseudonymKey.Pseudonymiser cards =
            PseudonymKey.ofHex("5f".repeat(PseudonymKey.KEY_BYTES)).pseudonymiser(Scheme.CARD);
    private final byte[][] tokens = tokens(DemoCity.city());
    private final byte[] buffer = new byte[CAPACITY_BYTES];
    private int next;

    /** The pseudonym of a canonical card number. */
    @Benchmark
    public long make() {
        byte[] token = next();
        cards.make(token, 0, token.length);
        return cards.high() ^ cards.low();
    }

    /** The canonical form of a card number that is canonical already, as almost all are. */
    @Benchmark
    public int canonicalise() {
        byte[] token = next();
        System.arraycopy(token, 0, buffer, 0, token.length);
        return Canonical.inPlace(buffer, 0, token.length, buffer.length);
    }

    private byte[] next() {
        return tokens[next++ & (TOKENS - 1)];
    }

    private static byte[][] tokens(City city) {
        byte[][] tokens = new byte[TOKENS][];
        for (int i = 0; i < TOKENS; i++) {
            tokens[i] = city.token(i).token().getBytes(StandardCharsets.UTF_8);
        }
        return tokens;
    }
}
