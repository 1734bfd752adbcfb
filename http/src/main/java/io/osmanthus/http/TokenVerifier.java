package io.osmanthus.http;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.security.Key;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * jose4j verifies; here stands what it is told, and what it would let through: its base64 skips strange characters, it
 * follows nested and encrypted tokens, and it takes a payload that is not base64 ('b64'). Its exceptions quote the
 * token and the claims: no message of theirs is ever logged.
 */

/**
 * Verifies the JWT of one issuer, of citizens and representatives or of staff: RS256, ES256, EdDSA. Thread-safe; blocks for milliseconds, and for
 * seconds where keys are fetched: call it on workers.
 */
final class TokenVerifier {
    /** A token may hold so long, counted from now. */
    static final int LIFETIME_MINUTES_MAX = 60;

    /** A longer {@code sub} of staff is not taken. */
    static final int SUBJECT_CHARACTERS_MAX = 64;

    /** Clocks may differ by so much. */
    static final int SKEW_SECONDS = 30;

    /** An unknown key id makes us ask the issuer again, at most so often. */
    private static final long REFRESH_MS = 60_000;

    /** Keys older than this are asked for again: one that the issuer has withdrawn must not hold for ever. */
    static final long KEYS_AGE_MS = 600_000;

    /** Three parts of base64url without padding: signed, and not encrypted, which has five. */
    private static final Pattern SHAPE = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

