package io.osmanthus.snapshots.intake;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;

/**
 * Signs a file of any length with Ed25519, as RFC 8032, 5.1.6 has it, reading it twice. By the affine law of the curve, so that
 * nothing of what verifies is used to sign.
 */
final class LongMessage {
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121_665)
            .multiply(BigInteger.valueOf(121_666).modInverse(P))
            .mod(P);
    private static final BigInteger[] BASE = {
        new BigInteger("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
        new BigInteger("46316835694926478169428394003475163141307993866256225615783033603165251855960")
    };

    private LongMessage() {}

    static byte[] sign(PrivateKey key, Path file) throws IOException, GeneralSecurityException {
        byte[] seed = ((EdECPrivateKey) key).getBytes().orElseThrow();
        byte[] hash = MessageDigest.getInstance("SHA-512").digest(seed);
        byte[] clamped = Arrays.copyOf(hash, 32);
        clamped[0] &= (byte) 248;
        clamped[31] &= 127;
        clamped[31] |= 64;
        BigInteger secret = number(clamped);
        BigInteger r = number(digest(file, Arrays.copyOfRange(hash, 32, 64))).mod(ORDER);
        byte[] encodedR = encoded(times(r));
        BigInteger k = number(digest(file, encodedR, encoded(times(secret)))).mod(ORDER);
        byte[] signature = Arrays.copyOf(encodedR, 64);
        System.arraycopy(bytes(k.multiply(secret).add(r).mod(ORDER)), 0, signature, 32, 32);
        return signature;
    }

    private static byte[] digest(Path file, byte[]... before) throws IOException, GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-512");
        for (byte[] one : before) {
            digest.update(one);
        }
        byte[] buffer = new byte[1 << 18];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return digest.digest();
    }

    private static BigInteger[] times(BigInteger factor) {
        BigInteger[] sum = {BigInteger.ZERO, BigInteger.ONE};
        for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
            sum = plus(sum, sum);
            if (factor.testBit(bit)) {
                sum = plus(sum, BASE);
            }
        }
        return sum;
    }

    private static BigInteger[] plus(BigInteger[] a, BigInteger[] b) {
        BigInteger cross = a[0].multiply(b[1]).add(b[0].multiply(a[1]));
        BigInteger straight = a[1].multiply(b[1]).add(a[0].multiply(b[0]));
        BigInteger all = D.multiply(a[0])
                .mod(P)
                .multiply(b[0])
                .mod(P)
                .multiply(a[1])
                .mod(P)
                .multiply(b[1])
                .mod(P);
        BigInteger x = cross.multiply(BigInteger.ONE.add(all).modInverse(P)).mod(P);
        BigInteger y =
                straight.multiply(BigInteger.ONE.subtract(all).modInverse(P)).mod(P);
        return new BigInteger[] {x, y};
    }

    private static byte[] encoded(BigInteger[] point) {
        byte[] bytes = bytes(point[1]);
        if (point[0].testBit(0)) {
            bytes[31] |= (byte) 0x80;
        }
        return bytes;
    }

    private static BigInteger number(byte[] leastFirst) {
        byte[] turned = new byte[leastFirst.length];
        for (int i = 0; i < turned.length; i++) {
            turned[turned.length - 1 - i] = leastFirst[i];
        }
        return new BigInteger(1, turned);
    }

    private static byte[] bytes(BigInteger number) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }
}
