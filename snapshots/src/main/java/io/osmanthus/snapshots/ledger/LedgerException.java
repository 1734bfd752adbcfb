package io.osmanthus.snapshots.ledger;

/** Why the ledger could not do what it was asked. Messages name no person. */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What to do about it. */
    public enum Code {
        /** The database cannot be reached, or broke off: whether the act was written is not known. Try again later. */
        UNAVAILABLE,
        /** Too many acts are waiting. Try again later. */
        OVERLOADED,
        /** The idempotency key has been used with another body. */
        KEY_REUSED,
        /** Another ledger than the one known here, or an older state of it. An operator must decide. */
        REFUSED,
        /** The embedded database is used by another process, or does not start. */
        EMBEDDED
    }

    private final Code code;

    public LedgerException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public LedgerException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
