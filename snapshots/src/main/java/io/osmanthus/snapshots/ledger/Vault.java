package io.osmanthus.snapshots.ledger;

import io.osmanthus.snapshots.PseudonymKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM of the ledger: payloads under the key of their person, persons' keys and kept answers under the pseudonym
 * key's subkey {@code ledger/1}. A sealed text is 12 bytes of random nonce, ciphertext, 16 bytes of tag; it is bound to
 * its subject and kind. For one thread.
 */
final class Vault {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BYTES = 32;
    private static final byte[] NOBODY = new byte[Subject.BYTES];

    private final SecretKeySpec master;
    private final SecureRandom random = new SecureRandom();

    /** One for each: a cipher that is given the key it had keeps what it made of it. */
    private final Cipher ofMaster = cipher();

    private final Cipher ofPersons = cipher();

    /** The person's key that was unwrapped last: changes of one person often follow each other. */
    private byte @Nullable [] lastWrapped;

    private @Nullable SecretKeySpec lastKey;

    /** Nobody's key, wrapped as a person's: what cannot be opened costs as much as what can. */
    private final byte[] standIn;

    private long operations;

    Vault(PseudonymKey key) {
        master = new SecretKeySpec(key.subkey("ledger/1"), "AES");
        standIn = wrap(newKey(), NOBODY);
    }

    private static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/GCM", e);
        }
    }

    SecretKeySpec newKey() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new SecretKeySpec(key, "AES");
    }

    byte[] wrap(SecretKeySpec key, byte[] subject) {
        return seal(master, key.getEncoded(), subject, "key");
    }

    /** The key of a person, or null where it was wrapped under another pseudonym key. */
    @Nullable
    SecretKeySpec unwrap(byte[] wrapped, byte[] subject) {
        byte[] key = open(master, wrapped, subject, "key");
        return key == null ? null : new SecretKeySpec(key, "AES");
    }

    /** A payload under the wrapped key of its person; null where the key is gone, or is not the one. */
    byte @Nullable [] openPersonal(byte @Nullable [] wrapped, byte[] payload, byte[] subject, Kind kind) {
        byte[] given = wrapped == null ? standIn : wrapped;
        if (!Arrays.equals(given, lastWrapped)) {
            lastKey = unwrap(given, wrapped == null ? NOBODY : subject);
            lastWrapped = given;
        }
        SecretKeySpec key = lastKey;
        if (wrapped == null) {
            work(key, payload, subject, kind);
            return null;
        }
        return key == null ? null : open(key, payload, subject, kind.word());
    }

    /** As much as opening. It seals: opening what another key has sealed fails, which takes longer. */
    private void work(@Nullable SecretKeySpec key, byte[] payload, byte[] subject, Kind kind) {
        if (key != null && payload.length >= NONCE_BYTES + TAG_BITS / 8) {
            seal(key, Arrays.copyOf(payload, payload.length - NONCE_BYTES - TAG_BITS / 8), subject, kind.word());
        }
    }

    /** As much as unwrapping the key of somebody who has one. */
    void unwrapNobodys() {
        unwrap(standIn, NOBODY);
    }

    /** How often something was sealed or opened: what is nobody's takes as much work as what is somebody's. */
    long operations() {
        return operations;
    }

    byte[] sealAnswer(byte[] answer, byte[] scope) {
        return seal(master, answer, scope, "answer");
    }

    byte @Nullable [] openAnswer(byte[] sealed, byte[] scope) {
        return open(master, sealed, scope, "answer");
    }

    byte[] seal(SecretKeySpec key, byte[] plain, byte[] subject, String kind) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + plain.length + TAG_BITS / 8);
        try {
            Cipher cipher = init(Cipher.ENCRYPT_MODE, key, nonce, subject, kind);
            cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
    }

    byte @Nullable [] open(SecretKeySpec key, byte[] sealed, byte[] subject, String kind) {
        if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
            return null;
        }
        try {
            Cipher cipher = init(Cipher.DECRYPT_MODE, key, sealed, subject, kind);
            return cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    @SuppressWarnings("ReferenceEquality") // it is the master, or it is a person's
    private Cipher init(int mode, SecretKeySpec key, byte[] beginsWithNonce, byte[] subject, String kind)
            throws GeneralSecurityException {
        operations++;
        Cipher cipher = key == master ? ofMaster : ofPersons;
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, beginsWithNonce, 0, NONCE_BYTES));
        cipher.updateAAD(subject);
        cipher.updateAAD(kind.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
