package io.osmanthus.snapshots;

/** Where long work says how far it is. Implementations are thread-safe and never fail the work. */
public interface Progress {
    /** Says nothing. */
    Progress SILENT = (what, total, unit) -> new Task() {
        @Override
        public void advance(long count) {
            // nobody is listening
        }

        @Override
        public void close() {
            // nothing was opened
        }
    };

    /** Begins a step of {@code total} units; -1 where the total is not known. */
    Task begin(String what, long total, String unit);

    /** One step under way; closed when it is done, also when it failed. */
    interface Task extends AutoCloseable {
        void advance(long count);

        @Override
        void close();
    }
}
