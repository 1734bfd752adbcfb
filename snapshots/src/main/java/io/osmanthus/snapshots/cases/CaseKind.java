package io.osmanthus.snapshots.cases;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a case is about. */
public enum CaseKind {
    /** A record is said to be wrong. */
    OBJECTION_RECORD,
    /** Arrears are said to be wrong. */
    OBJECTION_ARREARS,
    /** An answer about the person is said not to have been called for. */
    OBJECTION_ACCESS,
    /** An organisation's list entry is said to be wrong. */
    OBJECTION_ENTRY,
    /** What was wrong has been put right (信用修复). */
    REPAIR;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The word in answers and in the database. */
    public String word() {
        return word;
    }

    /** Whether something is said to be wrong. */
    public boolean objection() {
        return this != REPAIR;
    }

    static @Nullable CaseKind of(String word) {
        for (CaseKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        return null;
    }
}
