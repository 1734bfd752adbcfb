package io.osmanthus.snapshots;

import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 32-byte key under which identities become pseudonyms. Subkeys per scheme and purpose are derived by HKDF-SHA-256
 * (RFC 5869), so that the same number as a card and as a plate are strangers to each other, and what seals a document
 * number cannot make a pseudonym.
 *
 * <p>Immutable and thread-safe. Never printed: {@link #toString} gives the fingerprint.
 */
public final class PseudonymKey {
    public static final int KEY_BYTES = 32;

    private static final byte[] SALT = "osmanthus/1".getBytes(StandardCharsets.US_ASCII);

    private final byte[] pseudorandomKey;

    private PseudonymKey(byte[] key) {
        this.pseudorandomKey = hmac(SALT, key);
    }

    /**
     * Reads a key.
     *
     * @param hex 64 hexadecimal digits
     * @throws IllegalArgumentException if it is anything else; the message does not repeat the value
     */
    public static PseudonymKey ofHex(String hex) {
        String text = hex.strip();
        if (!text.matches("[0-9a-fA-F]{64}")) {
            throw new IllegalArgumentException("a pseudonym key is 64 hexadecimal digits, found " + text.length()
                    + " characters; make one with: openssl rand -hex 32");
        }
        return new PseudonymKey(HexFormat.of().parseHex(text));
    }

    /** The first eight bytes of a derived key as hexadecimal digits: tells keys apart without saying them. */
    public String fingerprint() {
        return HexFormat.of().formatHex(subkey("fingerprint"), 0, 8);
    }

    /** A maker of pseudonyms of one scheme, for one thread. */
    public Pseudonymiser pseudonymiser(Scheme scheme) {
        return new Pseudonymiser(subkey("pseudonym/" + scheme.word()), scheme);
    }

    /** A 32-byte key for one purpose. The caller owns the array. */
    public byte[] subkey(String purpose) {
        byte[] info = Arrays.copyOf(
                purpose.getBytes(StandardCharsets.UTF_8), purpose.getBytes(StandardCharsets.UTF_8).length + 1);
        info[info.length - 1] = 1;
        return hmac(pseudorandomKey, info);
    }

    @Override
    public String toString() {
        return "PseudonymKey[" + fingerprint() + "]";
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /**
     * Makes pseudonyms of one scheme: the first 128 bits of SHA-256(subkey ‖ scheme ‖ 0x1F ‖ canonical token).
     *
     * <p>Not thread-safe; allocates nothing per call on the byte path. The result of {@link #make} stays readable in
     * {@link #high} and {@link #low} until the next call.
     */
    public static final class Pseudonymiser {
        private static final byte SEPARATOR = 0x1F;

        private final MessageDigest digest;
        private final byte[] prefix;
        private final byte[] hash = new byte[32];
        private final ByteBuffer words = ByteBuffer.wrap(hash);

        private Pseudonymiser(byte[] subkey, Scheme scheme) {
            byte[] word = scheme.word().getBytes(StandardCharsets.US_ASCII);
            prefix = Arrays.copyOf(subkey, subkey.length + word.length + 1);
            System.arraycopy(word, 0, prefix, subkey.length, word.length);
            prefix[prefix.length - 1] = SEPARATOR;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        /** Makes the pseudonym of canonical UTF-8 bytes ({@link Canonical}). */
        public void make(byte[] token, int offset, int length) {
            try {
                digest.update(prefix, 0, prefix.length);
                digest.update(token, offset, length);
                digest.digest(hash, 0, hash.length);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the hash buffer is too short", e);
            }
        }

        /** Makes the pseudonym of a canonical token. */
        public void make(String canonical) {
            byte[] bytes = canonical.getBytes(StandardCharsets.UTF_8);
            make(bytes, 0, bytes.length);
        }

        /** The first 64 bits of the last pseudonym. */
        public long high() {
            return words.getLong(0);
        }

        /** The second 64 bits of the last pseudonym. */
        public long low() {
            return words.getLong(8);
        }
    }
}
