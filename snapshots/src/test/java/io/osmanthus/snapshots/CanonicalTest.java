package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CanonicalTest {
    @Test
    void of_tokens_areNfkcUpperCaseWithoutSpacesAndHyphens() {
        assertEquals("310500001", Canonical.of(" 3105-0000 1\t"));
        assertEquals("苏E12345", Canonical.of("苏ｅ　１２３４５"));
        assertEquals("苏E·12345", Canonical.of("苏e·12345"));
        assertEquals("AB", Canonical.of("a\u2010\u2013\u2014\u2212\uFF0Db\u00A0"));
        assertEquals("SS", Canonical.of("ß"));
        assertEquals("I", Canonical.of("i"));
        assertEquals("A_B.C", Canonical.of("a_b.c"));
        assertEquals("", Canonical.of(" - "));
    }

    @Test
    void inPlace_anyText_sameAsOf() {
        long seed = Long.parseLong(
                System.getProperty("seed", "").isEmpty()
                        ? String.valueOf(System.nanoTime())
                        : System.getProperty("seed"));
        System.out.println("CanonicalTest: -Dseed=" + seed);
        Random random = new Random(seed);
        String signs = "aZ09 -苏沪ｅ１　·–ßé_ｱ㎏ﬁ一鿿";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(signs.charAt(random.nextInt(signs.length())));
            }
            byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);
            byte[] bytes = Arrays.copyOf(new byte[3], 3 + plain.length + 64);
            System.arraycopy(plain, 0, bytes, 3, plain.length);
            int length = Canonical.inPlace(bytes, 3, plain.length, bytes.length - 3);
            assertEquals(
                    Canonical.of(text.toString()),
                    new String(bytes, 3, length, StandardCharsets.UTF_8),
                    () -> "text " + text);
        }
    }

    @Test
    void inPlace_notUtf8OrTooLong_isRefused() {
        byte[] broken = {'a', (byte) 0xE8, (byte) 0x8B};
        assertEquals(-1, Canonical.inPlace(broken, 0, 3, 3));
        byte[] growing = "㎏㎏㎏".getBytes(StandardCharsets.UTF_8);
        assertEquals(6, Canonical.inPlace(growing.clone(), 0, growing.length, growing.length));
        assertEquals(-1, Canonical.inPlace(growing.clone(), 0, growing.length, 5));
    }
}
