package io.osmanthus.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * Two readers of one stream are safe only where the one understands a strict part of what the other does, and the same by it.
 * So this one knows a closed set of fields, each in one spelling that nobody reads differently, and leaves all else:
 *
 *   request line      POST, a path of Loop#targets that is a single check, HTTP/1.1; single spaces
 *   Host              once; letters, digits and . : - _ [ ]
 *   Authorization     once; printable ASCII
 *   Content-Type      once; application/json to the letter
 *   Content-Length    once; 1 to 3 digits without a leading zero
 *   Accept            at most once; application/json or any
 *   Connection        at most once; keep-alive
 *   User-Agent, Accept-Encoding, Accept-Language: at most once; printable ASCII; no answer depends on them
 *
 * Each line is "name: value" with one space, no space before the colon or at the end, and CR LF. What is not here takes the
 * ordinary path: other fields, repeated ones, folded lines, a bare LF, tabs, empty values, Transfer-Encoding, Expect, Upgrade.
 */

/** Recognises the head of a check in its strict shape, and leaves everything else. Not thread-safe. */
final class StrictHead {
    /** A longer head is none; no configured limit is lower. */
    static final int BYTES_MAX = 1_024;

    /** The largest body that such a head announces. */
    static final int BODY_BYTES_MAX = 999;

    /** What {@link #read} answers for bytes that may become such a head. */
    static final int PART = 0;

    /** What {@link #read} answers for bytes that will never be such a head. */
    static final int OTHER = -1;

    private static final byte[] JSON = ascii("application/json");
    private static final byte[] ANY = ascii("*/*");
    private static final byte[] KEEP_ALIVE = ascii("keep-alive");

    private static final int NAMES_LONGEST = 15;

    private enum Kind {
        HOST,
        AUTHORIZATION,
        CONTENT_TYPE,
        CONTENT_LENGTH,
        ACCEPT,
        CONNECTION,
        IGNORED
    }

    /** A field that may stand in a head, and its bit among those seen. */
    private static final class Field {
        private final byte[] name;
        private final Kind kind;
        private final int bit;

        Field(String name, Kind kind, int number) {
            this.name = ascii(name);
            this.kind = kind;
            this.bit = 1 << number;
        }
    }

    /** The first four are needed. */
    private static final Field[] FIELDS = {
        new Field("host", Kind.HOST, 0),
        new Field("authorization", Kind.AUTHORIZATION, 1),
        new Field("content-type", Kind.CONTENT_TYPE, 2),
        new Field("content-length", Kind.CONTENT_LENGTH, 3),
        new Field("accept", Kind.ACCEPT, 4),
        new Field("connection", Kind.CONNECTION, 5),
        new Field("user-agent", Kind.IGNORED, 6),
        new Field("accept-encoding", Kind.IGNORED, 7),
        new Field("accept-language", Kind.IGNORED, 8)
    };

    private static final int NEEDED = 0b1111;

    /** A request line to the byte, and where it leads. */
    private static final class Line {
        private final byte[] bytes;
        private final Loop.Target target;

        Line(Loop.Target target) {
            this.bytes = ascii("POST " + target.path() + " HTTP/1.1\r\n");
            this.target = target;
        }
    }

    private final Line[] lines;

    private Loop.@Nullable Target target;
    private int contentLength;
    private int authorizationFrom;
    private int authorizationTo;
    private int seen;

    /** For the single checks among a loop's targets. */
    StrictHead(Iterable<Loop.Target> targets) {
        List<Line> all = new ArrayList<>();
        for (Loop.Target one : targets) {
            if (!one.batch()) {
                all.add(new Line(one));
            }
        }
        lines = all.toArray(Line[]::new);
    }

    /**
     * Reads a head.
     *
     * @return its length with the empty line, {@link #PART} or {@link #OTHER}
     */
    int read(byte[] bytes, int from, int to) {
        int end = Math.min(to, from + BYTES_MAX);
        target = null;
        seen = 0;
        int at = requestLine(bytes, from, end);
        while (at > PART) {
            if (end - at >= 2 && bytes[at] == '\r') {
                boolean whole = bytes[at + 1] == '\n' && (seen & NEEDED) == NEEDED;
                return whole ? at + 2 - from : OTHER;
            }
            int lineEnd = lineEnd(bytes, at, end);
            if (lineEnd <= PART) {
                at = lineEnd;
            } else {
                at = field(bytes, at, lineEnd) ? lineEnd + 2 : OTHER;
            }
        }
        return at == PART && to - from >= BYTES_MAX ? OTHER : at;
    }

