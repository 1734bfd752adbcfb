package io.osmanthus.snapshots.city;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * A CSV file being written, byte by byte and without a string: UTF-8 without BOM, line feed, no quotes (nothing in a
 * synthetic city needs one). For one thread; allocates nothing per row.
 */
final class Sheet implements Closeable {
    /** Longest row; the buffer is emptied when less is left. */
    static final int ROW_BYTES_MAX = 2_048;

    private static final int BUFFER_BYTES = 1 << 18;
    private static final byte[] HEX = utf8("0123456789abcdef");

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;
    private long rows;

    Sheet(OutputStream out, String header) throws IOException {
        this.out = out;
        put(header);
        end();
        rows = 0;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Rows written, the header not among them. */
    long rows() {
        return rows;
    }

    /** A text of the basic plane. */
    Sheet put(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                buffer[length++] = (byte) c;
            } else if (c < 0x800) {
                buffer[length++] = (byte) (0xC0 | (c >> 6));
                buffer[length++] = (byte) (0x80 | (c & 0x3F));
            } else {
                buffer[length++] = (byte) (0xE0 | (c >> 12));
                buffer[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                buffer[length++] = (byte) (0x80 | (c & 0x3F));
            }
        }
        return this;
    }

    Sheet put(byte[] bytes) {
        return put(bytes, bytes.length);
    }

    Sheet put(byte[] bytes, int count) {
        System.arraycopy(bytes, 0, buffer, length, count);
        length += count;
        return this;
    }

    Sheet put(char ascii) {
        buffer[length++] = (byte) ascii;
        return this;
    }

    Sheet comma() {
        return put(',');
    }

    /** A number of exactly {@code width} digits, zeros in front. */
    Sheet digits(long number, int width) {
        long rest = number;
        for (int at = length + width - 1; at >= length; at--) {
            buffer[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += width;
        return this;
    }

    /** A number that is not negative, without zeros in front. */
    Sheet number(long number) {
        int width = 1;
        for (long rest = number; rest > 9; rest /= 10) {
            width++;
        }
        return digits(number, width);
    }

    /** The {@code count} lowest nibbles as hexadecimal digits. */
    Sheet hex(long bits, int count) {
        for (int shift = (count - 1) * 4; shift >= 0; shift -= 4) {
            buffer[length++] = HEX[(int) (bits >>> shift) & 15];
        }
        return this;
    }

    /** The year of an epoch day. */
    Sheet year(int epochDay) {
        return digits(LocalDate.ofEpochDay(epochDay).getYear(), 4);
    }

    /** The date of an epoch day from the year 1 to 9999 (Hinnant, chrono-compatible low-level date algorithms). */
    Sheet date(int epochDay) {
        int z = epochDay + 719_468;
        int era = z / 146_097;
        int day = z - era * 146_097;
        int year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        int ofYear = day - (365 * year + year / 4 - year / 100);
        int month = (5 * ofYear + 2) / 153;
        int ofMonth = ofYear - (153 * month + 2) / 5 + 1;
        int calendarMonth = month < 10 ? month + 3 : month - 9;
        int calendarYear = year + era * 400 + (calendarMonth <= 2 ? 1 : 0);
        return digits(calendarYear, 4)
                .put('-')
                .digits(calendarMonth, 2)
                .put('-')
                .digits(ofMonth, 2);
    }

    void end() throws IOException {
        buffer[length++] = '\n';
        rows++;
        if (length > BUFFER_BYTES - ROW_BYTES_MAX) {
            flush();
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            flush();
        }
    }

    private void flush() throws IOException {
        out.write(buffer, 0, length);
        length = 0;
    }
}
