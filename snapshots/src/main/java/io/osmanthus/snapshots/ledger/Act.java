package io.osmanthus.snapshots.ledger;

/**
 * Something that is done in one transaction: reads what it must know, writes rows of its own and changes. Runs on the
 * ledger's thread, with others in the same transaction; what it throws undoes it alone, and reaches who submitted it.
 */
@FunctionalInterface
public interface Act {
    Outcome on(Page page) throws Exception;

    /**
     * What came of it: kept with the idempotency key, so that a repetition is answered with the same bytes.
     *
     * @param status of the answer, as the caller counts them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Outcome(int status, byte[] body) {}

    /** An outcome, the last position when it was written, and when. */
    record Receipt(Outcome outcome, long position) {}
}
