package io.osmanthus.snapshots;

import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * What a reader demands of a snapshot before it opens it. Immutable.
 *
 * @param keyFingerprint of the pseudonym key in use; null asks nothing ({@code verify} without a key)
 * @param verifyKey the key of those who may build; null where there is none
 * @param unsignedAllowed whether a snapshot without a signature, or one that cannot be checked for want of a key, will do:
 *     in a demonstration only
 */
public record Trust(
        @Nullable String keyFingerprint, @Nullable PublicKey verifyKey, boolean unsignedAllowed) {
    /** What a server or an offline command demands. */
    public static Trust of(PseudonymKey key, @Nullable PublicKey verifyKey, boolean demonstration) {
        return new Trust(key.fingerprint(), verifyKey, demonstration);
    }
}
