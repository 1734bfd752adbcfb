package io.osmanthus.http;

import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * Nothing in an API can know who holds the card, and numbers can be counted through. So whoever names a token that somebody
 * else has bound claims it: its holder is told and keeps it, and has a week to say that it is theirs, by binding it again.
 * Who claims is answered as if nobody had had it, with as many changes, and is shown the token as one of theirs; after the
 * week, binding it once more takes it, if they have named no other of the scheme meanwhile. What the holder has said once holds against the same claimant for as long as they
 * hold it.
 */

/** Claims to a token that somebody else has bound, in the transaction of an act. Stateless. */
final class TokenClaims {
    /** How long the holder of a token has to say that it is theirs. */
    static final Duration WAIT = Duration.ofDays(7);

    /** Tokens that one person may bind or claim in a day: plates can be counted through. */
    static final int BINDINGS_A_DAY_MAX = 10;

    /** Bindings and claims of a holder that are looked through, the newest. */
    private static final int LOOKED_AT_MAX = 1_000;

    private static final Duration DAY = Duration.ofDays(1);
    private static final Set<Kind> KINDS = Set.of(Kind.TOKEN_CLAIMED, Kind.TOKEN_BOUND);

    /** How a claim stands. */
    enum Standing {
        /** It has not been made yet. */
        NEW,
        /** The holder has been told, and may still say that the token is theirs. */
        WAITS,
        /** The week is over, and they have not. */
        RIPE,
        /** They have. */
        REFUSED
    }

    private TokenClaims() {}

    /** Who claims, as the holder's change names them: of use for this one token only, and to nobody without the key. */
    static String claimant(PseudonymKey key, Subject person, PersonLookup.Token token) {
        KeyedHash hash = KeyedHash.of(key, "token-claim/1");
        HexFormat hex = HexFormat.of();
        hash.make(hex.formatHex(person.bytes()), digits(token));
        return hex.toHexDigits(hash.high()) + hex.toHexDigits(hash.low());
    }

    /** A token as payloads name it. */
    static String digits(PersonLookup.Token token) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(token.high()) + hex.toHexDigits(token.low());
    }

    /**
     * How the claim of one claimant to a token of somebody else stands. One that was given up for another token begins anew: so
     * nobody has more than one a scheme that ripens.
     *
     * @param still whether the claimant has named no other token of the scheme since
     */
    static Standing standing(Page page, Subject holder, PersonLookup.Token token, String claimant, boolean still)
            throws Exception {
        Instant since = null;
        boolean refused = false;
        for (Entry entry : page.about(holder, KINDS, LOOKED_AT_MAX)) {
            Payload payload = of(entry, token);
            if (payload == null) {
                continue;
            }
            if (entry.kind() == Kind.TOKEN_BOUND) {
                refused |= since != null;
                since = null;
            } else if (against(entry) && payload.text("by").equals(claimant)) {
                since = entry.at();
            }
        }
        if (refused || since == null || !still) {
            return refused ? Standing.REFUSED : Standing.NEW;
        }
        return since.plus(WAIT).isAfter(page.at()) ? Standing.WAITS : Standing.RIPE;
    }

    /** Whether somebody else claims a token that this person holds, and they have not said since that it is theirs. */
    static boolean contested(Page page, Subject holder, PersonLookup.Token token) throws Exception {
        boolean contested = false;
        for (Entry entry : page.about(holder, KINDS, LOOKED_AT_MAX)) {
            if (of(entry, token) != null) {
                contested = entry.kind() == Kind.TOKEN_CLAIMED && (contested || against(entry));
            }
        }
        return contested;
    }

    /** Refuses one more binding of a day, whatever the token; leaving and coming back begins no new one. */
    static void limit(Page page, Subject self, String actor) throws Exception {
        Instant first = page.oldestOfLast(
                BINDINGS_A_DAY_MAX, KINDS, actor, self, page.at().minus(DAY));
        if (first != null) {
            Duration wait = Duration.between(page.at(), first.plus(DAY));
            throw new Writes.Refusal(Problem.TOO_FAST, (int) Math.max(1, wait.toSeconds()));
        }
    }

    /** A claim of somebody else's, not one that the person made. */
    static boolean against(Entry entry) {
        return entry.kind() == Kind.TOKEN_CLAIMED && entry.actor().equals(CitizenActs.REBOUND);
    }

    private static @Nullable Payload of(Entry entry, PersonLookup.Token token) {
        byte[] bytes = entry.payload();
        Payload payload = bytes == null ? null : Payload.parse(bytes);
        return payload != null
                        && payload.text("token").equals(digits(token))
                        && payload.text("scheme").equals(token.scheme().word())
                ? payload
                : null;
    }
}
