package io.osmanthus.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/*
 * Why a hash map, and no constant-time comparison: what is looked up is SHA-256 of the guess. How far it agrees with a
 * stored hash tells a guesser nothing, since nobody can choose keys by their hash, and the key has 256 bits. The cache
 * in front is a map by the header's text, entered only by keys that held; its String.equals runs only for a guess whose
 * 32-bit hash already agrees with that of a key unknown to the guesser, and its time then drowns in the network's.
 */

/** The keys that hold: from the hash of a key to its client. Thread-safe; a {@link Cache} is not. */
final class Keys {
    static final String BEARER = "Bearer ";

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private final MeterRegistry meters;
    private final ToLongFunction<String> trail;
    private final Suspensions suspensions;
    private final InstantSource clock;

    /** Whether a key without a certificate is worth nothing. */
    private final boolean certificates;

    /** By client, also of those taken out today: put in again, they go on where they were. Guarded by this. */
    private final Map<String, SubjectBudget> budgets = new HashMap<>();

    /** Replaced as a whole; caches notice by its identity. */
    private volatile Map<String, KnownClient> byHash = Map.of();

    private Keys(
            MeterRegistry meters,
            ToLongFunction<String> trail,
            Suspensions suspensions,
            InstantSource clock,
            boolean certificates) {
        this.certificates = certificates;
        this.meters = meters;
        this.trail = trail;
        this.suspensions = suspensions;
        this.clock = clock;
    }

    /** {@code trail} gives a client's bits in events of the access trail; {@code certificates}: every key needs one. */
    static Keys of(
            Clients clients,
            MeterRegistry meters,
            ToLongFunction<String> trail,
            Suspensions suspensions,
            InstantSource clock,
            boolean certificates,
            long nowNanos) {
        Keys keys = new Keys(meters, trail, suspensions, clock, certificates);
        keys.use(clients, nowNanos);
        return keys;
    }

    /**
     * Takes other clients from now on. What a client has spent of its budgets stays spent, also where it was gone for a while,
     * and who is suspended stays so.
     */
    synchronized void use(Clients clients, long nowNanos) {
        Map<String, KnownClient> fresh = new HashMap<>();
        Set<String> served = new HashSet<>();
        for (Client client : clients.all()) {
            Counter malformed = Counter.builder("osmanthus.subjects.malformed")
                    .description("Malformed elements of batches, by client")
                    .tag("client", client.id())
                    .register(meters);
            served.add(client.id());
            SubjectBudget budget = budget(client, nowNanos);
            suspensions.attach(client.id(), budget);
            KnownClient known = new KnownClient(
                    client,
                    budget,
                    client.expiresOn().atStartOfDay(ZONE).toInstant().toEpochMilli(),
                    certificates || !client.certificateSha256().isEmpty(),
                    malformed,
                    trail.applyAsLong(client.id()));
            client.keySha256().forEach(hash -> fresh.put(hash, known));
        }
        byHash = Map.copyOf(fresh);
        long nowMs = clock.millis();
        budgets.entrySet()
                .removeIf(entry ->
                        !served.contains(entry.getKey()) && entry.getValue().untouched(nowNanos, nowMs));
    }

    /** The one budget of a client, whatever was reloaded meanwhile; guarded by this. */
    private SubjectBudget budget(Client client, long nowNanos) {
        SubjectBudget former = budgets.get(client.id());
        if (former != null) {
            former.limit(client.subjectsPerSecond(), client.subjectsPerDay());
            return former;
        }
        SubjectBudget first = new SubjectBudget(
                client.subjectsPerSecond(),
                client.subjectsPerDay(),
                nowNanos,
                () -> suspensions.suspend(client.id(), clock.instant()));
        budgets.put(client.id(), first);
        return first;
    }

    /** Another object after each {@link #use}: what was found out about a key before holds no longer. */
    Object edition() {
        return byHash;
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
        private Map<String, KnownClient> of = byHash;

        /** The client of an {@code Authorization} header, expired or not; null where it holds no key of ours. */
        @Nullable
        KnownClient client(@Nullable String header) {
            if (header == null) {
                return null;
            }
            Map<String, KnownClient> now = byHash;
            if (now != of) {
                byHeader.clear();
                of = now;
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
