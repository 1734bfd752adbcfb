package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What reloads do to keys, budgets and certificates of clients that are being served. */
class KeysTest {
    private static final int PER_DAY = 100_000;
    private static final int BATCH = 10_000;

    private final String key = ApiKey.make();
    private Instant now = Instant.parse("2026-10-15T02:00:00Z");
    private final Suspensions suspensions = Suspensions.open(null);
    private final Keys keys =
            Keys.of(clients(PER_DAY), new SimpleMeterRegistry(), client -> 0, suspensions, () -> now, false, nanos());

    private long nanos() {
        return now.toEpochMilli() * 1_000_000;
    }

    private Clients clients(int perDay, String... certificates) {
        return Clients.of(List.of(new Client(
                "gate",
                Role.TERMINAL,
                "gate",
                Set.of(ApiKey.sha256(key)),
                Set.of("transit"),
                Set.of(),
                Set.of(),
                true,
                1_000_000_000,
                perDay,
                LocalDate.of(2099, 1, 1),
                Set.of(certificates))));
    }

    private KnownClient gate() {
        KnownClient known = keys.client(key);
        assertNotNull(known);
        return known;
    }

    private int take(KnownClient client, int subjects) {
        return client.budget().take(subjects, nanos(), now.toEpochMilli());
    }

    /** A batch is read, then paid for: a reload between the two must not leave it the budget of before. */
    @Test
    void batchUnderWay_overAReload_paysUnderTheLimitsInForce() {
        KnownClient before = gate();
        assertEquals(SubjectBudget.ADMITTED, take(before, BATCH));
        keys.use(clients(BATCH + 1), nanos());
        assertTrue(take(before, BATCH) < 0, "what was lowered is lowered for whoever asks already");
        assertEquals(SubjectBudget.ADMITTED, take(gate(), 1));
        assertTrue(take(gate(), 1) < 0);
        assertTrue(take(before, 1) < 0);
    }

    @Test
    void batchUnderWay_overAReload_suspendsTheClientAndIsSuspended() {
        KnownClient before = gate();
        keys.use(clients(BATCH), nanos());
        assertEquals(SubjectBudget.ADMITTED, take(before, BATCH));
        for (int i = 0; i < 100 && !before.budget().suspended(); i++) {
            take(before, BATCH);
        }
        assertTrue(before.budget().suspended());
        assertTrue(gate().budget().suspended());
        assertEquals(1, suspensions.all().size());
        assertTrue(suspensions.lift("gate", "staff/li.na"));
        assertFalse(before.budget().suspended());
        assertFalse(gate().budget().suspended());
    }

    @Test
    void clientTakenOutAndPutInAgain_sameDay_goesOnWhereItWas() {
        assertEquals(SubjectBudget.ADMITTED, take(gate(), PER_DAY));
        assertTrue(take(gate(), 1) < 0);
        keys.use(Clients.of(List.of()), nanos());
        assertNull(keys.client(key));
        keys.use(Clients.of(List.of()), nanos());
        keys.use(clients(PER_DAY), nanos());
        assertTrue(take(gate(), 1) < 0, "two reloads made another day");
        assertEquals(PER_DAY, gate().budget().spentToday(now.toEpochMilli()));
    }

    @Test
    void clientTakenOutWhileRefused_putInAgain_refusalsGoOnToo() {
        assertEquals(SubjectBudget.ADMITTED, take(gate(), PER_DAY));
        for (int i = 0; i < 20; i++) {
            assertTrue(take(gate(), BATCH) < 0);
        }
        assertFalse(gate().budget().suspended());
        keys.use(Clients.of(List.of()), nanos());
        keys.use(clients(PER_DAY), nanos());
        assertEquals(SubjectBudget.SUSPENDED, take(gate(), BATCH));
    }

    /** What is remembered of clients that are gone does not grow: the next day there is nothing to remember. */
    @Test
    void clientTakenOut_nextDay_forgottenAndBegunAnew() {
        SubjectBudget first = gate().budget();
        assertEquals(SubjectBudget.ADMITTED, take(gate(), PER_DAY));
        keys.use(Clients.of(List.of()), nanos());
        now = now.plus(Duration.ofDays(1));
        keys.use(Clients.of(List.of()), nanos());
        keys.use(clients(PER_DAY), nanos());
        assertFalse(first == gate().budget());
        assertEquals(SubjectBudget.ADMITTED, take(gate(), PER_DAY));
    }

    /** Taking a fingerprint out revokes the certificate: also for heads that a connection remembers, whose edition ends. */
    @Test
    void certificateTakenOut_byAReload_holdsNoLonger() {
        String one = "a".repeat(64);
        String two = "b".repeat(64);
        long nowMs = now.toEpochMilli();
        ClientCertificate shown = new ClientCertificate(one, nowMs - 1, nowMs + 1);
        keys.use(clients(PER_DAY, one, two), nanos());
        Object edition = keys.edition();
        assertTrue(gate().shown(shown, nowMs));
        assertFalse(gate().shown(null, nowMs));
        assertFalse(gate().shown(shown, nowMs + 2));
        assertFalse(gate().shown(shown, nowMs - 2));
        assertEquals(nowMs + 2, gate().untilMs(shown));
        keys.use(clients(PER_DAY, two), nanos());
        assertFalse(gate().shown(shown, nowMs));
        assertFalse(edition == keys.edition());
        keys.use(clients(PER_DAY), nanos());
        assertTrue(gate().shown(null, nowMs), "bound to none");
    }
}
