package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Who looks through numbers is stopped by the budget, and then not answered at all until an operator says so. */
class SuspensionTest {
    private static final int CARDS = 1_000_000;
    private static final int BATCH = 500;
    private static final String PATH = "/v1/scenes/transit/checks/batch";

    @TempDir
    private Path directory;

    private static String cards(int from) {
        StringBuilder body = new StringBuilder("{\"subjects\":[");
        for (int i = 0; i < BATCH; i++) {
            body.append(i == 0 ? "" : ",")
                    .append(Rig.subject("card", Long.toString(6_212_260_000_000_000L + from + i)));
        }
        return body.append("]}").toString();
    }

    @Test
    void sweep_ofAMillionCards_stopsAtTheBudgetAndSuspendsTheKey() throws IOException {
        try (Rig rig = Rig.start();
                Wire wire = rig.wire()) {
            Map<Integer, Integer> answers = new TreeMap<>();
            for (int from = 0; from < CARDS; from += BATCH) {
                wire.send(Rig.post(PATH, rig.key("sweeper"), cards(from)));
                Wire.Answer answer = wire.answer();
                answers.merge(answer.status(), 1, Integer::sum);
                assertTrue(answer.status() != 429 || answer.header("retry-after") != null);
                assertTrue(answer.status() != 403 || answer.body().contains("/problems/client-suspended"));
            }
            // 10,000 subjects a day; twenty requests in vain, since none counts more than a twentieth; nothing more
            assertEquals(Map.of(200, 20, 429, 20, 403, CARDS / BATCH - 40), answers);
            Wire.Answer single = rig.check("sweeper", "transit", Rig.subject("card", Rig.CARD));
            assertEquals(403, single.status());
            assertEquals(
                    200,
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
            assertTrue(rig.manage("/metrics").body().contains("osmanthus_clients_suspended 1.0"));
            String path = "/v1/suspensions/sweeper";
            assertTrue(rig.get("/v1/suspensions", rig.key("operator")).body().contains("\"client\":\"sweeper\""));
            assertEquals(
                    200,
                    Wire.once(rig.port(), Rig.request("DELETE", path, rig.key("operator")))
                            .status());
            assertEquals(
                    404,
                    Wire.once(rig.port(), Rig.request("DELETE", path, rig.key("operator")))
                            .status());
            assertEquals(
                    429,
                    rig.check("sweeper", "transit", Rig.subject("card", Rig.CARD))
                            .status(),
                    "the budget of the day stays spent");
            assertTrue(rig.manage("/metrics").body().contains("osmanthus_clients_suspended 0.0"));
        }
    }

    /** A check that the fast path does not answer is judged on the ordinary one: it must count once. */
    @Test
    void singleChecks_beyondTheBudget_suspendedAtOneMoreThanAllowed() throws IOException {
        try (Rig rig = Rig.start();
                Wire wire = rig.wire()) {
            for (int from = 0; from < 10_000; from += BATCH) {
                wire.send(Rig.post(PATH, rig.key("sweeper"), cards(from)));
                assertEquals(200, wire.answer().status());
            }
            for (int i = 0; i <= SubjectBudget.REFUSED_MIN; i++) {
                wire.send(Rig.post("/v1/scenes/transit/checks", rig.key("sweeper"), Rig.subject("card", Rig.CARD)));
                assertEquals(
                        i < SubjectBudget.REFUSED_MIN ? 429 : 403, wire.answer().status(), "check " + i);
            }
        }
    }

    @Test
    void suspension_outlivesTheProcessAndTheConfiguration() throws IOException {
        Path file = directory.resolve("suspended-a");
        Suspensions before = Suspensions.open(file);
        SubjectBudget first = new SubjectBudget(1, 1, 0, () -> {});
        before.attach("gate", first);
        before.suspend("gate", Instant.parse("2026-10-15T02:00:00Z"));
        before.suspend("other", Instant.parse("2026-10-15T03:00:00Z"));
        awaitLines(file, 2);
        Suspensions after = Suspensions.open(file);
        assertEquals(before.all(), after.all());
        SubjectBudget second = new SubjectBudget(1, 1, 0, () -> {});
        after.attach("gate", second);
        assertTrue(second.suspended());
        assertTrue(after.lift("gate", "staff/li.na"));
        assertFalse(second.suspended());
        awaitLines(file, 1);
        assertEquals(List.of("other 2026-10-15T03:00:00Z"), Files.readAllLines(file));
    }

    /** A disk that hangs while the file is written: a pipe that nobody empties, too small for what is written into it. */
    @Test
    void diskThatHangs_holdsUpNobodyWhoIsSuspendedOrAsks() throws Exception {
        Path file = directory.resolve("suspended-b");
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            many.add("client-" + i + "-" + "x".repeat(40) + " 2026-10-15T02:00:00Z");
        }
        Files.write(file, many);
        Suspensions suspensions = Suspensions.open(file);
        Path pipe = file.resolveSibling(file.getFileName() + ".new");
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", pipe.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        Instant now = Instant.parse("2026-10-15T03:00:00Z");
        suspensions.suspend("first", now);
        ExecutorService loop = Executors.newSingleThreadExecutor();
        // opened once the writer has opened it too; it then goes on until the pipe is full
        try (InputStream held = Files.newInputStream(pipe)) {
            assertTrue(held.read() >= 0);
            loop.submit(() -> {
                        suspensions.suspend("second", now);
                        suspensions.attach("second", new SubjectBudget(1, 1, 0, () -> {}));
                        assertTrue(suspensions.lift("second", "staff/li.na"));
                        suspensions.suspend("third", now);
                    })
                    .get(10, TimeUnit.SECONDS);
            assertEquals(many.size() + 2, suspensions.all().size());
            held.readAllBytes();
        } finally {
            loop.shutdownNow();
        }
        awaitLines(file, many.size() + 2);
        assertTrue(Files.readAllLines(file).contains("third 2026-10-15T03:00:00Z"));
    }

    @Test
    void lift_inTheLog_withWhoSaidSo() throws IOException {
        Logger logger = (Logger) LoggerFactory.getLogger(Suspensions.class);
        Level level = logger.getLevel();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
        try (Rig rig = Rig.start();
                Wire wire = rig.wire()) {
            for (int from = 0; from < CARDS && log.list.isEmpty(); from += BATCH) {
                wire.send(Rig.post(PATH, rig.key("sweeper"), cards(from)));
                wire.answer();
            }
            String operator = rig.issuer.staff("li.na", Role.OPERATOR, Duration.ofMinutes(5));
            assertEquals(
                    200,
                    Wire.once(rig.port(), Rig.request("DELETE", "/v1/suspensions/sweeper", operator))
                            .status());
            assertEquals(
                    List.of(
                            "client sweeper goes on asking after its day's budget is spent: suspended until an operator"
                                    + " lifts it",
                            "client sweeper is no longer suspended: lifted by staff/li.na"),
                    log.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
        } finally {
            logger.detachAppender(log);
            logger.setLevel(level);
        }
    }

    private static void awaitLines(Path file, int lines) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!Files.isRegularFile(file) || Files.readAllLines(file).size() != lines) {
            assertTrue(System.nanoTime() < deadline, "the file is not written");
        }
    }
}