    /** Where the request goes. */
    Loop.@Nullable Target target() {
        return target;
    }

    int contentLength() {
        return contentLength;
    }

    /** The value of {@code Authorization} in the bytes last read. */
    String authorization(byte[] bytes) {
        return new String(bytes, authorizationFrom, authorizationTo - authorizationFrom, StandardCharsets.US_ASCII);
    }

    /** The place after the request line, {@link #PART} or {@link #OTHER}. */
    private int requestLine(byte[] bytes, int from, int end) {
        for (Line line : lines) {
            int length = line.bytes.length;
            if (end - from >= length && Arrays.equals(bytes, from, from + length, line.bytes, 0, length)) {
                target = line.target;
                return from + length;
            }
        }
        int length = end - from;
        for (Line line : lines) {
            if (length < line.bytes.length && Arrays.equals(bytes, from, end, line.bytes, 0, length)) {
                return PART;
            }
        }
        return OTHER;
    }

    /** The place of the CR of a line of printable ASCII, {@link #PART} or {@link #OTHER}. */
    private static int lineEnd(byte[] bytes, int from, int end) {
        for (int at = from; at < end; at++) {
            int b = bytes[at];
            if (b < ' ' || b == 0x7F) {
                if (b != '\r') {
                    return OTHER;
                }
                return at + 1 == end ? PART : bytes[at + 1] == '\n' ? at : OTHER;
            }
        }
        return PART;
    }

    private boolean field(byte[] bytes, int from, int to) {
        int colon = from;
        int most = Math.min(to, from + NAMES_LONGEST + 1);
        while (colon < most && bytes[colon] != ':') {
            colon++;
        }
        // "name: v" at the least; one space, none at the end
        if (colon + 2 >= to
                || bytes[colon] != ':'
                || bytes[colon + 1] != ' '
                || bytes[colon + 2] == ' '
                || bytes[to - 1] == ' ') {
            return false;
        }
        for (Field field : FIELDS) {
            if (same(field.name, bytes, from, colon)) {
                boolean first = (seen & field.bit) == 0;
                seen |= field.bit;
                return first && value(field.kind, bytes, colon + 2, to);
            }
        }
        return false;
    }

    private boolean value(Kind kind, byte[] bytes, int from, int to) {
        return switch (kind) {
            case HOST -> host(bytes, from, to);
            case AUTHORIZATION -> {
                authorizationFrom = from;
                authorizationTo = to;
                yield true;
            }
            case CONTENT_TYPE -> Arrays.equals(bytes, from, to, JSON, 0, JSON.length);
            case CONTENT_LENGTH -> length(bytes, from, to);
            case ACCEPT ->
                Arrays.equals(bytes, from, to, JSON, 0, JSON.length)
                        || Arrays.equals(bytes, from, to, ANY, 0, ANY.length);
            case CONNECTION -> same(KEEP_ALIVE, bytes, from, to);
            case IGNORED -> true;
        };
    }

    private boolean length(byte[] bytes, int from, int to) {
        if (to - from > 3 || bytes[from] == '0') {
            return false;
        }
        int number = 0;
        for (int at = from; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            number = number * 10 + digit;
        }
        contentLength = number;
        return true;
    }

    private static boolean host(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            int b = bytes[at];
            int letter = b | 0x20;
            boolean safe = (letter >= 'a' && letter <= 'z')
                    || (b >= '0' && b <= '9')
                    || b == '.'
                    || b == ':'
                    || b == '-'
                    || b == '_'
                    || b == '['
                    || b == ']';
            if (!safe) {
                return false;
            }
        }
        return true;
    }

    /** Whether bytes are a word in lower case, in whatever case they are. */
    private static boolean same(byte[] word, byte[] bytes, int from, int to) {
        if (to - from != word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            int b = bytes[from + i];
            int lower = b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
            if (lower != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
