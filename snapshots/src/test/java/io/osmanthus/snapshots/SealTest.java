package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SealTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("3c".repeat(32));

    @Test
    void open_sealedText_comesBack() {
        Seal seal = Seal.of(KEY, "records.document_no");
        for (String text : new String[] {"", "x", "苏0508执123号", "9".repeat(10_000)}) {
            byte[] sealed = seal.seal(text);
            assertEquals(text, Seal.of(KEY, "records.document_no").open(sealed));
            assertEquals(
                    text.getBytes(StandardCharsets.UTF_8).length + Seal.NONCE_BYTES + Seal.TAG_BITS / 8, sealed.length);
        }
    }

    @Test
    void open_otherKeyKindOrByte_isRefused() {
        byte[] sealed = Seal.of(KEY, "a").seal("secret");
        assertThrows(IllegalArgumentException.class, () -> Seal.of(KEY, "b").open(sealed));
        assertThrows(IllegalArgumentException.class, () -> Seal.of(PseudonymKey.ofHex("3d".repeat(32)), "a")
                .open(sealed));
        for (int at = 0; at < sealed.length; at++) {
            byte[] flipped = sealed.clone();
            flipped[at] ^= 1;
            assertThrows(IllegalArgumentException.class, () -> Seal.of(KEY, "a").open(flipped));
            byte[] shorter = Arrays.copyOf(sealed, at);
            assertThrows(IllegalArgumentException.class, () -> Seal.of(KEY, "a").open(shorter));
        }
    }

    @Test
    void seal_sameTextAgain_neverLooksTheSame() {
        Set<String> nonces = new HashSet<>();
        for (int round = 0; round < 3; round++) {
            Seal seal = Seal.of(KEY, "a");
            for (int i = 0; i < 1_000; i++) {
                byte[] sealed = seal.seal("same");
                assertFalse(!nonces.add(HexFormat.of().formatHex(sealed, 0, Seal.NONCE_BYTES)));
            }
        }
    }
}
