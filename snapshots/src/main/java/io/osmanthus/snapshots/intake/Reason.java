package io.osmanthus.snapshots.intake;

/**
 * Why a row is quarantined: the one list of reason codes. A row with several faults is counted under the one that comes
 * first here, with two exceptions: a key is looked at last, since a row that is quarantined holds none, and nothing else is
 * read of a natural person's row on a list.
 */
public enum Reason {
    /** Not as many fields as the header, or a stray quote. */
    COLUMN_COUNT,
    /** Bytes that are not in the file's encoding. */
    ENCODING,
    /** A required field is empty, or says {@code 00000000000000000X}. */
    REQUIRED_MISSING,
    /** A word, number or text that the column does not take. */
    VALUE_MALFORMED,
    /** Not a real day written {@code YYYY-MM-DD}, or an end before its beginning. */
    DATE_MALFORMED,
    /** A day after the as-of date in a column that tells of the past. */
    DATE_FUTURE,
    /** A citizen id or organisation code without the shape of one, or with an impossible birthday. */
    ID_MALFORMED,
    /** A citizen id whose check character is wrong. */
    ID_CHECK,
    /** A division code that {@code districts.yaml} does not know. */
    DISTRICT_UNKNOWN,
    /** An item that is not in the public catalogue. */
    ITEM_UNKNOWN,
    /** An organisation that was not accepted. */
    REFERENCE_UNKNOWN,
    /** A key that an accepted row before it has. */
    DUPLICATE_KEY,
    /** A source that may not deliver this item, or arrears of this scene. */
    SOURCE_NOT_ALLOWED,
    /** A person under age on the as-of date. */
    MINOR,
    /** A natural person on a list. */
    PERSON_ON_LIST,
    /** A citizen id where an organisation's code belongs. */
    NATURAL_PERSON,
    /** Evidence that does not hold. */
    EVIDENCE_INVALID
}
