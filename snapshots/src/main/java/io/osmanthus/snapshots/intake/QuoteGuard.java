package io.osmanthus.snapshots.intake;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/**
 * Stands before the CSV parser and keeps a stray quote from swallowing what follows it. It looks for the end of each
 * record; a record in which a quote is out of place is handed on as a single {@link #STRAY} character in the place of its
 * first line, and reading goes on at the next line. Out of place is a quote
 *
 * <ul>
 *   <li>inside a field that does not begin with one,
 *   <li>that closes a field and is followed by something else than a separator or a line end,
 *   <li>that opens a field of more than {@link #QUOTED_LINES_MAX} lines or {@link #QUOTED_BYTES_MAX} bytes, or one that is
 *       never closed.
 * </ul>
 *
 * A record of more than {@link #RECORD_CHARS_MAX} characters is treated alike. The guard counts the records on its way,
 * independently of the parser. Line ends are LF, CR LF and CR; empty lines are no records. For one thread.
 */
final class QuoteGuard extends Reader {
    /** A quoted field may span so many lines. */
    static final int QUOTED_LINES_MAX = 20;

    /** A quoted field may have so many bytes in UTF-8 between its quotes, as they stand in the file. */
    static final int QUOTED_BYTES_MAX = 64 << 10;

    /** No record of ours comes near; a bound on what a file without line ends can make us hold. */
    static final int RECORD_CHARS_MAX = 1 << 20;

    /** Not a character (U+FFFF); the whole of a record in which a quote is out of place. */
    static final char STRAY = '\uFFFF';

    private static final int BUFFER_CHARS = 1 << 16;
    private static final int MORE = -1;
    private static final int FAULT = -2;

    private final Reader in;
    private char[] buffer = new char[BUFFER_CHARS];
    /** What has been handed on ends here. */
    private int from;
    /** What may be handed on ends here. */
    private int safe;
    /** What has been read ends here. */
    private int to;
    /** Where to go on after a fault, or -1. */
    private int gap = -1;

    private boolean end;
    private long records;

    QuoteGuard(Reader in) {
        this.in = in;
    }

    /** Records so far, the header among them; all of them once the end has been read. */
    long records() {
        return records;
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (from == safe) {
            if (!advance()) {
                return -1;
            }
        }
        int count = Math.min(length, safe - from);
        System.arraycopy(buffer, from, target, offset, count);
        from += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Makes whole records safe; false at the end. */
    private boolean advance() throws IOException {
        if (gap >= 0) {
            from = gap;
            safe = gap;
            gap = -1;
        }
        while (true) {
            int start = safe;
            int next = start < to || end ? record(start) : MORE;
            if (next == FAULT || (next == MORE && to - start >= RECORD_CHARS_MAX)) {
                if (start > from) {
                    return true; // hand on what is whole before the buffer is rearranged
                }
                stray();
                return true;
            }
            if (next == MORE) {
                if (start > from) {
                    return true;
                }
                fill();
                continue;
            }
            if (next == start) {
                return start > from;
            }
            if (!lineEnd(buffer[start])) {
                records++;
            }
            safe = next;
        }
    }

    /** The end of the record that begins at {@code start}, its line end included; or MORE, or FAULT. */
    private int record(int start) {
        int i = start;
        while (i < to) {
            char c = buffer[i];
            if (c == '"') {
                i = quoted(i + 1);
                if (i < 0) {
                    return i;
                }
                if (i == to) {
                    return end ? i : MORE;
                }
                c = buffer[i];
                if (c != ',' && !lineEnd(c)) {
                    return FAULT;
                }
            } else {
                while (c != ',' && c != '\n' && c != '\r' && c != '"') {
                    if (++i == to) {
                        return end ? i : MORE;
                    }
                    c = buffer[i];
                }
                if (c == '"') {
                    return FAULT;
                }
            }
            if (c != ',') {
                return afterLineEnd(i);
            }
            i++;
        }
        return end ? i : MORE;
    }

    private int afterLineEnd(int i) {
        if (buffer[i] == '\n') {
            return i + 1;
        }
        if (i + 1 == to) {
            return end ? i + 1 : MORE;
        }
        return buffer[i + 1] == '\n' ? i + 2 : i + 1;
    }

    /** The place after the closing quote of a field whose content begins at {@code i}; or MORE, or FAULT. */
    private int quoted(int i) {
        int at = i;
        int lines = 1;
        int bytes = 0;
        while (at < to) {
            char c = buffer[at];
            if (c == '"') {
                if (at + 1 == to) {
                    return end ? at + 1 : MORE;
                }
                if (buffer[at + 1] != '"') {
                    return at + 1;
                }
                at++;
                bytes++;
            } else if (c == '\n' || (c == '\r' && !(at + 1 < to && buffer[at + 1] == '\n'))) {
                if (c == '\r' && at + 1 == to && !end) {
                    return MORE;
                }
                lines++;
            }
            bytes += utf8Bytes(c);
            at++;
            if (lines > QUOTED_LINES_MAX || bytes > QUOTED_BYTES_MAX) {
                return FAULT;
            }
        }
        return end ? FAULT : MORE;
    }

    private static int utf8Bytes(char c) {
        if (c < 0x80) {
            return 1;
        }
        return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }

    /** Puts STRAY in the place of the line at {@code safe} and goes on at its end. */
    private void stray() throws IOException {
        buffer[from] = STRAY;
        records++;
        safe = from + 1;
        int at = safe;
        while (true) {
            while (at < to) {
                if (lineEnd(buffer[at])) {
                    gap = at;
                    return;
                }
                at++;
            }
            if (end) {
                gap = to;
                return;
            }
            // A line longer than the buffer is dropped as it comes.
            buffer[0] = STRAY;
            from = 0;
            safe = 1;
            to = 1;
            at = 1;
            fill();
        }
    }

    private void fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            safe -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int count = in.read(buffer, to, buffer.length - to);
        if (count < 0) {
            end = true;
        } else {
            to += count;
        }
    }

    private static boolean lineEnd(char c) {
        return c == '\n' || c == '\r';
    }
}
