package io.osmanthus.engine;

/** A generation that cannot be built or written further. The message says expected, found and what to do. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is. */
    public enum Code {
        /** The declared head-room is used up. */
        FULL,
        /** What was loaded is not what the manifest says. */
        COUNT_MISMATCH,
        /** There is not memory enough for another generation now. */
        NO_MEMORY
    }

    private final Code code;

    public EngineException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
