package io.osmanthus.snapshots;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A build at work: a directory aside, the store's lock, and the step that makes a snapshot of it. Closing it without
 * {@link #publish} leaves the store as it was. For one thread.
 */
public final class SnapshotBuild implements AutoCloseable {
    private final SnapshotStore store;
    private final StoreLock lock;
    private final Path directory;

    /**
     * What a build says of its content, beyond the files.
     *
     * @param rows per file of the snapshot, how many rows it has
     * @param lists per list of organisations, how many entries it has
     * @param forced why it is published against the limits of {@link PublishingLimits}, or null
     * @param ledgerId the ledger whose changes are contained, or null
     * @param ledgerPosition how far they are; 0 without a ledger
     * @param ledgerHash of its change at that position, or null
     */
    public record Content(
            LocalDate asOf,
            Map<String, LocalDate> factsAsOf,
            String keyFingerprint,
            boolean synthetic,
            boolean demonstration,
            Map<String, Manifest.Counts> counts,
            Map<String, Long> rows,
            Map<String, Long> lists,
            @Nullable String forced,
            @Nullable String ledgerId,
            long ledgerPosition,
            @Nullable String ledgerHash) {
        /** Without a ledger. */
        public Content(
                LocalDate asOf,
                Map<String, LocalDate> factsAsOf,
                String keyFingerprint,
                boolean synthetic,
                boolean demonstration,
                Map<String, Manifest.Counts> counts,
                Map<String, Long> rows,
                Map<String, Long> lists,
                @Nullable String forced) {
            this(asOf, factsAsOf, keyFingerprint, synthetic, demonstration, counts, rows, lists, forced, null, 0, null);
        }

        /** The same, published for a reason against the limits. */
        public Content forced(String reason) {
            return new Content(
                    asOf,
                    factsAsOf,
                    keyFingerprint,
                    synthetic,
                    demonstration,
                    counts,
                    rows,
                    lists,
                    reason,
                    ledgerId,
                    ledgerPosition,
                    ledgerHash);
        }
    }

    private SnapshotBuild(SnapshotStore store, StoreLock lock, Path directory) {
        this.store = store;
        this.lock = lock;
        this.directory = directory;
    }

    static SnapshotBuild begin(SnapshotStore store) {
        StoreLock lock = null;
        try {
            lock = StoreLock.take(store);
            removeLeftovers(store.directory());
            Path directory = store.directory().resolve(SnapshotStore.BUILDING + UUID.randomUUID());
            SnapshotStore.createDirectories(directory);
            SnapshotBuild build = new SnapshotBuild(store, lock, directory);
            lock = null;
            return build;
        } catch (IOException e) {
            throw new SnapshotException(
                    Code.IO, "the snapshot store " + store.directory() + " cannot be written to: " + e, e);
        } finally {
            closeQuietly(lock);
        }
    }

    /** Where to write the files. Sub-directories are for intermediate files and are removed by {@link #publish}. */
    public Path directory() {
        return directory;
    }

    /**
     * Publishes what has been written: checksums, manifest, signature, fsync, rename, and the pointer to it.
     *
     * @param signingKey the builder's Ed25519 key, or null: then only a demonstration can use the snapshot
     * @return the manifest of the new current snapshot
     */
    public Manifest publish(Content content, @Nullable PrivateKey signingKey) {
        return publish(content, signingKey, Progress.SILENT);
    }

    /** The same, and says how far it is. */
    public Manifest publish(Content content, @Nullable PrivateKey signingKey, Progress progress) {
        try {
            removeDirectories();
            Map<String, Manifest.FileEntry> files = files(content, progress);
            Manifest unnamed = new Manifest(
                    "",
                    Instant.now().truncatedTo(ChronoUnit.SECONDS),
                    content.asOf(),
                    new TreeMap<>(content.factsAsOf()),
                    content.ledgerId(),
                    content.ledgerPosition(),
                    content.ledgerHash(),
                    content.keyFingerprint(),
                    content.synthetic(),
                    content.demonstration(),
                    content.counts(),
                    new TreeMap<>(content.lists()),
                    content.forced(),
                    files);
            ManifestJson.Sealed sealed = ManifestJson.seal(unnamed, prefix(content.asOf()));
            write(Snapshot.MANIFEST, sealed.bytes());
            if (signingKey != null) {
                write(Snapshot.SIGNATURE, Signing.sign(signingKey, sealed.bytes()));
            }
            SnapshotStore.sync(directory);
            String version = sealed.manifest().version();
            Files.move(directory, store.path(version), StandardCopyOption.ATOMIC_MOVE);
            SnapshotStore.sync(store.directory());
            store.activate(version);
            return sealed.manifest();
        } catch (IOException e) {
            throw new SnapshotException(
                    Code.IO,
                    "the snapshot cannot be published in " + store.directory() + ": " + e
                            + "; the current one stays as it was",
                    e);
        }
    }

    /** Removes what was not published, and lets the next builder in. */
    @Override
    public void close() {
        try (lock) {
            SnapshotStore.delete(directory);
        } catch (IOException e) {
            throw new SnapshotException(
                    Code.IO, directory + " cannot be removed: " + e + "; the next build tries again", e);
        }
    }

    /** Each file, safe on the disk, with its checksum. */
    private Map<String, Manifest.FileEntry> files(Content content, Progress progress) throws IOException {
        long bytes = 0;
        for (String name : content.rows().keySet()) {
            bytes += Files.size(directory.resolve(name));
        }
        Map<String, Manifest.FileEntry> files = new TreeMap<>();
        try (Progress.Task task = progress.begin("checksums", bytes, "bytes")) {
            for (Map.Entry<String, Long> entry : content.rows().entrySet()) {
                Path file = directory.resolve(entry.getKey());
                SnapshotStore.sync(file);
                files.put(
                        entry.getKey(),
                        new Manifest.FileEntry(entry.getValue(), Files.size(file), Checksum.sha256(file, task)));
            }
        }
        return files;
    }

    /** The as-of date and the next free number on it. */
    private String prefix(LocalDate asOf) {
        String date = asOf.format(DateTimeFormatter.BASIC_ISO_DATE);
        int last = 0;
        for (String version : store.list()) {
            String[] parts = version.split("-", -1);
            if (parts[0].equals(date)) {
                last = Math.max(last, Integer.parseInt(parts[1]));
            }
        }
        return "%s-%03d".formatted(date, last + 1);
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, bytes);
        SnapshotStore.sync(file);
    }

    private void removeDirectories() throws IOException {
        List<Path> directories;
        try (Stream<Path> entries = Files.list(directory)) {
            directories = entries.filter(Files::isDirectory).toList();
        }
        for (Path one : directories) {
            SnapshotStore.delete(one);
        }
    }

    /** Removes what killed builds and prunings left; under the lock. */
    static void removeLeftovers(Path store) throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (Stream<Path> entries = Files.list(store)) {
            entries.filter(entry -> {
                        String name = String.valueOf(entry.getFileName());
                        return name.startsWith(SnapshotStore.BUILDING) || name.startsWith(SnapshotStore.PRUNING);
                    })
                    .forEach(leftovers::add);
        }
        for (Path leftover : leftovers) {
            SnapshotStore.delete(leftover);
        }
    }

    private static void closeQuietly(@Nullable StoreLock lock) {
        if (lock == null) {
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, "the store's lock file cannot be closed: " + e, e);
        }
    }
}
