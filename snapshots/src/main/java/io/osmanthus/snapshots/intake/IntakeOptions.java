package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * How a delivery is taken in.
 *
 * @param demonstration whether enrolments and consents may come unsigned; never for real persons
 * @param memoryBytes what the sorting database may use; the heap takes about 60 bytes a person besides
 * @param threads what the sorting database may use
 * @param former the verified snapshot whose facts stand for the files that the delivery lacks; null where there is none
 * @param ledger whose changes the snapshot is to contain; null for none: they are replayed over it then
 */
public record IntakeOptions(
        boolean demonstration,
        Channels channels,
        long memoryBytes,
        int threads,
        @Nullable Snapshot former,
        @Nullable Ledger ledger) {
    /** Less is not enough to sort and write with, even for one thread. */
    public static final long MEMORY_BYTES_MIN = 128L << 20;

    /** What a thread needs for the group of Parquet rows that it writes, and for what it sorts. */
    private static final long THREAD_BYTES = 128L << 20;

    /** Sorts 30 million consents without a spill file larger than themselves. */
    public static final long MEMORY_BYTES = 2L << 30;

    public IntakeOptions {
        if (memoryBytes < MEMORY_BYTES_MIN || threads < 1) {
            throw new IllegalArgumentException("memory of at least " + MEMORY_BYTES_MIN + " bytes and one thread");
        }
    }

    /** Without a ledger. */
    public IntakeOptions(
            boolean demonstration, Channels channels, long memoryBytes, int threads, @Nullable Snapshot former) {
        this(demonstration, channels, memoryBytes, threads, former, null);
    }

    /** The usual: 2 GiB, one thread a processor. */
    public static IntakeOptions of(boolean demonstration, Channels channels) {
        return new IntakeOptions(
                demonstration, channels, MEMORY_BYTES, Runtime.getRuntime().availableProcessors(), null);
    }

    /** The same, over what a former snapshot holds. */
    public IntakeOptions over(@Nullable Snapshot snapshot) {
        return new IntakeOptions(demonstration, channels, memoryBytes, threads, snapshot, ledger);
    }

    /**
     * The same within another budget of the sorting database, with no more threads than it has room for; what does not fit
     * is spilled beside the build.
     */
    public IntakeOptions within(long bytes) {
        int fitting = (int) Math.max(1, Math.min(threads, bytes / THREAD_BYTES));
        return new IntakeOptions(demonstration, channels, bytes, fitting, former, ledger);
    }

    /** The same, with what a ledger says. */
    public IntakeOptions with(@Nullable Ledger contained) {
        return new IntakeOptions(demonstration, channels, memoryBytes, threads, former, contained);
    }
}
