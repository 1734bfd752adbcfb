package io.osmanthus.engine;

import io.osmanthus.snapshots.Rows;
import org.jspecify.annotations.Nullable;

/** Rows that begin with their subject's ordinal, ascending: read beside others, subject by subject. */
final class SubjectRows implements AutoCloseable {
    private final Rows rows;
    private int subject;

    /** Whether the row under the cursor has not been given out yet. */
    private boolean pending;

    private boolean ended;

    SubjectRows(Rows rows) {
        this.rows = rows;
        move();
    }

    /**
     * Moves to the next row of a subject, if there is one.
     *
     * @throws IllegalStateException if the file is not in order: a row would be passed over
     */
    boolean nextOf(int ordinal) {
        if (!pending && !ended) {
            move();
        }
        if (ended || subject > ordinal) {
            return false;
        }
        if (subject < ordinal) {
            throw new IllegalStateException("rows of subject " + subject + " stand after subject " + ordinal);
        }
        pending = false;
        return true;
    }

    int integer(int column) {
        return rows.integer(column);
    }

    long number(int column) {
        return rows.number(column);
    }

    @Nullable
    String text(int column) {
        return rows.text(column);
    }

    @Override
    public void close() {
        rows.close();
    }

    private void move() {
        pending = rows.next();
        ended = !pending;
        subject = pending ? rows.integer(0) : Integer.MAX_VALUE;
    }
}
