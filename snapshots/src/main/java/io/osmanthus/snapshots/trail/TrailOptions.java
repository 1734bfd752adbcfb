package io.osmanthus.snapshots.trail;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where and how a trail is kept. Immutable.
 *
 * @param directory of the queues, on a disk of this machine
 * @param rolled of the Parquet files; all nodes share it
 * @param node this node's name, lower-case letters, digits and hyphens; no two nodes have the same
 * @param reserveBytes free space below which no answer about a person leaves, of both directories
 * @param syncMs how often the queues are forced to disk: the loss window at a power failure
 * @param countsMonths how many whole months daily counts stay after their own
 */
public record TrailOptions(Path directory, Path rolled, String node, long reserveBytes, int syncMs, int countsMonths) {
    /** Exact times are kept for this many whole days after their own; then there are daily counts. */
    public static final int EXACT_DAYS = 90;

    /** No count is kept for more than two years, whatever is configured. */
    public static final int COUNTS_MONTHS_MAX = 23;

    public static final int COUNTS_MONTHS_MIN = 3;

    /** A year beside the current month: what a person compares with. No consent outlives two years either. */
    public static final int COUNTS_MONTHS_DEFAULT = 12;

    public static final long RESERVE_BYTES_DEFAULT = 256L << 20;
    public static final int SYNC_MS_DEFAULT = 1_000;

    public TrailOptions {
        if (!node.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException(
                    "a node's name is 1 to 64 lower-case letters, digits and hyphens, found '" + node + "'");
        }
    }

    /** What holds where nothing but the directory is said: the machine's name, Parquet beside the queues. */
    public static TrailOptions of(Path directory) {
        return new TrailOptions(
                directory,
                directory.resolve("rolled"),
                machine(),
                RESERVE_BYTES_DEFAULT,
                SYNC_MS_DEFAULT,
                COUNTS_MONTHS_DEFAULT);
    }

    /** The machine's name as a node's name. */
    public static String machine() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            name = "node";
        }
        String clean = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        return clean.isEmpty() ? "node" : clean.substring(0, Math.min(64, clean.length()));
    }
}
