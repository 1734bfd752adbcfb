package io.osmanthus.snapshots;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/**
 * Hashes of references under a subkey of their own: the first 128 bits of SHA-256(subkey ‖ space ‖ 0x1F ‖ text). What is
 * sealed can be found again by it, and nobody without the key can guess. For one thread; the result stays readable in
 * {@link #high} and {@link #low} until the next call.
 */
public final class KeyedHash {
    private static final byte SEPARATOR = 0x1F;

    private final byte[] subkey;
    private final MessageDigest digest;
    private final byte[] hash = new byte[32];
    private final ByteBuffer words = ByteBuffer.wrap(hash);

    private KeyedHash(byte[] subkey) {
        this.subkey = subkey;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Hashes for one purpose, such as {@code reference/1}. */
    public static KeyedHash of(PseudonymKey key, String purpose) {
        return new KeyedHash(key.subkey(purpose));
    }

    /** Hashes a text within a space of names, such as the source that gave it. */
    public void make(String space, String text) {
        try {
            digest.update(subkey);
            digest.update(space.getBytes(StandardCharsets.UTF_8));
            digest.update(SEPARATOR);
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            digest.digest(hash, 0, hash.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the hash buffer is too short", e);
        }
    }

    /** The first 64 bits of the last hash. */
    public long high() {
        return words.getLong(0);
    }

    /** The second 64 bits of the last hash. */
    public long low() {
        return words.getLong(8);
    }
}
