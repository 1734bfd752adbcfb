package io.osmanthus.snapshots.cases;

/** Why something cannot be done with a case. Messages are made of fixed words, and name nobody. */
public final class CaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code {
        /** There is no such case. */
        NOT_FOUND,
        /** The case has moved on since it was read. */
        STALE,
        /** The table of states, or a rule beside it, forbids the move. */
        ILLEGAL,
        /** There is such a case already, or there was one. */
        CONFLICT,
        /** So many cases of one subject are open already. */
        TOO_MANY,
        /** Who filed has left meanwhile. */
        GONE
    }

    private final Code code;
    private final String words;

    public CaseException(Code code, String words) {
        super(words);
        this.code = code;
        this.words = words;
    }

    /** The reason, for whoever asked. */
    public String words() {
        return words;
    }

    public Code code() {
        return code;
    }
}
