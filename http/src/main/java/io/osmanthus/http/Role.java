package io.osmanthus.http;

import java.util.List;
import java.util.Locale;

/**
 * Who asks. Machines hold an API key; staff sign in as persons with a JWT of the staff issuer, citizens and representatives
 * with one of theirs; the public holds nothing.
 */
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

    /** Whether a token of the staff issuer may carry the role. */
    boolean staff() {
        return this == DESK || this == OVERSIGHT || this == OPERATOR;
    }

    /** The security schemes of {@code openapi.yaml} that can carry the role, the usual one first. */
    List<String> schemes() {
        return switch (this) {
            case PUBLIC -> List.of();
            case TERMINAL, DEPARTMENT -> List.of("key");
            case DESK, OVERSIGHT, OPERATOR -> List.of("staff", "key");
            case CITIZEN, REPRESENTATIVE -> List.of("token");
        };
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
