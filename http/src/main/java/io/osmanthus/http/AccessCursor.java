package io.osmanthus.http;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.trail.AccessPage.Place;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of a person's accesses begins, as a word that only this person can use and nobody can make.
 *
 * <pre>
 * long  from, milliseconds since 1970-01-01
 * long  to
 * long  time of the last line shown
 * int   lines of that time shown
 * 16 bytes  HMAC-SHA-256 of these and the person's pseudonym, under the subkey {@code accesses-cursor/1}
 * </pre>
 */
record AccessCursor(long from, long to, Place place) {
    private static final int PAYLOAD_BYTES = 28;
    private static final int TAG_BYTES = 16;
    private static final int TEXT_CHARACTERS_MAX = 128;

    String text(PseudonymKey key, Caller.Citizen person) {
        ByteBuffer bytes = ByteBuffer.allocate(PAYLOAD_BYTES + TAG_BYTES)
                .putLong(from)
                .putLong(to)
                .putLong(place.at())
                .putInt(place.skip());
        bytes.put(tag(key, bytes.array(), person));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** The cursor of a text, or null where it is none of ours for this person. */
    static @Nullable AccessCursor of(String text, PseudonymKey key, Caller.Citizen person) {
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
                        tag(key, bytes, person), Arrays.copyOfRange(bytes, PAYLOAD_BYTES, bytes.length))) {
            return null;
        }
        ByteBuffer read = ByteBuffer.wrap(bytes);
        return new AccessCursor(read.getLong(), read.getLong(), new Place(read.getLong(), read.getInt()));
    }

    private static byte[] tag(PseudonymKey key, byte[] payload, Caller.Citizen person) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.subkey("accesses-cursor/1"), "HmacSHA256"));
            mac.update(payload, 0, PAYLOAD_BYTES);
            mac.update(ByteBuffer.allocate(16)
                    .putLong(person.high())
                    .putLong(person.low())
                    .flip());
            return Arrays.copyOf(mac.doFinal(), TAG_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
