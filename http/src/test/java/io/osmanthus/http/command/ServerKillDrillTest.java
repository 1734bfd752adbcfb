package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of servers and of their database under a stream of writes over HTTP: every acknowledged write stands in the ledger
 * once, none twice, and a server that followed all the time knows what one that starts afresh knows.
 */
final class ServerKillDrillTest {
    private static final boolean DRILLS = Boolean.getBoolean("osmanthus.drills");
    private static final int SERVER_KILLS = Integer.getInteger("kills", DRILLS ? 200 : 20);
    private static final int DATABASE_KILLS = Integer.getInteger("kills", DRILLS ? 50 : 5);
    private static final int PERSONS = 200;
    private static final int LOAD_MS_MORE = 300;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory = Path.of("");

    @Test
    @Timeout(value = 90, unit = TimeUnit.MINUTES)
    void server_killed_everyAcknowledgedWriteOnce() throws Exception {
        System.out.println("ServerKillDrillTest seed " + seed);
        LedgerRig rig = LedgerRig.in(directory, PERSONS);
        Ledger.Place place = Database.fresh();
        try (Serving observer = rig.serve(place)) {
            WriteStream stream = new WriteStream(rig, seed);
            try (stream) {
                for (int kill = 0; kill < SERVER_KILLS; kill++) {
                    serveAndKill(rig, place, stream);
                }
                stream.to(observer.port());
            }
            verify(rig, place, stream, observer);
            System.out.println(SERVER_KILLS + " servers killed, " + stream.acknowledged()
                    + " writes acknowledged, each there once");
        }
    }

    private void serveAndKill(LedgerRig rig, Ledger.Place place, WriteStream stream)
            throws IOException, InterruptedException {
        Process server = rig.child(place);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.matches("[0-9]+")) {
                line = out.readLine();
            }
            if (line == null) {
                throw new IllegalStateException("the server did not start: " + rig.childrenLog());
            }
            long before = stream.acknowledged();
            stream.to(Integer.parseInt(line));
            stream.awaitMore(before);
            Thread.sleep(random.nextInt(LOAD_MS_MORE));
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void database_killed_everyAcknowledgedWriteOnce() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, PERSONS);
        Path home = directory.resolve("ledger");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home);
                Serving node = rig.serve(database.place())) {
            WriteStream stream = new WriteStream(rig, seed);
            try (stream) {
                stream.to(node.port());
                for (int kill = 0; kill < DATABASE_KILLS; kill++) {
                    stream.awaitMore(stream.acknowledged());
                    Thread.sleep(random.nextInt(LOAD_MS_MORE));
                    killDatabase(home);
                    long before = stream.acknowledged();
                    database.keepRunning();
                    stream.awaitMore(before);
                }
            }
            verify(rig, database.place(), stream, node);
            System.out.println(DATABASE_KILLS + " databases killed, " + stream.acknowledged()
                    + " writes acknowledged, each there once");
        }
    }

    private static void killDatabase(Path home) throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(home.resolve("data/postmaster.pid")).get(0).strip());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        postmaster.destroyForcibly();
        postmaster.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void verify(LedgerRig rig, Ledger.Place place, WriteStream stream, Serving followed) {
        long head = entries(place, stream);
        assertEquals(stream.acknowledged(), head, "changes that nobody was told of, or that are there twice");
        awaitPosition(followed, head);
        try (Serving fresh = rig.serve(place)) {
            awaitPosition(fresh, head);
            List<String> expected = rig.knows(fresh);
            List<String> found = rig.knows(followed);
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i), found.get(i));
            }
            consents(rig, stream, fresh);
        }
    }

    private static long entries(Ledger.Place place, WriteStream stream) {
        Set<String> records = new HashSet<>();
        long position = 0;
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            List<Entry> entries = ledger.after(0, 5_000);
            while (!entries.isEmpty()) {
                for (Entry entry : entries) {
                    assertEquals(++position, entry.position());
                    byte[] payload = entry.payload();
                    assertNotNull(payload);
                    if (entry.kind() == Kind.RECORD_ADDED) {
                        String id = Payload.parse(payload).text("record_id");
                        assertTrue(records.add(id), () -> id + " stands twice");
                        assertEquals(entry.position(), stream.records.get(id));
                    } else {
                        assertEquals(
                                entry.kind() == Kind.CONSENT_GIVEN,
                                stream.consents.get(entry.position()),
                                () -> entry.kind() + " at " + entry.position());
                    }
                }
                entries = ledger.after(position, 5_000);
            }
            assertEquals(position, ledger.head().position());
        }
        assertEquals(stream.records.keySet(), records);
        return position;
    }

    private static void consents(LedgerRig rig, WriteStream stream, Serving node) {
        int scene =
                Objects.requireNonNull(LedgerRig.VOCABULARY.scene("parking")).index();
        Pseudonymiser persons = LedgerRig.KEY.pseudonymiser(Scheme.PERSON);
        try (Reader reader = node.reader()) {
            stream.standing.forEach((person, given) -> {
                persons.make(rig.city.personId(person));
                List<Reader.Consent> held = reader.consents(persons.high(), persons.low());
                assertNotNull(held);
                assertEquals(
                        given,
                        held.stream().anyMatch(consent -> consent.scene() == scene && consent.stands()),
                        () -> "person " + person);
            });
        }
    }

    private static void awaitPosition(Serving node, long position) {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        Generation generation = null;
        while (System.nanoTime() < until) {
            try (Reader reader = node.reader()) {
                generation = reader.advance();
                if (generation != null && generation.position() >= position) {
                    assertEquals(position, generation.position());
                    return;
                }
            }
            Thread.onSpinWait();
        }
        assertNull(generation, "the server does not follow to " + position);
    }
}
