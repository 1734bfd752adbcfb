package io.osmanthus.http;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Subject;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Three numbers that say how far somebody (a person, an organisation, a department) has read something, as a word that only they can use for that and nobody can
 * make: the numbers (8 bytes each), then 16 bytes of HMAC-SHA-256 of these and the person's pseudonym, under a subkey of what is read.
 */
record PersonCursor(long first, long second, long third) {
    private static final int PAYLOAD_BYTES = 3 * Long.BYTES;
    private static final int TAG_BYTES = 16;
    private static final int TEXT_CHARACTERS_MAX = 128;

    /** {@code purpose}: what is read, with a version, such as {@code notices-list/1}. */
    String text(PseudonymKey key, String purpose, Subject person) {
        ByteBuffer bytes = ByteBuffer.allocate(PAYLOAD_BYTES + TAG_BYTES)
                .putLong(first)
                .putLong(second)
                .putLong(third);
        bytes.put(tag(key, purpose, bytes.array(), person));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** The cursor of a text, or null where it is none of ours for this person and purpose. */
    static @Nullable PersonCursor of(String text, PseudonymKey key, String purpose, Subject person) {
        byte[] bytes;
        try {
            bytes = text.length() > TEXT_CHARACTERS_MAX
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (bytes.length != PAYLOAD_BYTES + TAG_BYTES
                || !MessageDigest.isEqual(
                        tag(key, purpose, bytes, person), Arrays.copyOfRange(bytes, PAYLOAD_BYTES, bytes.length))) {
            return null;
        }
        ByteBuffer read = ByteBuffer.wrap(bytes);
        return new PersonCursor(read.getLong(), read.getLong(), read.getLong());
    }

    private static byte[] tag(PseudonymKey key, String purpose, byte[] payload, Subject person) {
        return hmac(
                key,
                purpose,
                ByteBuffer.allocate(PAYLOAD_BYTES + 2 * Long.BYTES)
                        .put(payload, 0, PAYLOAD_BYTES)
                        .putLong(person.high())
                        .putLong(person.low())
                        .array());
    }

    /** 16 bytes that stand for a message under a subkey. */
    static byte[] hmac(PseudonymKey key, String purpose, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.subkey(purpose), "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(message), TAG_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
