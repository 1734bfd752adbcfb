package io.osmanthus.snapshots.vocabulary;

/** Marks of records, arrears and list entries, as bits: what the ledger says of them since they were delivered. */
public final class Marks {
    /** Objected to and not yet decided: a person's record or arrears do not count; an organisation's entry stands. */
    public static final int DISPUTED = 1;

    /** Repaired: an entry is over, a record counts no more, or as the rules say of repaired ones. */
    public static final int REPAIRED = 2;

    /** Taken back by its source, or decided to be wrong. */
    public static final int RETRACTED = 4;

    /** Deleted at the person's own wish. */
    public static final int WITHDRAWN = 8;

    private Marks() {}
}
