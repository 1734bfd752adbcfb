package io.osmanthus.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A range of IP addresses: an address, or one with a prefix length. Never asks a name server. Immutable. */
public final class AddressRange {
    private final byte[] address;
    private final int prefixBits;

    private AddressRange(byte[] address, int prefixBits) {
        this.address = address;
        this.prefixBits = prefixBits;
    }

    /** The range of {@code 10.1.2.3}, {@code 10.0.0.0/8}, {@code ::1} or {@code fd00::/8}; null for anything else. */
    static @Nullable AddressRange of(String text) {
        int slash = text.indexOf('/');
        byte[] address = literal(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        int bits = address.length * 8;
        if (slash >= 0) {
            String length = text.substring(slash + 1);
            if (length.isEmpty() || length.length() > 3 || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return null;
            }
            bits = Integer.parseInt(length);
        }
        return bits > address.length * 8 ? null : new AddressRange(address, bits);
    }

    /** Whether a host, as written in a configuration, is reachable from this machine only. */
    static boolean loopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        byte[] address = literal(host);
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("a literal has 4 or 16 bytes", e);
        }
    }

    /** Whether the address, written as a literal, lies within. */
    boolean contains(String literal) {
        byte[] other = literal(literal);
        if (other == null || other.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((other[bit >> 3] & mask) != (address[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** The bytes of an IP literal, or null: anything that the JDK would ask a name server about is refused first. */
    static byte @Nullable [] literal(String text) {
        boolean six = text.indexOf(':') >= 0;
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean hex = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (c == '.') {
                dots++;
            } else if (!(c >= '0' && c <= '9') && !(six && (hex || c == ':'))) {
                return null;
            }
        }
        if (text.isEmpty() || text.length() > 45 || (!six && dots != 3)) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
