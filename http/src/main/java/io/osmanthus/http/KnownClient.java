package io.osmanthus.http;

import io.micrometer.core.instrument.Counter;

/**
 * A client as the running server knows it: with what it may still ask, and when its keys end. Thread-safe.
 *
 * @param trail its bits in events of the access trail
 */
record KnownClient(Client client, SubjectBudget budget, long expiresAtMs, Counter malformed, long trail) {
    boolean expired(long nowMs) {
        return nowMs >= expiresAtMs;
    }
}
