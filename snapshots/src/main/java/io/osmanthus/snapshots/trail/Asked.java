package io.osmanthus.snapshots.trail;

import java.util.Locale;

/** How an answer about a person came to be. The codes are stored. */
public enum Asked {
    /** A client asked in a scene. */
    CHECK(0),
    /** The person's own app; the answer's word is what was shown. */
    OWN(1),
    /** A command on the operator's machine. */
    OFFLINE(2),
    /** The desk, working on a case of the person's; the answer's word is what was shown. */
    DESK(3);

    private static final Asked[] VALUES = values();

    private final int code;

    Asked(int code) {
        this.code = code;
    }

    /** The word in answers and files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    int code() {
        return code;
    }

    static Asked of(int code) {
        for (Asked asked : VALUES) {
            if (asked.code == code) {
                return asked;
            }
        }
        throw new IllegalArgumentException("no way of asking has the code " + code);
    }
}
