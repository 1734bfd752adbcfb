package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.trail.Access;
import io.osmanthus.snapshots.trail.AccessPage;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers killed under load: every answer that a client received is in the trail after the next start. */
final class TrailKillDrillTest {
    private static final int KILLS = Boolean.getBoolean("osmanthus.drills") ? 50 : 5;
    private static final int CLIENTS = 8;
    private static final int BATCH = 50;
    private static final int LOAD_MS_MIN = 200;
    private static final int LOAD_MS_MORE = 800;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Random random = new Random(seed());
    private final List<String> keys = new ArrayList<>();
    private final AtomicLongArray answered = new AtomicLongArray(CLIENTS);
    private final AtomicLongArray asked = new AtomicLongArray(CLIENTS);

    @TempDir
    private Path directory;

    private static long seed() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("seed " + seed);
        return seed;
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void answers_receivedBeforeAKill_areInTheTrailAfterTheNextStart() throws IOException, InterruptedException {
        for (int i = 0; i < CLIENTS; i++) {
            keys.add(ApiKey.make());
        }
        for (int kill = 0; kill < KILLS; kill++) {
            loadAndKill(List.of());
        }
        List<String> alone = List.of("unshare", "--pid", "--fork", "--kill-child=KILL");
        if (permitted(alone)) {
            loadAndKill(alone);
            loadAndKill(alone);
        } else {
            System.out.println("no kill as PID 1: unshare is not permitted here");
        }
        Map<String, Long> found = read();
        long received = 0;
        for (int i = 0; i < CLIENTS; i++) {
            long events = found.getOrDefault("gate-" + (i + 1), 0L);
            received += answered.get(i);
            assertTrue(events >= answered.get(i), "client " + i + ": " + events + " of " + answered.get(i));
            assertTrue(events <= asked.get(i), "client " + i + ": " + events + " of at most " + asked.get(i));
        }
        System.out.println(received + " answers received, all in the trail");
        assertTrue(received > 0);
    }

    private static boolean permitted(List<String> command) throws IOException, InterruptedException {
        List<String> tried = new ArrayList<>(command);
        tried.add("true");
        try {
            return new ProcessBuilder(tried).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void loadAndKill(List<String> prefix) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("osmanthus.jvm", "").split(" ")));
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.add("-Dosmanthus.root=" + System.getProperty("osmanthus.root"));
        command.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.add(TrailChild.class.getName());
        command.add(directory.toString());
        command.addAll(keys);
        Process server = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.matches("[0-9]+")) {
                line = out.readLine();
            }
            assertTrue(line != null, "the server did not start");
            int port = Integer.parseInt(line);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                Thread thread = new Thread(() -> ask(port, client));
                thread.start();
                clients.add(thread);
            }
            Thread.sleep(LOAD_MS_MIN + random.nextInt(LOAD_MS_MORE));
            server.destroyForcibly();
            for (Thread thread : clients) {
                thread.join();
            }
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /** One client: even ones check, odd ones check in batches, until the connection breaks. */
    private void ask(int port, int client) {
        boolean batch = client % 2 == 1;
        int subjects = batch ? BATCH : 1;
        String one = Rig.subject("card", Rig.CARD);
        String body = batch ? "{\"subjects\":[" + (one + ",").repeat(BATCH - 1) + one + "]}" : one;
        String request = Rig.post("/v1/scenes/transit/checks" + (batch ? "/batch" : ""), keys.get(client), body);
        try (Wire wire = new Wire(port)) {
            while (true) {
                asked.addAndGet(client, subjects);
                wire.send(request);
                Wire.Answer answer = wire.answer();
                assertEquals(200, answer.status());
                assertTrue(answer.body().contains(Rig.benefit("transit", 1)));
                answered.addAndGet(client, subjects);
            }
        } catch (IOException e) {
            // killed: the last question of this connection has no answer
        }
    }

    /** The next start, and what the person reads in it. */
    private Map<String, Long> read() throws InterruptedException {
        TrailOptions options = new TrailOptions(directory, directory.resolve("rolled"), "drill", 1 << 20, 1_000, 12);
        long begun = System.currentTimeMillis();
        try (AccessTrail trail = AccessTrail.start(options, InstantSource.system())) {
            AccessPage page = all(trail);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (page.completeUntil() < begun && System.nanoTime() < deadline) {
                Thread.sleep(100);
                page = all(trail);
            }
            assertTrue(page.completeUntil() >= begun, "the killed starts were not handed in");
            Map<String, Long> found = new HashMap<>();
            for (Access access : page.accesses()) {
                found.merge(String.valueOf(access.client()), 1L, Long::sum);
            }
            return found;
        }
    }

    private static AccessPage all(AccessTrail trail) {
        return trail.accesses(City.OWNER.high(), City.OWNER.low(), 0, Long.MAX_VALUE / 2, null, 100_000_000);
    }
}
