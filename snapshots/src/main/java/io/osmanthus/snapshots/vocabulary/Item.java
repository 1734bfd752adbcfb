package io.osmanthus.snapshots.vocabulary;

import java.util.Set;

/**
 * A kind of fact of the public catalogue (目录): a record counts only if its item stands here.
 *
 * @param index dense number from 0 in the catalogue's order; not stable across configurations
 * @param sources who may deliver it as a row of {@code records.csv}; empty where it follows from another file
 * @param retentionMonths how long a record may be kept after the act ended
 * @param severity of the records that give none
 * @param requires columns that a record must give beyond those every record gives
 */
public record Item(
        int index,
        String id,
        Title title,
        SubjectType subject,
        Kind kind,
        String category,
        String legalBasis,
        Set<String> sources,
        int retentionMonths,
        String repairRoute,
        Set<Column> requires,
        CaseLimits.Severity severity) {
    /** Whether a record of the item speaks for or against its subject. */
    public enum Kind {
        PLUS,
        ADVERSE
    }

    /** Optional columns of {@code records.csv} that an item may require. */
    public enum Column {
        QUANTITY,
        SEVERITY,
        DOCUMENT_NO
    }

    public boolean adverse() {
        return kind == Kind.ADVERSE;
    }

    /** Whether a broken commitment of {@code commitments.csv} is a record of it. */
    public boolean ofCommitments() {
        return sources.isEmpty();
    }
}
