package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Signatures over messages in pieces: the vectors of RFC 8032, 7.1, and whatever the platform says. */
final class SignatureCheckTest {
    private static final int ROUNDS = 60;
    private static final HexFormat HEX = HexFormat.of();

    /** What stands before the 32 bytes of a key in X.509. */
    private static final String X509 = "302a300506032b6570032100";

    private static final String[][] VECTORS = {
        {
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                    + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                    + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
    };

    @Test
    void holds_vectorsOfTheStandard_holdAndNothingElse() throws GeneralSecurityException {
        for (String[] vector : VECTORS) {
            PublicKey key = key(vector[0]);
            byte[] message = HEX.parseHex(vector[1]);
            byte[] signature = HEX.parseHex(vector[2]);
            assertTrue(holds(key, message, signature, new Random(1)), vector[0]);
            assertFalse(holds(key, new byte[] {1, 2, 3}, signature, new Random(1)), vector[0]);
            for (int i = 0; i < signature.length; i++) {
                byte[] changed = signature.clone();
                changed[i] ^= 1;
                assertFalse(holds(key, message, changed, new Random(1)), "byte " + i);
            }
        }
    }

    @Test
    void holds_randomMessagesInRandomPieces_asThePlatformSays() throws GeneralSecurityException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("SignatureCheckTest: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] message = new byte[random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(5_000)];
            random.nextBytes(message);
            byte[] signature = Signing.sign(pair.getPrivate(), message);
            assertTrue(holds(pair.getPublic(), message, signature, random));
            byte[] changed = (random.nextBoolean() || message.length == 0 ? signature : message);
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            boolean platform = Signing.verify(pair.getPublic(), message, signature);
            assertEquals(platform, holds(pair.getPublic(), message, signature, random), "round " + round);
            assertFalse(platform);
        }
    }

    @Test
    void holds_anotherSpellingOfTheSame_doesNot() throws GeneralSecurityException {
        BigInteger order = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
        byte[] signature = HEX.parseHex(VECTORS[1][2]);
        BigInteger s = BigInteger.ZERO;
        for (int i = 63; i >= 32; i--) {
            s = s.shiftLeft(8).or(BigInteger.valueOf(signature[i] & 0xFF));
        }
        BigInteger more = s.add(order);
        for (int i = 0; i < 32; i++) {
            signature[32 + i] = more.shiftRight(8 * i).byteValue();
        }
        assertFalse(holds(key(VECTORS[1][0]), HEX.parseHex(VECTORS[1][1]), signature, new Random(1)));
    }

    @Test
    void holds_otherLengthsAndKeysThatAreNone_doNot() throws GeneralSecurityException {
        PublicKey key = key(VECTORS[0][0]);
        for (int length : new int[] {0, 1, 31, 32, 63, 65}) {
            assertFalse(holds(key, new byte[0], new byte[length], new Random(1)));
        }
        // y = 2 is on no point of the curve; y = p is 0 in another spelling
        for (String none : new String[] {"02" + "00".repeat(31), "ed" + "ff".repeat(30) + "7f"}) {
            assertFalse(holds(key(none), new byte[0], HEX.parseHex(VECTORS[0][2]), new Random(1)));
        }
    }

    private static PublicKey key(String hex) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(HEX.parseHex(X509 + hex)));
    }

    private static boolean holds(PublicKey key, byte[] message, byte[] signature, Random random) {
        SignatureCheck check = SignatureCheck.begin(key, signature);
        for (int at = 0; at < message.length; ) {
            int count = Math.min(message.length - at, 1 + random.nextInt(700));
            check.update(message, at, count);
            at += count;
        }
        return check.holds();
    }
}
