package io.osmanthus.snapshots;

/** A snapshot or a store that cannot be used. The message says what is wrong, where, and what to do. */
public final class SnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is. */
    public enum Code {
        /** There is no store, no such snapshot, or no current one. */
        MISSING,
        /** Bytes are not those that were published. */
        CORRUPT,
        /** Written by a version before the oldest that this one reads. */
        TOO_OLD,
        /** Written by a later version than this one. */
        TOO_NEW,
        /** Built with another pseudonym key. */
        WRONG_KEY,
        /** Contains another ledger than is served, or more of it than there is. */
        WRONG_LEDGER,
        /** Carries no signature where one is required. */
        UNSIGNED,
        /** Its signature is not one of the trusted key. */
        WRONG_SIGNATURE,
        /** Another build is at work in the store. */
        LOCKED,
        /** The file system refused. */
        IO
    }

    private final Code code;

    public SnapshotException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public SnapshotException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
