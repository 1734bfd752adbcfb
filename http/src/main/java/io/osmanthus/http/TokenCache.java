package io.osmanthus.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Verified tokens by the SHA-256 of their text, until they expire. Bounded; thread-safe. */
final class TokenCache {
    /** About 10 MiB. When it is full and nothing in it has expired, a new token is verified each time. */
    static final int TOKENS_MAX = 65_536;

    private record Hash(long a, long b, long c, long d) {}

    private final ConcurrentMap<Hash, TokenVerifier.Verified> verified = new ConcurrentHashMap<>();

    @Nullable
    Caller caller(String token, long nowMs) {
        TokenVerifier.Verified found = verified.get(hash(token));
        return found != null && nowMs < found.untilMs() ? found.caller() : null;
    }

    void remember(String token, TokenVerifier.Verified value, long nowMs) {
        if (verified.size() >= TOKENS_MAX) {
            verified.values().removeIf(old -> old.untilMs() <= nowMs);
        }
        if (verified.size() < TOKENS_MAX) {
            verified.put(hash(token), value);
        }
    }

    private static Hash hash(String token) {
        try {
            ByteBuffer hash = ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
            return new Hash(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
