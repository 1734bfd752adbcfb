package io.osmanthus.snapshots.ledger;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a change is. The payload of each is a small JSON object; dates are {@code YYYY-MM-DD}, names those of the vocabulary. */
public enum Kind {
    /**
     * {@code district?, synthetic?, delivered?}: a division code; 1 for one who cannot be a living person; 1 where it gives a
     * key to somebody who left and whom a delivery has enrolled again, and enrols nobody by itself.
     */
    ENROLLED,
    /** Nothing: the person's key goes with it, and everything under it. */
    LEFT,
    /** {@code scheme, token}: 32 hexadecimal digits, a pseudonym. */
    TOKEN_BOUND,
    /** {@code scheme, token}. */
    TOKEN_UNBOUND,
    /**
     * {@code scheme, token, by?}: of a token that somebody else holds. It stands of who claims, and of the holder, there with a keyed
     * hash of the claimant. Nothing changes hands by it.
     */
    TOKEN_CLAIMED,
    /** {@code scene, purpose_version, recipients, granted_on, expires_on}: for that purpose and those recipients only. */
    CONSENT_GIVEN,
    /** {@code scene, on}: every consent for the scene granted until that day. */
    CONSENT_WITHDRAWN,
    /** {@code type, record_id, item, source, occurred_on, ended_on?, decided_on?, quantity?, severity?, document_no?}. */
    RECORD_ADDED,
    /** {@code type, record_id, source, marks, reason?}: marks in place of those the record had. */
    RECORD_MARKED,
    /** {@code scene, since, amount_cents, reference}. */
    ARREARS_ADDED,
    /** {@code scene, since}. */
    ARREARS_SETTLED,
    /**
     * {@code scene, since, marks}: marks of every arrears of the scene that began on that day. Disputed is the day, until another
     * says otherwise, with what is added to it; taken back is for good what is there.
     */
    ARREARS_MARKED,
    /** {@code entry_id, list, entered_on, leaves_on?}. */
    ENTRY_ADDED,
    /** {@code entry_id, list, ends_on?, marks?}: see {@link Amendment}. */
    ENTRY_AMENDED,
    /** {@code case, case_kind, version}, and what was filed: see {@code snapshots.cases.Filing}. */
    CASE_FILED,
    /** {@code case, version, move, from, to, reason, on, due_on?, review_until?}. */
    CASE_MOVED,
    /** {@code configuration, rules_version}: nodes make ready the configuration of this hash. About nobody. */
    CONFIGURATION_ANNOUNCED,
    /** {@code configuration, rules_version}: from here on this one is in force. About nobody. */
    CONFIGURATION_CHANGED;

    /** Whether it is about the configuration, not about a subject. */
    public boolean configuration() {
        return this == CONFIGURATION_ANNOUNCED || this == CONFIGURATION_CHANGED;
    }

    private static final Map<String, Kind> KINDS =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Kind::word, kind -> kind));

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in the database. */
    public String word() {
        return word;
    }

    /** The kind of a word; null for one of a later version. */
    static @Nullable Kind of(String word) {
        return KINDS.get(word);
    }
}