    /** What names a member of staff: a word that can stand in a log. */
    private static final Pattern SUBJECT =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0," + (SUBJECT_CHARACTERS_MAX - 1) + "}");

    /** What would have the token read otherwise than as claims under one signature. */
    private static final List<String> REFUSED_HEADERS = List.of(
            HeaderParameterNames.CRITICAL,
            HeaderParameterNames.BASE64URL_ENCODE_PAYLOAD,
            HeaderParameterNames.CONTENT_TYPE);

    private static final Logger LOG = LoggerFactory.getLogger(TokenVerifier.class);

    /** Whom an issuer vouches for. It makes callers of no other kind, whatever its tokens say. */
    enum Whose {
        CITIZENS,
        STAFF
    }

    private final ServerConfig.Jwt issuer;
    private final Whose whose;
    private final PseudonymKey pseudonymKey;
    private final InstantSource clock;
    private volatile Jwks keys;

    /** When keys were last asked for; written under this. */
    private volatile long askedMs;

    private TokenVerifier(
            ServerConfig.Jwt issuer, Whose whose, Jwks keys, PseudonymKey pseudonymKey, InstantSource clock) {
        this.issuer = issuer;
        this.whose = whose;
        this.keys = keys;
        this.pseudonymKey = pseudonymKey;
        this.clock = clock;
        this.askedMs = clock.millis();
    }

    /**
     * Loads the issuer's keys. Blocks.
     *
     * @throws IOException if they cannot be had
     */
    static TokenVerifier load(ServerConfig.Jwt issuer, Whose whose, PseudonymKey pseudonymKey, InstantSource clock)
            throws IOException {
        return new TokenVerifier(issuer, whose, Jwks.load(issuer.jwks()), pseudonymKey, clock);
    }

    /** Who the token speaks for, and until when that may be remembered. */
    record Verified(Caller caller, long untilMs) {}

    /** Verifies a token; null for every kind of fault, since the caller learns none of them. */
    @Nullable
    Verified verify(String token) {
        if (!SHAPE.matcher(token).matches()) {
            return null;
        }
        try {
            JwtClaims claims = consumer().processToClaims(token);
            Caller caller = whose == Whose.STAFF ? staff(claims) : citizen(claims);
            long untilMs = claims.getExpirationTime().getValueInMillis() + SKEW_SECONDS * 1000L;
            return caller == null ? null : new Verified(caller, untilMs);
        } catch (InvalidJwtException | MalformedClaimException e) {
            return null;
        }
    }

    /** One a token, for its time is fixed. */
    private JwtConsumer consumer() {
        return new JwtConsumerBuilder()
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                .setAllowedClockSkewInSeconds(SKEW_SECONDS)
                .setRequireExpirationTime()
                .setMaxFutureValidityInMinutes(LIFETIME_MINUTES_MAX)
                .setExpectedIssuer(issuer.issuer())
                .setExpectedAudience(issuer.audience())
                .setJwsAlgorithmConstraints(
                        ConstraintType.PERMIT,
                        AlgorithmIdentifiers.RSA_USING_SHA256,
                        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
                        AlgorithmIdentifiers.EDDSA)
                .setVerificationKeyResolver((jws, outer) -> key(jws))
                .setDecryptionKeyResolver((jwe, outer) -> {
                    throw new UnresolvableKeyException("encrypted tokens are not taken");
                })
                .build();
    }

    /** The issuer's key of the token's 'kid', for the algorithm of the key and no other; none from the token itself. */
    private Key key(JsonWebSignature jws) throws UnresolvableKeyException {
        String id = jws.getKeyIdHeaderValue();
        String type = jws.getHeader(HeaderParameterNames.TYPE);
        if (id == null
                || !(type == null || type.equalsIgnoreCase("JWT") || type.equalsIgnoreCase("at+jwt"))
                || REFUSED_HEADERS.stream().anyMatch(name -> jws.getObjectHeader(name) != null)) {
            throw new UnresolvableKeyException("a header that is not taken");
        }
        Jwks.Pinned pinned = keys.key(id);
        if (pinned == null) {
            refresh(REFRESH_MS);
            pinned = keys.key(id);
        } else if (clock.millis() - askedMs >= KEYS_AGE_MS) {
            refresh(KEYS_AGE_MS);
            pinned = keys.key(id);
        }
        if (pinned == null || !pinned.algorithm().equals(jws.getAlgorithmHeaderValue())) {
            throw new UnresolvableKeyException("no key of this id for this algorithm");
        }
        return pinned.key();
    }

    /** A name that is a citizen id is refused: it would stand in cases and in the ledger. */
    private static @Nullable Caller staff(JwtClaims claims) throws MalformedClaimException {
        Collection<String> names = claims.getClaimNames();
        String id = claims.getSubject();
        String word = claims.getStringClaimValue("role");
        if (names.contains("person_id")
                || names.contains("uscc")
                || id == null
                || !SUBJECT.matcher(id).matches()
                || CitizenIds.find(id, 0) >= 0) {
            return null;
        }
        for (Role role : Role.values()) {
            if (role.staff() && role.word().equals(word)) {
                return new Caller.Staff(id, role);
            }
        }
        return null;
    }

    private @Nullable Caller citizen(JwtClaims claims) throws MalformedClaimException {
        Collection<String> names = claims.getClaimNames();
        boolean person = names.contains("person_id");
        if (person == names.contains("uscc")) {
            return null;
        }
        String given = claims.getStringClaimValue(person ? "person_id" : "uscc");
        String identity = given == null ? "" : Canonical.of(given);
        if (identity.isEmpty()) {
            return null;
        }
        PseudonymKey.Pseudonymiser pseudonymiser = pseudonymKey.pseudonymiser(person ? Scheme.PERSON : Scheme.USCC);
        pseudonymiser.make(identity);
        return person
                ? new Caller.Citizen(pseudonymiser.high(), pseudonymiser.low(), birthday(identity))
                : new Caller.Representative(pseudonymiser.high(), pseudonymiser.low());
    }

    private static int birthday(String id) {
        return id.length() == CitizenIds.LENGTH && CitizenIds.valid(id, 0)
                ? CitizenIds.birthday(id, 0)
                : Days.MALFORMED;
    }

    private synchronized void refresh(long ageMs) {
        long now = clock.millis();
        if (now - askedMs < ageMs) {
            return;
        }
        askedMs = now;
        try {
            keys = Jwks.load(issuer.jwks());
        } catch (IOException e) {
            LOG.warn("the issuer's keys could not be read again; the old ones stay: {}", e.getMessage());
        }
    }
}
