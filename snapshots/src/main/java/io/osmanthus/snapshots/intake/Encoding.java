package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.intake.IntakeException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The encoding of one file, chosen after reading all of it: a byte order mark, else valid UTF-8, else GB18030. A file that
 * is neither without fault is read in the encoding that explains it with fewer faults, and the rows with faults go to the
 * quarantine; one that is mostly faults is refused.
 *
 * @param bomBytes how many bytes to skip
 * @param faults whether some characters cannot be decoded, or were lost before the file was written (U+FFFD)
 * @param lines line feeds: about how many records to expect
 */
record Encoding(Charset charset, int bomBytes, boolean faults, long lines) {
    private static final Charset GB18030 = Charset.forName("GB18030");
    private static final int BUFFER_BYTES = 1 << 16;

    /** Up to so many faults, or one line in a hundred, a file is taken for one with a few bad rows. */
    static final int FAULTS_MAX = 20;

    private static final int LINES_PER_FAULT = 100;

    /** Opens the file's bytes from the beginning, decompressed. */
    interface Bytes {
        InputStream open() throws IOException;
    }

    static Encoding detect(Bytes bytes, String file) throws IOException {
        Utf8Scan scan = new Utf8Scan();
        byte[] buffer = new byte[BUFFER_BYTES];
        int bom = 0;
        try (InputStream in = bytes.open()) {
            int count = in.readNBytes(buffer, 0, BUFFER_BYTES);
            bom = bom(buffer, count, file);
            scan.accept(buffer, bom, count);
            for (count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                scan.accept(buffer, 0, count);
            }
        }
        scan.finish();
        if (bom > 0 || scan.faults == 0) {
            return accept(StandardCharsets.UTF_8, bom, scan.faults, scan, file);
        }
        long other = faults(bytes);
        // Real GB18030 is hardly ever valid as UTF-8: many valid characters beside few faults are a damaged UTF-8 file.
        boolean damaged = scan.characters > 10 * scan.faults || scan.faults <= other;
        return damaged
                ? accept(StandardCharsets.UTF_8, 0, scan.faults, scan, file)
                : accept(GB18030, 0, other, scan, file);
    }

    private static Encoding accept(Charset charset, int bom, long faults, Utf8Scan scan, String file) {
        if (faults > Math.max(FAULTS_MAX, scan.lines / LINES_PER_FAULT)) {
            throw new IntakeException(
                    Code.ENCODING,
                    file + " is neither UTF-8 nor GB18030: read as " + charset + ", the closer one, it has " + faults
                            + " places that cannot be decoded in " + scan.lines
                            + " lines; have it written again in UTF-8");
        }
        return new Encoding(charset, bom, faults > 0 || scan.replacements, scan.lines);
    }

    private static int bom(byte[] buffer, int count, String file) {
        int first = count > 0 ? buffer[0] & 0xFF : -1;
        int second = count > 1 ? buffer[1] & 0xFF : -1;
        if ((first == 0xFF && second == 0xFE) || (first == 0xFE && second == 0xFF) || first == 0 || second == 0) {
            throw new IntakeException(
                    Code.ENCODING,
                    file + " looks like UTF-16, and intake reads UTF-8 and GB18030: have it written again in UTF-8");
        }
        return first == 0xEF && second == 0xBB && count > 2 && (buffer[2] & 0xFF) == 0xBF ? 3 : 0;
    }

    /** How many places of the file GB18030 cannot decode. */
    private static long faults(Bytes bytes) throws IOException {
        CharsetDecoder decoder = GB18030.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
        CharBuffer out = CharBuffer.allocate(BUFFER_BYTES);
        long faults = 0;
        try (InputStream stream = bytes.open()) {
            boolean end = false;
            while (!end) {
                int count = stream.read(in.array(), in.position(), in.remaining());
                end = count < 0;
                in.position(in.position() + Math.max(count, 0)).flip();
                CoderResult result;
                do {
                    out.clear();
                    result = decoder.decode(in, out, end);
                    if (result.isError()) {
                        faults++;
                        in.position(in.position() + result.length());
                    }
                } while (!result.isUnderflow());
                in.compact();
            }
        }
        return faults;
    }
}
