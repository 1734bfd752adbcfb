package io.osmanthus.snapshots.trail;

import java.io.Serial;

/** The trail cannot be kept or read. The message says what is to be done. */
public final class TrailException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** What is wrong. */
    public enum Code {
        /** A directory cannot be written, or is not what it should be. */
        DIRECTORY,
        /** Another process has this start's directory. */
        LOCKED,
        /** More names than an event has room for. */
        FULL,
        /** A queue or a Parquet file cannot be read. */
        UNREADABLE
    }

    TrailException(Code code, String message) {
        super(message);
        this.code = code;
    }

    TrailException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
