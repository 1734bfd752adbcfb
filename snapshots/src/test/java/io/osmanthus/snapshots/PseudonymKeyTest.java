package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

final class PseudonymKeyTest {
    private static final String HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    /** HKDF written down from RFC 5869, for up to 32 bytes times 255. */
    private static byte[] hkdf(byte[] salt, byte[] key, byte[] info, int length) throws GeneralSecurityException {
        byte[] pseudorandom = hmac(salt, key);
        byte[] out = new byte[length];
        byte[] block = {};
        for (int i = 1, done = 0; done < length; i++) {
            byte[] message = Arrays.copyOf(block, block.length + info.length + 1);
            System.arraycopy(info, 0, message, block.length, info.length);
            message[message.length - 1] = (byte) i;
            block = hmac(pseudorandom, message);
            int count = Math.min(block.length, length - done);
            System.arraycopy(block, 0, out, done, count);
            done += count;
        }
        return out;
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    @Test
    void subkey_anyPurpose_isHkdfOfRfc5869() throws GeneralSecurityException {
        // Test case 1 of RFC 5869 holds the test's own HKDF to the standard.
        byte[] vector = hkdf(
                HexFormat.of().parseHex("000102030405060708090a0b0c"),
                HexFormat.of().parseHex("0b".repeat(22)),
                HexFormat.of().parseHex("f0f1f2f3f4f5f6f7f8f9"),
                42);
        assertEquals(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
                HexFormat.of().formatHex(vector));
        PseudonymKey key = PseudonymKey.ofHex(HEX);
        for (String purpose : List.of("", "seal/1", "fingerprint", "pseudonym/card", "a".repeat(100))) {
            assertArrayEquals(
                    hkdf(
                            "osmanthus/1".getBytes(StandardCharsets.US_ASCII),
                            HexFormat.of().parseHex(HEX),
                            purpose.getBytes(StandardCharsets.UTF_8),
                            32),
                    key.subkey(purpose));
        }
    }

    @Test
    void make_token_isTheHashThatTheDesignSays() throws GeneralSecurityException {
        PseudonymKey key = PseudonymKey.ofHex(HEX);
        Pseudonymiser plates = key.pseudonymiser(Scheme.PLATE);
        plates.make("苏E12345");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(key.subkey("pseudonym/plate"));
        digest.update("plate\u001f苏E12345".getBytes(StandardCharsets.UTF_8));
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        assertEquals(hash.getLong(), plates.high());
        assertEquals(hash.getLong(), plates.low());
    }

    @Test
    void make_sameTokenInOtherSchemesAndKeys_areStrangers() {
        Set<Long> seen = new HashSet<>();
        for (String hex : List.of(HEX, "ff".repeat(32))) {
            for (Scheme scheme : Scheme.values()) {
                Pseudonymiser pseudonymiser = PseudonymKey.ofHex(hex).pseudonymiser(scheme);
                pseudonymiser.make("1");
                assertEquals(true, seen.add(pseudonymiser.high()), scheme.word());
            }
        }
    }

    @Test
    void ofHex_anythingElse_isRefusedWithoutRepeatingIt() {
        for (String text : List.of("", HEX.substring(1), HEX + "0", "g" + HEX.substring(1))) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> PseudonymKey.ofHex(text));
            assertFalse(!text.isEmpty() && String.valueOf(refused.getMessage()).contains(text));
        }
        assertEquals(
                PseudonymKey.ofHex(HEX).fingerprint(),
                PseudonymKey.ofHex(HEX.toUpperCase(java.util.Locale.ROOT) + "\n")
                        .fingerprint());
    }

    @Test
    void toString_showsTheFingerprintOnly() {
        PseudonymKey key = PseudonymKey.ofHex(HEX);
        assertEquals("PseudonymKey[" + key.fingerprint() + "]", key.toString());
        assertEquals(16, key.fingerprint().length());
        assertNotEquals(key.fingerprint(), PseudonymKey.ofHex("01".repeat(32)).fingerprint());
    }

    @Test
    void keyedHash_spacesAndPurposes_areStrangers() {
        Set<Long> seen = new HashSet<>();
        for (String purpose : List.of("reference/1", "act/1")) {
            KeyedHash hash = KeyedHash.of(PseudonymKey.ofHex(HEX), purpose);
            for (String space : List.of("", "a", "b")) {
                hash.make(space, "x");
                assertEquals(true, seen.add(hash.high()));
                long before = hash.low();
                hash.make(space, "x");
                assertEquals(before, hash.low());
            }
        }
    }
}
