package io.osmanthus.http.command;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Clients that write without end: records, each with an id of its own, and consents, given and withdrawn. What was not
 * acknowledged is said again under the same idempotency key until it is. Each client has its own persons, so that the last
 * word about each is known.
 */
final class WriteStream implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final String SCENE = "parking";
    private static final int PAUSE_MS = 20;

    private final LedgerRig rig;
    private final long seed;
    private final AtomicInteger port = new AtomicInteger();
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<Thread> threads;
    private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
    private volatile boolean open = true;

    /** Position by record id. */
    final Map<String, Long> records = new ConcurrentHashMap<>();

    /** Positions of consents given ({@code true}) and withdrawn. */
    final Map<Long, Boolean> consents = new ConcurrentHashMap<>();

    /** Whether the person's consent stands, as acknowledged last. */
    final Map<Long, Boolean> standing = new ConcurrentHashMap<>();

    WriteStream(LedgerRig rig, long seed) {
        this.rig = rig;
        this.seed = seed;
        this.threads = IntStream.range(0, CLIENTS)
                .mapToObj(client -> new Thread(() -> write(client), "writer-" + client))
                .toList();
        threads.forEach(Thread::start);
    }

    /** Writes go to this port from now on. */
    void to(int next) {
        port.set(next);
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Waits until more writes have been acknowledged than there were. */
    void awaitMore(long before) throws InterruptedException {
        long until = System.nanoTime() + 120_000_000_000L;
        while (acknowledged.get() <= before) {
            if (System.nanoTime() > until || !failures.isEmpty()) {
                throw new IllegalStateException("nothing is acknowledged any more: " + failures);
            }
            Thread.sleep(5);
        }
    }

    /** Lets each client finish the write it is at. */
    @Override
    public void close() {
        open = false;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("writers failed: " + failures);
        }
    }

    private void write(int client) {
        try {
            Random random = new Random(seed + client);
            for (int number = 0; open; number++) {
                long person = client + (long) CLIENTS * random.nextInt((int) (rig.city.persons() / CLIENTS));
                if (random.nextBoolean()) {
                    record("w" + client + "-" + number, person);
                } else {
                    consent(person, random.nextBoolean(), "c" + client + "-" + number);
                }
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failures.put(Thread.currentThread().getName(), e);
        }
    }

    private void record(String id, long person) throws IOException, InterruptedException {
        String body = "{\"records\":[{\"record_id\":\"" + id + "\",\"subject_type\":\"person\",\"subject_id\":\""
                + rig.city.personId(person) + "\",\"item\":\"blood-donation\",\"occurred_on\":\"2026-09-01\","
                + "\"quantity\":400,\"source\":\"" + LedgerRig.SOURCE + "\"}]}";
        LedgerRig.Answer answer = until("POST", "/v1/records", rig.department, body, id);
        if (answer.json().get("rejected").size() > 0) {
            throw new IllegalStateException(answer.body());
        }
        records.put(id, answer.position());
        acknowledged.incrementAndGet();
    }

    private void consent(long person, boolean given, String key) throws IOException, InterruptedException {
        String path = "/v1/me/consents/" + SCENE;
        String citizen = rig.citizen(person);
        LedgerRig.Answer answer = given
                ? until("PUT", path, citizen, "{\"purpose_version\":1}", key)
                : until("DELETE", path, citizen, null, key);
        consents.put(answer.position(), given);
        standing.put(person, given);
        acknowledged.incrementAndGet();
    }

    /** Says it until it is acknowledged. */
    private LedgerRig.Answer until(
            String method,
            String path,
            String key,
            @org.jspecify.annotations.Nullable String body,
            String idempotencyKey)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + 180_000_000_000L;
        while (true) {
            int at = port.get();
            if (at != 0) {
                try {
                    LedgerRig.Answer answer = rig.ask(at, method, path, key, body, "Idempotency-Key", idempotencyKey);
                    if (answer.status() / 100 == 2) {
                        return answer;
                    }
                    if (answer.status() != 503) {
                        throw new IllegalStateException(answer.status() + " " + answer.body());
                    }
                } catch (IOException e) {
                    // killed: the same is said to the next
                }
            }
            if (System.nanoTime() > until) {
                throw new IOException("nobody acknowledges any more");
            }
            Thread.sleep(PAUSE_MS);
        }
    }
}
