package io.osmanthus.http;

/*
 * A cursor over one complete JSON text (RFC 8259) in a byte array, written for reuse: no objects, no exceptions; once the
 * text has turned out to be broken, every further step says so. It is strict where parsers differ and so could be
 * played against each other: UTF-8 without overlong forms or surrogates, no control characters in strings, no byte
 * order mark, nothing after the value, numbers as the grammar has them.
 */

/** Reads JSON from bytes without allocating. Not thread-safe; the bytes must not change while it reads. */
final class JsonBytes {
    /** Values nested deeper are refused: nothing that we take is deeper than three. */
    static final int DEPTH_MAX = 16;

    /** What {@link #string} answers for broken text. */
    static final int BROKEN = -1;

    /** What {@link #string} answers for a well-formed string that does not fit, or holds half of a surrogate pair. */
    static final int UNUSABLE = -2;

    private byte[] in = new byte[0];
    private int at;
    private int end;

    void reset(byte[] bytes, int from, int to) {
        in = bytes;
        at = from;
        end = to;
    }

    /** The next byte that is not white space, without taking it; -1 at the end. */
    int peek() {
        while (at < end) {
            int b = in[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b & 0xFF;
            }
            at++;
        }
        return -1;
    }

    /** Takes the byte if it is the next one that is not white space. */
    boolean take(char expected) {
        if (peek() != expected) {
            return false;
        }
        at++;
        return true;
    }

    /** Whether nothing but white space is left. */
    boolean done() {
        return peek() < 0;
    }

    /**
     * Reads a string, unescaped, as UTF-8 into {@code to}; the cursor must stand on its quotation mark.
     *
     * @return its length in bytes, {@link #BROKEN} or {@link #UNUSABLE}
     */
    int string(byte[] to) {
        if (!take('"')) {
            return BROKEN;
        }
        int length = 0;
        boolean usable = true;
        while (at < end) {
            int b = in[at];
            if (b == '"') {
                at++;
                return usable ? length : UNUSABLE;
            }
            if (b == '\\') {
                int point = escape();
                if (point == BROKEN) {
                    return BROKEN;
                }
                if (point == UNUSABLE || length + 4 > to.length) {
                    usable = false;
                } else if (usable) {
                    length = encode(point, to, length);
                }
                continue;
            }
            if (b >= 0 && b < 0x20) {
                return BROKEN;
            }
            int bytes = b >= 0 ? 1 : sequence();
            if (bytes == BROKEN) {
                return BROKEN;
            }
            if (length + bytes > to.length) {
                usable = false;
                at += bytes;
                continue;
            }
            for (int i = 0; i < bytes; i++) {
                to[length++] = in[at++];
            }
        }
        return BROKEN;
    }

    /** Passes over one value of any kind; false if the text is broken or too deep. */
    boolean skip(int depth) {
        if (depth > DEPTH_MAX) {
            return false;
        }
        int b = peek();
        if (b == '{') {
            return skipObject(depth);
        }
        if (b == '[') {
            return skipArray(depth);
        }
        if (b == '"') {
            return string(NOTHING) != BROKEN;
        }
        if (b == '-' || digit(b)) {
            return skipNumber();
        }
        return word("true") || word("false") || word("null");
    }

    private static final byte[] NOTHING = new byte[0];

    private boolean skipObject(int depth) {
        at++;
        if (take('}')) {
            return true;
        }
        do {
            if (peek() != '"' || string(NOTHING) == BROKEN || !take(':') || !skip(depth + 1)) {
                return false;
            }
        } while (take(','));
        return take('}');
    }

    private boolean skipArray(int depth) {
        at++;
        if (take(']')) {
            return true;
        }
        do {
            if (!skip(depth + 1)) {
                return false;
            }
        } while (take(','));
        return take(']');
    }

    private boolean skipNumber() {
        if (in[at] == '-') {
            at++;
        }
        if (at < end && in[at] == '0') {
            at++;
        } else if (!digits()) {
            return false;
        }
        if (at < end && in[at] == '.') {
            at++;
            if (!digits()) {
                return false;
            }
        }
        if (at < end && (in[at] == 'e' || in[at] == 'E')) {
            at++;
            if (at < end && (in[at] == '+' || in[at] == '-')) {
                at++;
            }
            return digits();
        }
        return true;
    }

    private boolean digits() {
        int from = at;
        while (at < end && digit(in[at])) {
            at++;
        }
        return at > from;
    }

    private boolean word(String word) {
        if (end - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (in[at + i] != word.charAt(i)) {
                return false;
            }
        }
        at += word.length();
        return true;
    }

    /** Takes an escape; its code point, BROKEN, or UNUSABLE for half of a surrogate pair. */
    private int escape() {
        if (at + 1 >= end) {
            return BROKEN;
        }
        at += 2;
        int plain =
                switch (in[at - 1]) {
                    case '"' -> '"';
                    case '\\' -> '\\';
                    case '/' -> '/';
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'u' -> UNUSABLE;
                    default -> BROKEN;
                };
        if (plain != UNUSABLE) {
            return plain;
        }
        int unit = hex();
        if (unit < 0xD800 || unit > 0xDFFF) {
            return unit;
        }
        if (unit >= 0xDC00 || at + 1 >= end || in[at] != '\\' || in[at + 1] != 'u') {
            return UNUSABLE;
        }
        int before = at;
        at += 2;
        int low = hex();
        if (low == BROKEN) {
            return BROKEN;
        }
        if (low < 0xDC00 || low > 0xDFFF) {
            at = before;
            return UNUSABLE;
        }
        return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }

    private int hex() {
        if (end - at < 4) {
            return BROKEN;
        }
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(in[at++], 16);
            if (digit < 0) {
                return BROKEN;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** The length of the well-formed multi-byte sequence under the cursor (Unicode table 3-7), or BROKEN. */
    private int sequence() {
        int lead = in[at] & 0xFF;
        int bytes = lead >= 0xC2 && lead <= 0xDF
                ? 2
                : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
        if (bytes == 0 || end - at < bytes) {
            return BROKEN;
        }
        int second = in[at + 1] & 0xFF;
        int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most) {
            return BROKEN;
        }
        for (int i = 2; i < bytes; i++) {
            if ((in[at + i] & 0xC0) != 0x80) {
                return BROKEN;
            }
        }
        return bytes;
    }

    private static int encode(int point, byte[] to, int at) {
        if (point < 0x80) {
            to[at] = (byte) point;
            return at + 1;
        }
        if (point < 0x800) {
            to[at] = (byte) (0xC0 | point >> 6);
            to[at + 1] = (byte) (0x80 | (point & 0x3F));
            return at + 2;
        }
        if (point < 0x10000) {
            to[at] = (byte) (0xE0 | point >> 12);
            to[at + 1] = (byte) (0x80 | (point >> 6 & 0x3F));
            to[at + 2] = (byte) (0x80 | (point & 0x3F));
            return at + 3;
        }
        to[at] = (byte) (0xF0 | point >> 18);
        to[at + 1] = (byte) (0x80 | (point >> 12 & 0x3F));
        to[at + 2] = (byte) (0x80 | (point >> 6 & 0x3F));
        to[at + 3] = (byte) (0x80 | (point & 0x3F));
        return at + 4;
    }

    private static boolean digit(int b) {
        return b >= '0' && b <= '9';
    }
}
