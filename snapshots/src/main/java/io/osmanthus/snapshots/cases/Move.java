package io.osmanthus.snapshots.cases;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be done with a case: the {@code to} of a transition. */
public enum Move {
    FORWARDED,
    SUSPENDED,
    RESUMED,
    /** In favour of who filed. */
    UPHELD,
    REJECTED,
    /** Something was wrong, and is replaced by what its source delivers anew. */
    CORRECTED,
    /** A proposal is not approved. */
    RETURNED,
    REVIEW,
    CLOSED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in requests and in the ledger. */
    public String word() {
        return word;
    }

    /** Whether it is a decision. */
    public boolean decides() {
        return this == UPHELD || this == REJECTED || this == CORRECTED;
    }

    /** The move of a word, or null. */
    public static @Nullable Move of(String word) {
        for (Move move : values()) {
            if (move.word.equals(word)) {
                return move;
            }
        }
        return null;
    }
}
