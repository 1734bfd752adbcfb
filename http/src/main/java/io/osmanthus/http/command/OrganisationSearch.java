package io.osmanthus.http.command;

import io.osmanthus.http.CandidateSearch;
import io.osmanthus.snapshots.OrganisationNames;
import io.osmanthus.snapshots.Snapshot;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds organisations by name in the snapshot that was loaded last. Thread-safe: searches run side by side; a new snapshot's
 * names take over when those under way are done.
 */
final class OrganisationSearch implements CandidateSearch, AutoCloseable {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable OrganisationNames names;
    private String version = "";

    /** From now on names are searched in this snapshot; nothing happens if they are already. Called by one thread. */
    void use(Snapshot snapshot) {
        if (!snapshot.manifest().version().equals(version)) {
            replace(OrganisationNames.open(snapshot), snapshot.manifest().version());
        }
    }

    @Override
    public List<List<Candidate>> candidates(List<String> asked) {
        lock.readLock().lock();
        try {
            return names == null ? NONE.candidates(asked) : found(names, asked);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        replace(null, "");
    }

    private static List<List<Candidate>> found(OrganisationNames names, List<String> asked) {
        return names.find(asked).stream()
                .map(found -> found.stream()
                        .map(one -> new Candidate(one.uscc(), one.name(), one.likeness()))
                        .toList())
                .toList();
    }

    private void replace(@Nullable OrganisationNames next, String nextVersion) {
        lock.writeLock().lock();
        try {
            if (names != null) {
                names.close();
            }
            names = next;
            version = nextVersion;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
