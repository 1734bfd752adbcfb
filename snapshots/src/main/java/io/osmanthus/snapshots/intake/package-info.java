/**
 * Intake (归集): a delivery, row by row, becomes the Parquet files of a snapshot.
 *
 * <p>{@link io.osmanthus.snapshots.intake.Intake} is the face. Persons are read first: their accepted pseudonyms decide
 * which rows of the other files are read at all. Each row is split by FastCSV behind a {@code QuoteGuard}, judged by the
 * judge of its file, turned into pseudonyms, numbers and sealed texts, and only then handed to DuckDB, which sorts out of
 * core and writes Parquet. What is not accepted is written to the quarantine with file, record number, column and reason,
 * never with a value.
 */
@NullMarked
package io.osmanthus.snapshots.intake;

import org.jspecify.annotations.NullMarked;
