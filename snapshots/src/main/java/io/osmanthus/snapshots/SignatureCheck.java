package io.osmanthus.snapshots;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/*
 * The platform's Ed25519 collects the whole message on the heap and ends at 2 GiB of it, and so do the libraries that were
 * looked at, because signing reads a message twice. Verifying reads it once: k = SHA-512(R ‖ A ‖ message), and the signature
 * (R, s) of the key A holds where s·B − k·A is R (RFC 8032, 5.1.7). Everything here is public, so nothing has to take the same
 * time for all values. A test holds it against the platform.
 *
 *   field      2^255 − 19
 *   order      2^252 + 27742317777372353535851937790883648493
 *   curve      −x² + y² = 1 + d·x²·y², d = −121665/121666
 *   base       y = 4/5, x even
 *   encoding   y in 32 bytes, least first; the highest bit is the lowest of x
 */

/** Verifies one Ed25519 signature over a message that comes in pieces, of any length. For one thread. */
public final class SignatureCheck {
    private static final int HALF = Signing.SIGNATURE_BYTES / 2;
    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger P = TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger ORDER = TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121_665)
            .multiply(BigInteger.valueOf(121_666).modInverse(P))
            .mod(P);
    private static final BigInteger ROOT_OF_MINUS_ONE =
            TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);
    private static final Point NEUTRAL = new Point(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);
    private static final Point BASE = base();

    private final byte[] signature;
    private final @Nullable Point key;
    private final MessageDigest digest;

    private SignatureCheck(byte[] signature, @Nullable Point key, MessageDigest digest) {
        this.signature = signature;
        this.key = key;
        this.digest = digest;
    }

    /**
     * Begins to verify.
     *
     * @param key an Ed25519 key, as {@link Signing#publicKey} reads it
     * @param signature of {@link Signing#SIGNATURE_BYTES} bytes; with any other length, or a key that is none, it does not hold
     */
    public static SignatureCheck begin(PublicKey key, byte[] signature) {
        byte[] encoded = key.getEncoded();
        byte[] point = Arrays.copyOfRange(encoded, encoded.length - HALF, encoded.length);
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
        digest.update(signature, 0, Math.min(HALF, signature.length));
        digest.update(point);
        return new SignatureCheck(signature.clone(), decode(point), digest);
    }

    /** The next bytes of the message. */
    public void update(byte[] bytes, int offset, int count) {
        digest.update(bytes, offset, count);
    }

    /** Whether the signature is one of the key's over the message; asked once, at its end. */
    public boolean holds() {
        if (key == null || signature.length != Signing.SIGNATURE_BYTES) {
            return false;
        }
        BigInteger s = number(Arrays.copyOfRange(signature, HALF, signature.length));
        if (s.compareTo(ORDER) >= 0) {
            return false; // the same signature in another spelling
        }
        BigInteger k = number(digest.digest()).mod(ORDER);
        Point r = BASE.times(s).plus(key.negated().times(k));
        return Arrays.equals(r.encoded(), Arrays.copyOf(signature, HALF));
    }

    private static Point base() {
        BigInteger y = BigInteger.valueOf(4)
                .multiply(BigInteger.valueOf(5).modInverse(P))
                .mod(P);
        Point base = decode(bytes(y));
        if (base == null) {
            throw new IllegalStateException("4/5 is on the curve");
        }
        return base;
    }

    /** The point that 32 bytes stand for, or null. */
    private static @Nullable Point decode(byte[] encoded) {
        byte[] bytes = encoded.clone();
        boolean odd = (bytes[HALF - 1] & 0x80) != 0;
        bytes[HALF - 1] &= 0x7F;
        BigInteger y = number(bytes);
        if (y.compareTo(P) >= 0) {
            return null;
        }
        BigInteger squared = y.multiply(y);
        BigInteger wanted = squared.subtract(BigInteger.ONE)
                .multiply(D.multiply(squared).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        BigInteger x = wanted.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!x.multiply(x).mod(P).equals(wanted)) {
            x = x.multiply(ROOT_OF_MINUS_ONE).mod(P);
        }
        if (!x.multiply(x).mod(P).equals(wanted) || (x.signum() == 0 && odd)) {
            return null;
        }
        return Point.of(x.testBit(0) == odd ? x : P.subtract(x), y);
    }

    /** A number from its bytes, least first. */
    private static BigInteger number(byte[] bytes) {
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[bytes.length - 1 - i] = bytes[i];
        }
        return new BigInteger(1, turned);
    }

    /** Thirty-two bytes of a number below 2^255, least first. */
    private static byte[] bytes(BigInteger number) {
        byte[] bytes = new byte[HALF];
        for (int i = 0; i < HALF; i++) {
            bytes[i] = number.shiftRight(Byte.SIZE * i).byteValue();
        }
        return bytes;
    }

    /** A point as x = X/Z, y = Y/Z, T = X·Y/Z; sums by RFC 8032, 5.1.4, which hold for all points. */
    private record Point(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {
        static Point of(BigInteger x, BigInteger y) {
            return new Point(x, y, BigInteger.ONE, x.multiply(y).mod(P));
        }

        Point plus(Point other) {
            BigInteger a = y.subtract(x).multiply(other.y.subtract(other.x)).mod(P);
            BigInteger b = y.add(x).multiply(other.y.add(other.x)).mod(P);
            BigInteger c = t.multiply(TWO).multiply(D).mod(P).multiply(other.t).mod(P);
            BigInteger d = z.multiply(TWO).multiply(other.z).mod(P);
            BigInteger e = b.subtract(a);
            BigInteger f = d.subtract(c);
            BigInteger g = d.add(c);
            BigInteger h = b.add(a);
            return new Point(
                    e.multiply(f).mod(P),
                    g.multiply(h).mod(P),
                    f.multiply(g).mod(P),
                    e.multiply(h).mod(P));
        }

        Point negated() {
            return new Point(P.subtract(x).mod(P), y, z, P.subtract(t).mod(P));
        }

        Point times(BigInteger factor) {
            Point sum = NEUTRAL;
            for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
                sum = sum.plus(sum);
                if (factor.testBit(bit)) {
                    sum = sum.plus(this);
                }
            }
            return sum;
        }

        byte[] encoded() {
            BigInteger inverse = z.modInverse(P);
            byte[] bytes = bytes(y.multiply(inverse).mod(P));
            if (x.multiply(inverse).mod(P).testBit(0)) {
                bytes[HALF - 1] |= (byte) 0x80;
            }
            return bytes;
        }
    }
}
