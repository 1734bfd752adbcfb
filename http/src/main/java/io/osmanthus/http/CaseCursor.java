package io.osmanthus.http;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.cases.CaseState;
import io.osmanthus.snapshots.cases.Cases;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of a work queue begins, as a word that only who was given it can use and nobody can make.
 *
 * <pre>
 * byte  state wanted, 0 none, else 1 + its number
 * int   due before, Days.NONE none
 * int   due date of the last case shown
 * long  its id, high
 * long  its id, low
 * 16 bytes  HMAC-SHA-256 of these and of who asks, under the subkey {@code cases-cursor/1}
 * </pre>
 */
record CaseCursor(@Nullable CaseState state, int dueBefore, Cases.@Nullable Place place) {
    private static final List<CaseState> STATES = List.of(CaseState.values());
    private static final int PAYLOAD_BYTES = 25;
    private static final int TAG_BYTES = 16;
    private static final int TEXT_CHARACTERS_MAX = 128;

    /** Needs a place. */
    String text(PseudonymKey key, String actor) {
        CaseState wanted = state;
        Cases.Place last = place == null ? new Cases.Place(Days.NONE, new UUID(0, 0)) : place;
        ByteBuffer bytes = ByteBuffer.allocate(PAYLOAD_BYTES + TAG_BYTES)
                .put((byte) (wanted == null ? 0 : 1 + STATES.indexOf(wanted)))
                .putInt(dueBefore)
                .putInt(last.dueOn())
                .putLong(last.id().getMostSignificantBits())
                .putLong(last.id().getLeastSignificantBits());
        bytes.put(tag(key, bytes.array(), actor));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** The cursor of a text, or null where it is none of ours for who asks. */
    static @Nullable CaseCursor of(String text, PseudonymKey key, String actor) {
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
                        tag(key, bytes, actor), Arrays.copyOfRange(bytes, PAYLOAD_BYTES, bytes.length))) {
            return null;
        }
        ByteBuffer read = ByteBuffer.wrap(bytes);
        int state = read.get();
        int dueBefore = read.getInt();
        int dueOn = read.getInt();
        UUID id = new UUID(read.getLong(), read.getLong());
        return new CaseCursor(state == 0 ? null : STATES.get(state - 1), dueBefore, new Cases.Place(dueOn, id));
    }

    private static byte[] tag(PseudonymKey key, byte[] payload, String actor) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.subkey("cases-cursor/1"), "HmacSHA256"));
            mac.update(payload, 0, PAYLOAD_BYTES);
            mac.update(actor.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(mac.doFinal(), TAG_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
