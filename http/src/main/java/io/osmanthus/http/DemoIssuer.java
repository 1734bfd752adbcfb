package io.osmanthus.http;

import java.time.Duration;
import java.time.InstantSource;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.Use;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.lang.JoseException;

/**
 * An issuer of citizens' tokens for demonstrations and rehearsals: an Ed25519 key pair that lives and dies with the
 * process. Immutable and thread-safe.
 */
public final class DemoIssuer {
    public static final String ISSUER = "https://demonstration.invalid/issuer";
    public static final String AUDIENCE = "osmanthus";

    private static final String KEY_ID = "demonstration";

    /** Set up once, then only read. */
    private final OctetKeyPairJsonWebKey pair;

    private final InstantSource clock;

    private DemoIssuer(OctetKeyPairJsonWebKey pair, InstantSource clock) {
        this.pair = pair;
        this.clock = clock;
    }

    /** Makes a new key pair. */
    public static DemoIssuer make(InstantSource clock) {
        try {
            OctetKeyPairJsonWebKey pair = OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519);
            pair.setKeyId(KEY_ID);
            pair.setUse(Use.SIGNATURE);
            pair.setAlgorithm(AlgorithmIdentifiers.EDDSA);
            return new DemoIssuer(pair, clock);
        } catch (JoseException e) {
            throw new IllegalStateException("every JDK from 15 has Ed25519", e);
        }
    }

    /** The public key as a JWKS, to be written to the file that {@code jwt.jwks} names. */
    public String jwks() {
        return new JsonWebKeySet(pair).toJson(OutputControlLevel.PUBLIC_ONLY);
    }

    /** A token for a citizen, at most an hour long. */
    public String citizen(String personId, Duration lifetime) {
        return sign("person_id", personId, lifetime);
    }

    /** A token for who speaks for an organisation, at most an hour long. */
    public String representative(String uscc, Duration lifetime) {
        return sign("uscc", uscc, lifetime);
    }

    private String sign(String claim, String identity, Duration lifetime) {
        if (lifetime.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("for an hour at most");
        }
        long now = clock.instant().getEpochSecond();
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setIssuedAt(NumericDate.fromSeconds(now));
        claims.setExpirationTime(NumericDate.fromSeconds(now + lifetime.toSeconds()));
        claims.setStringClaim(claim, identity);
        JsonWebSignature jws = new JsonWebSignature();
        jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        jws.setHeader(HeaderParameterNames.TYPE, "JWT");
        jws.setKeyIdHeaderValue(KEY_ID);
        jws.setKey(pair.getPrivateKey());
        jws.setPayload(claims.toJson());
        try {
            return jws.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("an Ed25519 key signs", e);
        }
    }
}
