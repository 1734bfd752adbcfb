package io.osmanthus.snapshots.vocabulary;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A scheme of identifiers: the first thing said of a token, and a part of its pseudonym's key. */
public enum Scheme {
    CARD,
    PLATE,
    APP,
    PERSON,
    USCC;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in deliveries and requests. */
    public String word() {
        return word;
    }

    /** Whether a person binds tokens of this scheme ({@code card}, {@code plate}, {@code app}). */
    public boolean bindable() {
        return this == CARD || this == PLATE || this == APP;
    }

    /** The scheme of a word, or null. */
    public static @Nullable Scheme of(String word) {
        for (Scheme scheme : values()) {
            if (scheme.word.equals(word)) {
                return scheme;
            }
        }
        return null;
    }
}
