package io.osmanthus.http;

import io.micrometer.core.instrument.Counter;
import org.jspecify.annotations.Nullable;

/**
 * A client as the running server knows it: with what it may still ask, and when its keys end. Thread-safe.
 *
 * @param bound whether it must show a certificate beside its key
 * @param trail its bits in events of the access trail
 */
record KnownClient(
        Client client, SubjectBudget budget, long expiresAtMs, boolean bound, Counter malformed, long trail) {
    boolean expired(long nowMs) {
        return nowMs >= expiresAtMs;
    }

    /** Whether its connection has shown what it must. */
    boolean shown(@Nullable ClientCertificate certificate, long nowMs) {
        return !bound
                || (certificate != null
                        && certificate.holds(nowMs)
                        && client.certificateSha256().contains(certificate.sha256()));
    }

    /** Until when key and certificate hold; after that a new look says which of them does not. */
    long untilMs(@Nullable ClientCertificate certificate) {
        return bound && certificate != null ? Math.min(expiresAtMs, certificate.untilMs() + 1) : expiresAtMs;
    }
}
