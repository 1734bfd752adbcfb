package io.osmanthus.snapshots.cases;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a case stands. */
public enum CaseState {
    FILED,
    /** With the source that delivered what it is about. */
    FORWARDED,
    /** The clock stands, while an inspection runs. */
    SUSPENDED,
    /** Decided by one; another must approve. */
    PROPOSED,
    DECIDED,
    /** Looked at once more, at the wish of whom it is about. */
    REVIEW,
    CLOSED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in answers and in the database. */
    public String word() {
        return word;
    }

    /** Whether somebody must decide by a date. */
    public boolean pending() {
        return this != DECIDED && this != CLOSED;
    }

    /** The state of a word, or null. */
    public static @Nullable CaseState of(String word) {
        for (CaseState state : values()) {
            if (state.word.equals(word)) {
                return state;
            }
        }
        return null;
    }
}
