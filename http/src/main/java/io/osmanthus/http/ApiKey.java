package io.osmanthus.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** An API key: 256 random bits in base64url behind a prefix that scanners for leaked secrets can find. */
public final class ApiKey {
    /** {@code osm_} and 43 characters. */
    public static final String PREFIX = "osm_";

    static final int CHARACTERS = PREFIX.length() + 43;

    private static final int KEY_BYTES = 32;

    private ApiKey() {}

    /** Makes a key. It is shown once, to whom it belongs; only its hash is kept. */
    public static String make() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** SHA-256 of the whole key, prefix included, as {@code clients.yaml} holds it: 64 hexadecimal digits. */
    public static String sha256(String key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
