package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class QuoteGuardTest {
    private static final String STRAY = String.valueOf(QuoteGuard.STRAY);

    @Test
    void read_soundRecords_passUnchangedAndCounted() throws IOException {
        assertRead(0, "", "");
        assertRead(0, "\n\r\n\n", "\n\r\n\n");
        assertRead(2, "a,b\r\nc,d", "a,b\r\nc,d");
        assertRead(3, "a\rb\r\n\r\nc\n", "a\rb\r\n\r\nc\n");
        assertRead(2, "a,\"b\n\"\"\r\n,c\",d\n\"e\"", "a,\"b\n\"\"\r\n,c\",d\n\"e\"");
        assertRead(1, "\"\"", "\"\"");
        assertRead(1, ",", ",");
    }

    @Test
    void read_quoteOutOfPlace_becomesOneStrayRecordAndTheNextLineIsRead() throws IOException {
        assertRead(3, "a,b\nc,d\"e\nf,g\n", "a,b\n" + STRAY + "\nf,g\n");
        assertRead(3, "a,b\nc,\"d\ne,f\n", "a,b\n" + STRAY + "\ne,f\n");
        assertRead(3, "a,b\r\nc,\"d\"x,e\r\nf,g", "a,b\r\n" + STRAY + "\r\nf,g");
        assertRead(2, "\"\nb", STRAY + "\nb");
        assertRead(1, "\"", STRAY);
        // Two stray quotes within reach of each other are two faulty records, not one field.
        assertRead(4, "a,\"b\nc,d\ne,\"f\ng,h", STRAY + "\nc,d\n" + STRAY + "\ng,h");
    }

    @Test
    void read_quotedField_atLimitAndBeyond() throws IOException {
        String lines = "\"" + "x\n".repeat(QuoteGuard.QUOTED_LINES_MAX - 1) + "x\",y\n";
        assertRead(2, lines + "z", lines + "z");
        String tooMany = "\"" + "x\r\n".repeat(QuoteGuard.QUOTED_LINES_MAX) + "\"";
        assertEquals(QuoteGuard.QUOTED_LINES_MAX + 1, records(tooMany));
        String bytes = "\"" + "x".repeat(QuoteGuard.QUOTED_BYTES_MAX) + "\"\n";
        assertRead(2, bytes + "z", bytes + "z");
        assertRead(2, "\"" + "x".repeat(QuoteGuard.QUOTED_BYTES_MAX + 1) + "\"\nz", STRAY + "\nz");
        String han = "苏".repeat(QuoteGuard.QUOTED_BYTES_MAX / 3);
        assertRead(1, "\"" + han + "x\"", "\"" + han + "x\"");
        assertRead(1, "\"" + han + "苏\"", STRAY);
    }

    @Test
    void read_recordWithoutEnd_isDroppedAsItComes() throws IOException {
        String whole = "x".repeat(QuoteGuard.RECORD_CHARS_MAX - 2) + "\n";
        assertRead(2, whole + "b", whole + "b");
        assertRead(3, "a\n" + "x".repeat(3 * QuoteGuard.RECORD_CHARS_MAX) + "\nb\n", "a\n" + STRAY + "\nb\n");
        assertRead(1, "x".repeat(2 * QuoteGuard.RECORD_CHARS_MAX), STRAY);
    }

    @Test
    void read_anyText_sameHoweverItIsCut() throws IOException {
        Random random = Seed.random("QuoteGuardTest");
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(120);
            for (int i = 0; i < length; i++) {
                text.append("ab,,\"\"\n\n\r苏".charAt(random.nextInt(10)));
            }
            String whole = text.toString();
            List<String> outcomes = new ArrayList<>();
            for (int cut : new int[] {1, 2, 7, 1_000}) {
                QuoteGuard guard = new QuoteGuard(new Slow(whole, cut));
                String out = drain(guard, cut);
                outcomes.add(guard.records() + ":" + out);
            }
            for (String outcome : outcomes) {
                assertEquals(
                        outcomes.get(0),
                        outcome,
                        () -> "text " + whole.replace("\n", "\\n").replace("\r", "\\r"));
            }
        }
    }

    private static void assertRead(long records, String text, String expected) throws IOException {
        QuoteGuard guard = new QuoteGuard(new StringReader(text));
        assertEquals(expected, drain(guard, 1 << 13));
        assertEquals(records, guard.records());
    }

    private static long records(String text) throws IOException {
        QuoteGuard guard = new QuoteGuard(new StringReader(text));
        drain(guard, 100);
        return guard.records();
    }

    private static String drain(Reader reader, int cut) throws IOException {
        StringBuilder out = new StringBuilder();
        char[] buffer = new char[cut];
        for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
            out.append(buffer, 0, count);
        }
        return out.toString();
    }

    /** Gives at most so many characters at a time. */
    private static final class Slow extends Reader {
        private final String text;
        private final int cut;
        private int at;

        Slow(String text, int cut) {
            this.text = text;
            this.cut = cut;
        }

        @Override
        public int read(char[] target, int offset, int length) {
            if (at == text.length()) {
                return -1;
            }
            int count = Math.min(Math.min(cut, length), text.length() - at);
            text.getChars(at, at + count, target, offset);
            at += count;
            return count;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
