package io.osmanthus.loadtests;

import io.osmanthus.snapshots.city.Token;
import io.osmanthus.snapshots.city.Traffic;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes tokens that travellers of the city show, one {@code scheme,token} a line, for {@code checks.lua}. Every token is of
 * a synthetic city.
 *
 * <p>Arguments: file, count (100,000). System properties: {@code persons}, {@code seed} of the city.
 */
public final class TokenFile {
    private static final int COUNT = 100_000;
    private static final long TRAFFIC_SEED = 7;
    private static final double UNKNOWN_SHARE = 0.02;

    private TokenFile() {}

    /** Writes the file. */
    public static void main(String[] args) throws IOException {
        if (args.length < 1) {
            throw new IllegalArgumentException("arguments: file [count]");
        }
        write(Path.of(args[0]), args.length > 1 ? Integer.parseInt(args[1]) : COUNT);
    }

    public static void write(Path file, int count) throws IOException {
        Traffic traffic = new Traffic(DemoCity.city(), TRAFFIC_SEED, UNKNOWN_SHARE);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < count; i++) {
                Token token = traffic.next();
                out.write(token.scheme().word() + "," + token.token() + "\n");
            }
        }
    }
}
