package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of writers and of the database under a stream of acts: what was acknowledged is there once, nothing twice. */
final class LedgerKillDrillTest {
    private static final boolean DRILLS = Boolean.getBoolean("osmanthus.drills");
    private static final int WRITER_KILLS = DRILLS ? 200 : 5;
    private static final int DATABASE_KILLS = DRILLS ? 50 : 2;
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));

    /** Numbers of one child: more than it can write. */
    private static final int STRIDE = 10_000_000;

    @TempDir
    Path directory = Path.of("");

    static CompletableFuture<Act.Receipt> submit(Ledger ledger, int number) {
        byte[] scope = ByteBuffer.allocate(32).putInt(number).array();
        return ledger.submit(new Once(scope, new byte[32]), page -> {
            page.appendPersonal(
                    new Subject(number % 50, 1),
                    Kind.CONSENT_GIVEN,
                    Payload.of().with("number", number),
                    "self");
            return new Act.Outcome(200, new byte[0]);
        });
    }

    @Test
    void writer_killed_everyAcknowledgedActOnce() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        System.out.println("LedgerKillDrillTest seed " + seed);
        Random random = new Random(seed);
        Ledger.Place place = Database.fresh();
        Path acknowledged = directory.resolve("acknowledged");
        for (int kill = 0; kill < WRITER_KILLS; kill++) {
            run(
                    List.of(
                            place.jdbcUrl(),
                            String.valueOf(kill * STRIDE),
                            acknowledged.toString(),
                            place.user(),
                            place.password()),
                    acknowledged,
                    random);
        }
        verify(place, acknowledged);
    }

    /** The child's database outlives the child; the next takes it over. Then the database itself is killed. */
    @Test
    void database_killed_everyAcknowledgedActOnce() throws IOException, InterruptedException {
        Path home = directory.resolve("embedded");
        Path acknowledged = directory.resolve("acknowledged");
        Random random = new Random(7);
        for (int kill = 0; kill < DATABASE_KILLS; kill++) {
            run(List.of(home.toString(), String.valueOf(kill * STRIDE), acknowledged.toString()), acknowledged, random);
            long pid = Long.parseLong(Files.readAllLines(home.resolve("data/postmaster.pid"))
                    .get(0)
                    .strip());
            ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
            if (kill % 2 == 0) {
                postmaster.destroyForcibly();
                postmaster.onExit().orTimeout(60, TimeUnit.SECONDS).join();
            }
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            verify(database.place(), acknowledged);
        }
    }

    private static void run(List<String> arguments, Path acknowledged, Random random)
            throws IOException, InterruptedException {
        long before = Files.exists(acknowledged) ? Files.size(acknowledged) : 0;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                WriterInChild.class.getName()));
        command.addAll(arguments);
        Path output = Files.createTempFile("writer", ".txt");
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.exists(acknowledged) || Files.size(acknowledged) == before) {
            assertTrue(child.isAlive() && System.nanoTime() < until, () -> read(output));
            Thread.sleep(10);
        }
        Thread.sleep(random.nextInt(300));
        child.destroyForcibly();
        assertTrue(child.waitFor(1, TimeUnit.MINUTES));
        Files.delete(output);
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void verify(Ledger.Place place, Path acknowledged) throws IOException {
        Map<Integer, Long> positions = new HashMap<>();
        Set<Integer> found = new HashSet<>();
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            long position = 0;
            Chain chain = new Chain();
            assertNotNull(chain);
            List<Entry> entries = ledger.after(position, 5_000);
            while (!entries.isEmpty()) {
                for (Entry entry : entries) {
                    assertEquals(++position, entry.position());
                    byte[] payload = entry.payload();
                    assertNotNull(payload);
                    int number = (int) Payload.parse(payload).number("number");
                    assertTrue(found.add(number), () -> number + " stands twice");
                    positions.put(number, entry.position());
                }
                entries = ledger.after(position, 5_000);
            }
            assertEquals(position, ledger.head().position());
            int count = 0;
            // the last line of a killed child may be cut off
            for (String line :
                    Files.readString(acknowledged, StandardCharsets.US_ASCII).split("\n", -1)) {
                String[] words = line.split(" ", -1);
                if (words.length == 2
                        && words[1].matches("[0-9]+")
                        && positions.containsKey(Integer.parseInt(words[0]))) {
                    count++;
                }
                if (words.length == 2 && words[1].matches("[0-9]+")) {
                    Long at = positions.get(Integer.parseInt(words[0]));
                    assertNotNull(at, () -> words[0] + " was acknowledged and is lost");
                    assertEquals(Long.parseLong(words[1]), at);
                    // said again, it is not written again
                    if (count % 500 == 1) {
                        assertEquals(
                                at.longValue(),
                                submit(ledger, Integer.parseInt(words[0]))
                                        .join()
                                        .position());
                    }
                }
            }
            assertTrue(count > 0);
            assertEquals(position, ledger.head().position());
            System.out.println(count + " acknowledged acts of " + position + " are there once");
        }
    }
}
