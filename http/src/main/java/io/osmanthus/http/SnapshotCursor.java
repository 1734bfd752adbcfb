package io.osmanthus.http;

import io.osmanthus.snapshots.PseudonymKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of the list of snapshots ends, as a word that nobody else can make: 16 bytes of HMAC-SHA-256 under the
 * subkey {@code snapshots-cursor/1}, then the version before which it ends.
 */
final class SnapshotCursor {
    private static final int TAG_BYTES = 16;
    private static final int TEXT_CHARACTERS_MAX = 128;

    private SnapshotCursor() {}

    static String text(PseudonymKey key, String version) {
        byte[] name = version.getBytes(StandardCharsets.UTF_8);
        byte[] both = Arrays.copyOf(tag(key, name), TAG_BYTES + name.length);
        System.arraycopy(name, 0, both, TAG_BYTES, name.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(both);
    }

    /** The version of a cursor, or null where it is none of ours. */
    static @Nullable String version(PseudonymKey key, String text) {
        byte[] both;
        try {
            both = text.length() > TEXT_CHARACTERS_MAX
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (both.length <= TAG_BYTES) {
            return null;
        }
        byte[] name = Arrays.copyOfRange(both, TAG_BYTES, both.length);
        return MessageDigest.isEqual(tag(key, name), Arrays.copyOf(both, TAG_BYTES))
                ? new String(name, StandardCharsets.UTF_8)
                : null;
    }

    private static byte[] tag(PseudonymKey key, byte[] name) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.subkey("snapshots-cursor/1"), "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(name), TAG_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
