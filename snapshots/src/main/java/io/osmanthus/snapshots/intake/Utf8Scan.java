package io.osmanthus.snapshots.intake;

/**
 * Validates UTF-8 as it comes, in pieces: RFC 3629, without overlong forms, surrogates, and what lies beyond U+10FFFF. A
 * fault is counted once and the scan goes on with the next byte that can begin a character. For one thread.
 */
final class Utf8Scan {
    /** Places that are not UTF-8. */
    long faults;

    /** Valid characters beyond ASCII. */
    long characters;

    /** Line feeds. */
    long lines;

    /** Whether U+FFFD occurs: something was lost before the file was written. */
    boolean replacements;

    private int missing;
    private int point;
    private int lowest;

    void accept(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            int b = bytes[i];
            if (missing > 0) {
                if ((b & 0xC0) == 0x80) {
                    follow(b);
                    continue;
                }
                missing = 0;
                faults++;
            }
            if (b >= 0) {
                if (b == '\n') {
                    lines++;
                }
            } else {
                lead(b & 0xFF);
            }
        }
    }

    void finish() {
        if (missing > 0) {
            faults++;
            missing = 0;
        }
    }

    private void lead(int b) {
        if (b >= 0xC2 && b <= 0xDF) {
            begin(1, b & 0x1F, 0x80);
        } else if ((b & 0xF0) == 0xE0) {
            begin(2, b & 0x0F, 0x800);
        } else if (b >= 0xF0 && b <= 0xF4) {
            begin(3, b & 0x07, 0x10000);
        } else {
            faults++;
        }
    }

    private void begin(int follows, int bits, int min) {
        missing = follows;
        point = bits;
        lowest = min;
    }

    private void follow(int b) {
        point = (point << 6) | (b & 0x3F);
        if (--missing > 0) {
            return;
        }
        if (point < lowest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
            faults++;
            return;
        }
        characters++;
        replacements |= point == 0xFFFD;
    }
}
