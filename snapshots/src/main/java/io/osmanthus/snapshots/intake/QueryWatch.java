package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.QueryProgress;

/**
 * Asks DuckDB how far a statement is while it runs, and tells the progress: the share of all rows that it has to read, sort
 * and write, as rows of the answer. Closed by the thread that runs the statement, when it has ended or failed.
 */
final class QueryWatch implements AutoCloseable {
    private static final int POLL_MS = 200;

    private final DuckDBPreparedStatement statement;
    private final Progress.Task task;
    private final long rows;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread watcher;

    /** Written by the watcher, and by {@link #finish} after it has ended. */
    private long told;

    private QueryWatch(DuckDBPreparedStatement statement, Progress.Task task, long rows) {
        this.statement = statement;
        this.task = task;
        this.rows = rows;
        this.watcher = new Thread(this::watch, "osmanthus-query-progress");
        watcher.setDaemon(true);
    }

    /** What a connection needs so that it can be asked, before its configuration is locked. */
    static void enable(Statement statement) throws SQLException {
        statement.execute("SET enable_progress_bar = true");
        statement.execute("SET enable_progress_bar_print = false");
        statement.execute("SET progress_bar_time = 0");
    }

    /**
     * Begins to ask.
     *
     * @param rows of the answer, as many as are expected
     */
    static QueryWatch begin(Statement statement, Progress.Task task, long rows) throws SQLException {
        QueryWatch watch = new QueryWatch(statement.unwrap(DuckDBPreparedStatement.class), task, rows);
        watch.watcher.start();
        return watch;
    }

    /** The statement has ended well: whatever has not been told is done. */
    void finish() {
        close();
        tell(rows);
    }

    @Override
    public void close() {
        ended.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                watcher.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the watcher ends by itself, at once
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            while (!ended.await(POLL_MS, TimeUnit.MILLISECONDS)) {
                QueryProgress now = statement.getQueryProgress();
                long all = now.getTotalRowsToProcess();
                if (all > 0) {
                    tell((long) ((double) rows * Math.min(now.getRowsProcessed(), all) / all));
                }
            }
        } catch (SQLException | InterruptedException e) {
            // Nobody waits for what is only said: the work goes on unseen, and finish() tells the rest.
        }
    }

    private void tell(long done) {
        if (done > told) {
            task.advance(done - told);
            told = done;
        }
    }
}
