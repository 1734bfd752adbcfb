package io.osmanthus.http;

/** The server cannot start. {@code reason} says of what kind, the message what to do. */
public final class ServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What stands in the way. */
    public enum Reason {
        /** The address is taken, or not ours. */
        ADDRESS,
        /** The certificate or its key cannot be used. */
        TLS,
        /** The keys of the citizens' issuer cannot be had. */
        ISSUER,
        /** Anything else, named by the cause. */
        INTERNAL
    }

    private final Reason reason;

    ServerException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
