package io.osmanthus.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/*
 * Why a hash map, and no constant-time comparison: what is looked up is SHA-256 of the guess. How far it agrees with a
 * stored hash tells a guesser nothing, since nobody can choose keys by their hash, and the key has 256 bits. The cache
 * in front is a map by the header's text, entered only by keys that held; its String.equals runs only for a guess whose
 * 32-bit hash already agrees with that of a key unknown to the guesser, and its time then drowns in the network's.
 */

/** The keys that hold: from the hash of a key to its client. Immutable and thread-safe; a {@link Cache} is not. */
final class Keys {
    static final String BEARER = "Bearer ";

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private final Map<String, KnownClient> byHash;

    private Keys(Map<String, KnownClient> byHash) {
        this.byHash = Map.copyOf(byHash);
    }

    /** {@code trail} gives a client's bits in events of the access trail. */
    static Keys of(
            Clients clients,
            MeterRegistry meters,
            ToLongFunction<String> trail,
            Suspensions suspensions,
            InstantSource clock,
            long nowNanos) {
        Map<String, KnownClient> byHash = new HashMap<>();
        for (Client client : clients.all()) {
            Counter malformed = Counter.builder("osmanthus.subjects.malformed")
                    .description("Malformed elements of batches, by client")
                    .tag("client", client.id())
                    .register(meters);
            SubjectBudget budget = new SubjectBudget(
                    client.subjectsPerSecond(),
                    client.subjectsPerDay(),
                    nowNanos,
                    () -> suspensions.suspend(client.id(), clock.instant()));
            suspensions.attach(client.id(), budget);
            KnownClient known = new KnownClient(
                    client,
                    budget,
                    client.expiresOn().atStartOfDay(ZONE).toInstant().toEpochMilli(),
                    malformed,
                    trail.applyAsLong(client.id()));
            client.keySha256().forEach(hash -> byHash.put(hash, known));
        }
        return new Keys(byHash);
    }

    /** How many clients have taken this share of their day's budget, or more. */
    long spent(double share, long nowMs) {
        return byHash.values().stream()
                .distinct()
                .filter(client -> client.budget().shareToday(nowMs) >= share)
                .count();
    }

    /** The client of a key, or null. */
    @Nullable
    KnownClient client(String key) {
        return key.length() == ApiKey.CHARACTERS && key.startsWith(ApiKey.PREFIX)
                ? byHash.get(ApiKey.sha256(key))
                : null;
    }

    /** Remembers, for one event loop, which header was whose. Holds only headers whose key was right. */
    final class Cache {
        private final Map<String, KnownClient> byHeader = new HashMap<>();

        /** The client of an {@code Authorization} header, expired or not; null where it holds no key of ours. */
        @Nullable
        KnownClient client(@Nullable String header) {
            if (header == null) {
                return null;
            }
            KnownClient known = byHeader.get(header);
            if (known == null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                known = Keys.this.client(header.substring(BEARER.length()).strip());
                if (known != null && byHeader.size() < 2 * byHash.size()) {
                    byHeader.put(header, known);
                }
            }
            return known;
        }
    }
}
