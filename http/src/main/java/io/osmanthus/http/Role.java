package io.osmanthus.http;

import java.util.Locale;

/** Who asks. Machines hold an API key, citizens and representatives a JWT; the public holds nothing. */
public enum Role {
    PUBLIC,
    TERMINAL,
    DEPARTMENT,
    DESK,
    OVERSIGHT,
    OPERATOR,
    CITIZEN,
    REPRESENTATIVE;

    /** The word in {@code clients.yaml} and in tokens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a key of {@code clients.yaml} may carry the role: machines always, staff only in a demonstration. */
    boolean byKey(boolean demonstration) {
        return switch (this) {
            case TERMINAL, DEPARTMENT -> true;
            case DESK, OVERSIGHT, OPERATOR -> demonstration;
            case PUBLIC, CITIZEN, REPRESENTATIVE -> false;
        };
    }
}
