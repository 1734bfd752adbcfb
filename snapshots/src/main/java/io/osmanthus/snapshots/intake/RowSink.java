package io.osmanthus.snapshots.intake;

import java.sql.SQLException;

/** Takes the records of a file one by one, in the file's order. */
interface RowSink {
    /** The row is reused for the next record. */
    void accept(Row row) throws SQLException;
}
