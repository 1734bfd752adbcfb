package io.osmanthus.snapshots;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshots of a store stay. Never removed: the current one, the newest two by their creation, and what is pinned. A
 * pin ages: erasure must reach old copies, so after a configured number of days it protects no more. Thread-safe; pruning
 * takes the store's lock, pinning does not.
 */
public final class Retention {
    /** To go back once, and once more. */
    static final int NEWEST_KEPT = 2;

    private final SnapshotStore store;
    private final int pinDaysMax;

    private Retention(SnapshotStore store, int pinDaysMax) {
        this.store = store;
        this.pinDaysMax = pinDaysMax;
    }

    /**
     * The retention of a store.
     *
     * @param pinDaysMax for how many days after its own a pin protects
     */
    public static Retention of(SnapshotStore store, int pinDaysMax) {
        return new Retention(store, pinDaysMax);
    }

    /** Why a snapshot stays. */
    public enum Reason {
        CURRENT,
        NEWEST,
        PINNED,
        /** Its manifest cannot be read: nobody knows what it is, so a person decides. */
        UNREADABLE
    }

    /**
     * What becomes of a snapshot.
     *
     * @param kept why it stays, or null if it goes
     * @param pinnedOn the day of its pin, or null; on one that goes, or stays for another reason, the pin may be too old
     * @param pinExpired whether it has a pin that protects no more
     */
    public record Fate(
            String version, @Nullable Reason kept, @Nullable LocalDate pinnedOn, boolean pinExpired) {}

    /**
     * Pins a snapshot. A pin that is there keeps its day: to pin again does not make it younger.
     *
     * @return the last day on which the pin protects
     * @throws SnapshotException MISSING if the store has no such snapshot
     */
    public LocalDate pin(String version, LocalDate today) {
        if (!Files.isRegularFile(store.path(version).resolve(Snapshot.MANIFEST))) {
            throw new SnapshotException(
                    Code.MISSING,
                    "there is no snapshot " + version + " in " + store.directory()
                            + ": list those that are there with the command 'snapshots'");
        }
        LocalDate before = pinnedOn(version);
        if (before != null) {
            return before.plusDays(pinDaysMax);
        }
        Path pins = store.directory().resolve(SnapshotStore.PINS);
        Path aside = pins.resolve("." + version + "-" + ProcessHandle.current().pid());
        try {
            SnapshotStore.createDirectories(pins);
            Files.writeString(aside, today + "\n");
            SnapshotStore.sync(aside);
            Files.move(aside, pins.resolve(version), StandardCopyOption.ATOMIC_MOVE);
            SnapshotStore.sync(pins);
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, "snapshot " + version + " cannot be pinned in " + pins + ": " + e, e);
        }
        return today.plusDays(pinDaysMax);
    }

    /**
     * Takes a pin away.
     *
     * @throws SnapshotException MISSING if there is none
     */
    public void unpin(String version) {
        Path pin = pin(version);
        try {
            if (!Files.deleteIfExists(pin)) {
                throw new SnapshotException(
                        Code.MISSING, "snapshot " + version + " is not pinned in " + store.directory());
            }
            SnapshotStore.sync(store.directory().resolve(SnapshotStore.PINS));
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, pin + " cannot be removed: " + e, e);
        }
    }

    /** The day on which a snapshot was pinned, or null. */
    public @Nullable LocalDate pinnedOn(String version) {
        Path pin = pin(version);
        try {
            return LocalDate.parse(Files.readString(pin).strip());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | DateTimeException e) {
            throw new SnapshotException(
                    Code.CORRUPT, pin + " does not hold a day: remove it with 'unpin', and pin again", e);
        }
    }

    /** What pruning would do on a day, in the order of the names. */
    public List<Fate> plan(LocalDate today) {
        Map<String, Instant> created = new HashMap<>();
        for (String version : store.list()) {
            Instant at = createdAt(version);
            if (at != null) {
                created.put(version, at);
            }
        }
        Set<String> newest = created.keySet().stream()
                .sorted(Comparator.comparing((String version) -> created.getOrDefault(version, Instant.MIN))
                        .thenComparing(Comparator.naturalOrder())
                        .reversed())
                .limit(NEWEST_KEPT)
                .collect(Collectors.toSet());
        return store.list().stream()
                .map(version -> fate(version, today, newest, created.keySet()))
                .toList();
    }

    /**
     * Removes what nothing protects.
     *
     * @return what became of each snapshot
     * @throws SnapshotException LOCKED while a build is at work
     */
    public List<Fate> prune(LocalDate today) {
        try (StoreLock lock = StoreLock.take(store)) {
            Objects.requireNonNull(lock);
            SnapshotBuild.removeLeftovers(store.directory());
            List<Fate> fates = new ArrayList<>();
            for (Fate planned : plan(today)) {
                String version = planned.version();
                // Another process may have activated or pinned it since.
                boolean kept =
                        version.equals(store.currentOrNull()) || (pinnedOn(version) != null && !planned.pinExpired());
                if (planned.kept() != null || kept) {
                    fates.add(planned.kept() != null ? planned : fate(version, today, Set.of(), Set.of(version)));
                } else {
                    remove(version);
                    fates.add(planned);
                }
            }
            return fates;
        } catch (IOException e) {
            throw new SnapshotException(
                    Code.IO, "the snapshot store " + store.directory() + " cannot be pruned: " + e, e);
        }
    }

    /** When a snapshot was made, or null where its manifest does not say; that is said by its fate. */
    private @Nullable Instant createdAt(String version) {
        try {
            return store.manifest(version).createdAt();
        } catch (SnapshotException e) {
            return null;
        }
    }

    private Fate fate(String version, LocalDate today, Set<String> newest, Set<String> readable) {
        LocalDate pinnedOn = pinnedOn(version);
        boolean expired = pinnedOn != null && today.isAfter(pinnedOn.plusDays(pinDaysMax));
        Reason kept = null;
        if (version.equals(store.currentOrNull())) {
            kept = Reason.CURRENT;
        } else if (newest.contains(version)) {
            kept = Reason.NEWEST;
        } else if (pinnedOn != null && !expired) {
            kept = Reason.PINNED;
        } else if (!readable.contains(version)) {
            kept = Reason.UNREADABLE;
        }
        return new Fate(version, kept, pinnedOn, expired);
    }

    /** Out of sight at once, so that nobody opens half of it; a killed removal is finished by the next one. */
    private void remove(String version) throws IOException {
        Path aside = store.directory().resolve(SnapshotStore.PRUNING + version);
        Files.move(store.path(version), aside, StandardCopyOption.ATOMIC_MOVE);
        SnapshotStore.sync(store.directory());
        SnapshotStore.delete(aside);
        Files.deleteIfExists(pin(version));
    }

    private Path pin(String version) {
        return store.directory()
                .resolve(SnapshotStore.PINS)
                .resolve(String.valueOf(store.path(version).getFileName()));
    }
}
