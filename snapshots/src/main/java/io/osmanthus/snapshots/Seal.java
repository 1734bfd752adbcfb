package io.osmanthus.snapshots;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals document numbers, references and evidence of persons: AES-256-GCM under the key's subkey {@code seal/1}, bound to
 * the kind of text, so that a sealed reference does not open as evidence. For one thread.
 *
 * <pre>
 * bytes 0–11   nonce: 96 bits, random at the start, then counted, so that none comes twice
 * bytes 12–    ciphertext, as long as the text in UTF-8
 * last 16      tag
 * </pre>
 */
public final class Seal {
    static final int NONCE_BYTES = 12;
    static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final byte[] kind;
    private final byte[] nonce = new byte[NONCE_BYTES];
    private final Cipher cipher;

    private Seal(PseudonymKey key, String kind) {
        this.key = new SecretKeySpec(key.subkey("seal/1"), "AES");
        this.kind = kind.getBytes(StandardCharsets.UTF_8);
        new SecureRandom().nextBytes(nonce);
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/GCM", e);
        }
    }

    /** A seal for texts of one kind, such as {@code records.document_no}. */
    public static Seal of(PseudonymKey key, String kind) {
        return new Seal(key, kind);
    }

    /** Seals a text. */
    public byte[] seal(String text) {
        next();
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        byte[] sealed = new byte[NONCE_BYTES + plain.length + TAG_BITS / 8];
        System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(kind);
            cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
    }

    /**
     * Opens a sealed text.
     *
     * @throws IllegalArgumentException if it was sealed under another key or kind, or has been changed
     */
    public String open(byte[] sealed) {
        if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
            throw new IllegalArgumentException("sealed text of " + sealed.length + " bytes is too short");
        }
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES));
            cipher.updateAAD(kind);
            byte[] plain = cipher.doFinal(Arrays.copyOfRange(sealed, NONCE_BYTES, sealed.length));
            return new String(plain, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("sealed under another key or kind, or changed since", e);
        }
    }

    private void next() {
        for (int i = NONCE_BYTES - 1; i >= 0 && ++nonce[i] == 0; i--) {
            // carries into the byte before
        }
    }
}
