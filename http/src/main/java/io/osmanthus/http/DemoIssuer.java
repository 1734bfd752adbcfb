package io.osmanthus.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
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
 * An issuer of citizens' and staff's tokens for demonstrations and rehearsals: an Ed25519 key pair that lives and dies with the
 * process. Immutable and thread-safe.
 */
public final class DemoIssuer {
    public static final String ISSUER = "https://demonstration.invalid/issuer";
    public static final String AUDIENCE = "osmanthus";
    public static final String STAFF_AUDIENCE = "osmanthus-staff";

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

    /** The same issuer by another clock. */
    DemoIssuer at(InstantSource other) {
        return new DemoIssuer(pair, other);
    }

    /** The public key as a JWKS, to be written to the file that {@code jwt.jwks} names. */
    public String jwks() {
        return new JsonWebKeySet(pair).toJson(OutputControlLevel.PUBLIC_ONLY);
    }

    /** A token for a citizen, at most an hour long. */
    public String citizen(String personId, Duration lifetime) {
        return sign(AUDIENCE, lifetime, claims -> claims.setStringClaim("person_id", personId));
    }

    /** A token for who speaks for an organisation, at most an hour long. */
    public String representative(String uscc, Duration lifetime) {
        return sign(AUDIENCE, lifetime, claims -> claims.setStringClaim("uscc", uscc));
    }

    /** A token for a member of staff (desk, oversight, operator), at most an hour long. */
    public String staff(String id, Role role, Duration lifetime) {
        return sign(STAFF_AUDIENCE, lifetime, claims -> {
            claims.setSubject(id);
            claims.setStringClaim("role", role.word());
        });
    }

    String sign(String audience, Duration lifetime, Consumer<JwtClaims> who) {
        if (lifetime.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("for an hour at most");
        }
        long now = clock.instant().getEpochSecond();
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(audience);
        claims.setIssuedAt(NumericDate.fromSeconds(now));
        claims.setExpirationTime(NumericDate.fromSeconds(now + lifetime.toSeconds()));
        who.accept(claims);
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
