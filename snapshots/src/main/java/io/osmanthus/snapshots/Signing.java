package io.osmanthus.snapshots;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Ed25519 keys and signatures as they stand in settings: base64 of PKCS#8 and of X.509. Stateless. */
public final class Signing {
    /** Length of a signature in bytes. */
    public static final int SIGNATURE_BYTES = 64;

    private static final String ALGORITHM = "Ed25519";

    private Signing() {}

    /**
     * Reads a private key.
     *
     * @param base64 PKCS#8; what stands between the lines of a PEM file
     * @throws IllegalArgumentException if it is anything else; the message does not repeat the value
     */
    public static PrivateKey privateKey(String base64) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not the base64 of a PKCS#8 Ed25519 key; make one with: openssl genpkey -algorithm ed25519", e);
        }
    }

    /**
     * Reads a public key.
     *
     * @param base64 X.509; what stands between the lines of a PEM file
     * @throws IllegalArgumentException if it is anything else
     */
    public static PublicKey publicKey(String base64) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not the base64 of an X.509 Ed25519 key; take it from the private one with: openssl pkey -pubout",
                    e);
        }
    }

    /** Signs the bytes. */
    public static byte[] sign(PrivateKey key, byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed: the key is not an Ed25519 key", e);
        }
    }

    /** Whether the signature is one of the key's over the bytes. */
    public static boolean verify(PublicKey key, byte[] bytes, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(bytes);
            return signed.length == SIGNATURE_BYTES && signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // a signature that cannot be decoded is a wrong one
        }
    }

    private static byte[] decode(String base64) {
        return Base64.getMimeDecoder().decode(base64.strip());
    }
}
