package io.osmanthus.snapshots;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;

/** The lock of a store, also across processes: held by whoever builds or prunes. The system lets go of it when a process dies. */
final class StoreLock implements AutoCloseable {
    private final FileChannel file;

    private StoreLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Takes the lock.
     *
     * @throws SnapshotException LOCKED if another holds it
     */
    static StoreLock take(SnapshotStore store) throws IOException {
        FileChannel file = FileChannel.open(
                store.directory().resolve(SnapshotStore.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(file)) {
            file.close();
            throw new SnapshotException(
                    Code.LOCKED,
                    "another build is at work in the snapshot store " + store.directory()
                            + ": wait for it, or build into another store");
        }
        return new StoreLock(file);
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by another build of this very process
        }
    }

    /** Lets the next one in. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
