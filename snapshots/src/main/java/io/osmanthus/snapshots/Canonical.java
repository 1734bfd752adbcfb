package io.osmanthus.snapshots;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;

/**
 * The canonical form of a token: Unicode NFKC, upper case (root locale), without spaces and hyphens. NFKC turns full-width
 * letters, digits and the ideographic space into their plain forms first. White space is what {@link
 * Character#isWhitespace} and {@link Character#isSpaceChar} say; hyphens are the dash punctuation (Unicode category Pd)
 * and the minus sign U+2212. No other sign is dropped: a token that differs in one is another token.
 */
public final class Canonical {
    private Canonical() {}

    /** The canonical form; empty if nothing is left. */
    public static String of(String token) {
        String text = Normalizer.normalize(token, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT);
        StringBuilder kept = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (dropped(c)) {
                if (kept == null) {
                    kept = new StringBuilder(text.length()).append(text, 0, i);
                }
            } else if (kept != null) {
                kept.append(c);
            }
        }
        return kept == null ? text : kept.toString();
    }

    /**
     * Makes UTF-8 bytes canonical in place: without allocation for ASCII and Chinese characters (U+4E00 … U+9FFF), which
     * NFKC leaves as they are; anything else takes the way of {@link #of(String)}.
     *
     * @return the canonical length from {@code offset} on, or -1 if the bytes are not UTF-8 or the canonical form is
     *     longer than {@code capacity} bytes
     */
    public static int inPlace(byte[] bytes, int offset, int length, int capacity) {
        int to = offset;
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int b = bytes[at];
            if (b >= 0) {
                at++;
                if (dropped((char) b)) {
                    continue;
                }
                bytes[to++] = (byte) (b >= 'a' && b <= 'z' ? b - 32 : b);
            } else if (plainHan(bytes, at, end)) {
                bytes[to++] = bytes[at++];
                bytes[to++] = bytes[at++];
                bytes[to++] = bytes[at++];
            } else {
                return rare(bytes, offset, to, at, end, capacity);
            }
        }
        return to - offset;
    }

    /** Whether the three bytes are a character of U+4E00 … U+9FFF. */
    private static boolean plainHan(byte[] bytes, int at, int end) {
        if (at + 2 >= end || (bytes[at + 1] & 0xC0) != 0x80 || (bytes[at + 2] & 0xC0) != 0x80) {
            return false;
        }
        int point = (bytes[at] & 0x0F) << 12 | (bytes[at + 1] & 0x3F) << 6 | (bytes[at + 2] & 0x3F);
        return (bytes[at] & 0xF0) == 0xE0 && point >= 0x4E00 && point <= 0x9FFF;
    }

    private static int rare(byte[] bytes, int offset, int done, int at, int end, int capacity) {
        System.arraycopy(bytes, at, bytes, done, end - at);
        String text = new String(bytes, offset, done + end - at - offset, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            return -1;
        }
        byte[] canonical = of(text).getBytes(StandardCharsets.UTF_8);
        if (canonical.length > capacity) {
            return -1;
        }
        System.arraycopy(canonical, 0, bytes, offset, canonical.length);
        return canonical.length;
    }

    private static boolean dropped(char c) {
        if (c < 0x80) {
            return c == '-' || Character.isWhitespace(c);
        }
        return Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.getType(c) == Character.DASH_PUNCTUATION
                || c == '\u2212';
    }
}
