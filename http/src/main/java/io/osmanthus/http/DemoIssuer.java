package io.osmanthus.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;

/**
 * An issuer of citizens' tokens for demonstrations and rehearsals: an Ed25519 key pair that lives and dies with the
 * process. Immutable and thread-safe.
 */
public final class DemoIssuer {
    public static final String ISSUER = "https://demonstration.invalid/issuer";
    public static final String AUDIENCE = "osmanthus";

    private static final String KEY_ID = "demonstration";
    private static final int ED25519_BYTES = 32;

    private final KeyPair pair;
    private final InstantSource clock;

    private DemoIssuer(KeyPair pair, InstantSource clock) {
        this.pair = pair;
        this.clock = clock;
    }

    /** Makes a new key pair. */
    public static DemoIssuer make(InstantSource clock) {
        try {
            return new DemoIssuer(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), clock);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK from 15 has Ed25519", e);
        }
    }

    /** The public key as a JWKS, to be written to the file that {@code jwt.jwks} names. */
    public String jwks() {
        EdECPublicKey key = (EdECPublicKey) pair.getPublic();
        byte[] bigEndian = key.getPoint().getY().toByteArray();
        byte[] bytes = new byte[ED25519_BYTES];
        for (int i = 0; i < bigEndian.length && i < ED25519_BYTES; i++) {
            bytes[i] = bigEndian[bigEndian.length - 1 - i];
        }
        if (key.getPoint().isXOdd()) {
            bytes[ED25519_BYTES - 1] |= (byte) 0x80;
        }
        return "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"sig\",\"alg\":\"EdDSA\",\"kid\":\"" + KEY_ID
                + "\",\"x\":\"" + base64(bytes) + "\"}]}";
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
        if (!identity.matches("[0-9A-Za-z]{1,32}") || lifetime.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("an identity of letters and digits, for an hour at most");
        }
        long now = clock.instant().getEpochSecond();
        String signed = base64(utf8("{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"" + KEY_ID + "\"}"))
                + "."
                + base64(utf8("{\"iss\":\"" + ISSUER + "\",\"aud\":\"" + AUDIENCE + "\",\"iat\":" + now + ",\"exp\":"
                        + (now + lifetime.toSeconds()) + ",\"" + claim + "\":\"" + identity + "\"}"));
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(utf8(signed));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an Ed25519 key signs", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
