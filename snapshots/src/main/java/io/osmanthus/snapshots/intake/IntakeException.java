package io.osmanthus.snapshots.intake;

/** A delivery that cannot be taken in at all. The message says what is wrong, where, and what to do; never a value of a row. */
public final class IntakeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is. */
    public enum Code {
        /** No directory, or no {@code delivery.csv} in it. */
        DELIVERY_MISSING,
        /** {@code delivery.csv} itself cannot be understood. */
        DELIVERY_MALFORMED,
        /** A file whose name the contract does not have. */
        FILE_UNKNOWN,
        /** One file in two formats. */
        FILE_TWICE,
        /** Columns missing, unknown or repeated. */
        HEADER,
        /** Bytes that no supported encoding explains. */
        ENCODING,
        /** A gzip or Parquet file that is truncated or damaged. */
        DAMAGED,
        /** A signature that is missing or wrong. */
        EVIDENCE_INVALID,
        /** The former snapshot, whose facts were to stand, was built under another key. */
        FORMER_UNUSABLE,
        /** Rows were lost between two counts. */
        COUNT_MISMATCH,
        /** More than intake is made for. */
        LIMIT,
        /** The file system or the database refused. */
        IO
    }

    private final Code code;

    public IntakeException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public IntakeException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
