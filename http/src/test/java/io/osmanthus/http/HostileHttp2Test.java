package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 turned against the server: each attack is cut by a limit, others are served meanwhile, and nothing is left over. */
@Timeout(120)
class HostileHttp2Test {
    private static final String CHECK = "/v1/scenes/transit/checks";
    private static final String SUBJECT = Rig.subject("card", Rig.CARD);
    private static final int REQUEST_TIMEOUT_MS = 1_500;
    private static final int IDLE_TIMEOUT_MS = 2_000;

    /** So many frames of one kind are tried; a limit must cut long before. */
    private static final int FLOOD = 100_000;

    @TempDir
    private static Path directory;

    private static ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    private static ListAppender<ILoggingEvent> log;
    private static SSLContext context;
    private static Rig rig;

    @BeforeAll
    static void start() throws Exception {
        before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        log = new ListAppender<>();
        log.start();
        root().addAppender(log);
        Certificates certificates = Certificates.make(directory);
        context = certificates.context(null);
        rig = Rig.withTls(
                FastChecksTest.limits(REQUEST_TIMEOUT_MS, IDLE_TIMEOUT_MS),
                certificates.tls(null),
                context,
                null,
                Map.of(),
                InstantSource.system());
    }

    private static Logger root() {
        return (Logger) org.slf4j.LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
        root().detachAppender(log);
        ResourceLeakDetector.setLevel(before);
    }

    private static Http2Wire wire(long... settings) throws IOException {
        return new Http2Wire(Certificates.connect(context, rig.port(), "h2"), settings);
    }

    /** Somebody else is served at once, no connection is left, nothing leaked, nothing failed. */
    @AfterEach
    void others_servedAndNothingLeft() throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            for (int j = 0; j < 50; j++) {
                assertEquals(200, checked());
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        // the one that asks is one itself
        while (metric("osmanthus_connections") > 1) {
            assertTrue(System.nanoTime() < deadline, "connections are left over");
        }
        assertEquals(0, metric("osmanthus_failures_total"));
        assertEquals(
                List.of(),
                log.list.stream()
                        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                        .map(event -> event.getLoggerName() + ": " + event.getFormattedMessage())
                        .limit(5)
                        .toList());
    }

    private static int checked() throws IOException {
        try (Wire wire = rig.wire()) {
            wire.send(Rig.post(CHECK, rig.key("gate"), SUBJECT));
            return wire.answer().status();
        }
    }

    private static double metric(String name) throws IOException {
        Matcher line = Pattern.compile("(?m)^" + name + " (.*)$")
                .matcher(rig.manage("/metrics").body());
        assertTrue(line.find(), name);
        return Double.parseDouble(line.group(1));
    }

    private interface Attack {
        void send(Http2Wire wire, int number) throws IOException;
    }

    /** Sends up to {@link #FLOOD}, and says how many went out before the connection ended; fails where it does not end. */
    private static int flood(Attack attack) throws IOException {
        try (Http2Wire wire = wire()) {
            int sent = 0;
            try {
                for (; sent < FLOOD; sent++) {
                    attack.send(wire, sent);
                    if (sent % 50 == 0) {
                        wire.flush();
                    }
                }
                wire.flush();
            } catch (IOException cut) {
                return sent;
            }
            assertTrue(wire.ended(), "the connection goes on after " + sent);
            return sent;
        }
    }

    @Test
    void streamsOpenedAndReset_connectionEnds_andFewAreAnswered() throws IOException {
        double answered = metric("osmanthus_trail_events_total");
        int sent = flood((wire, i) -> {
            int stream = wire.open(false, Http2Wire.post(CHECK, rig.key("gate"), SUBJECT.length()));
            wire.frame(Http2Wire.RST_STREAM, 0, stream, Http2Wire.number(8));
        });
        int whole = flood((wire, i) -> {
            int stream = wire.open(false, Http2Wire.post(CHECK, rig.key("gate"), SUBJECT.length()));
            wire.frame(Http2Wire.DATA, Http2Wire.END_STREAM, stream, SUBJECT.getBytes(StandardCharsets.UTF_8));
            wire.frame(Http2Wire.RST_STREAM, 0, stream, Http2Wire.number(8));
        });
        System.out.println("HostileHttp2Test: rapid resets, cut after at the most " + sent + " and " + whole);
        double more = metric("osmanthus_trail_events_total") - answered;
        assertTrue(more <= 2 * Listener.RESETS_MAX, "work was done for " + more + " checks that were reset");
    }

    /** The client makes the server reset (CVE-2025-8671): the same work, and no reset of the client's to be counted. */
    @Test
    void streamsThatTheServerMustReset_connectionEnds() throws IOException {
        int sent = flood((wire, i) -> {
            int stream = wire.open(false, Http2Wire.post(CHECK, rig.key("gate"), SUBJECT.length()));
            wire.frame(Http2Wire.WINDOW_UPDATE, 0, stream, Http2Wire.number(0));
        });
        int dataAfterEnd = flood((wire, i) -> {
            int stream = wire.open(true, Http2Wire.get("/v1/scenes/none"));
            wire.frame(Http2Wire.DATA, 0, stream, (byte) 'a');
        });
        System.out.println("HostileHttp2Test: resets by the server, cut after " + sent + " and " + dataAfterEnd);
    }

    @Test
    void continuationWithoutEnd_connectionEnds() throws IOException {
        for (int size : new int[] {0, 1, 16_000}) {
            byte[] part = Http2Wire.block("a", "b".repeat(Math.max(0, size - 8)));
            byte[] payload = size < 8 ? new byte[size] : part;
            int sent = flood((wire, i) -> {
                if (i == 0) {
                    wire.frame(Http2Wire.HEADERS, 0, wire.newStream(), Http2Wire.get("/v1/scenes"));
                } else {
                    wire.frame(Http2Wire.CONTINUATION, 0, 1, payload);
                }
            });
            System.out.println("HostileHttp2Test: CONTINUATION of " + size + " bytes, cut after at the most " + sent);
            assertTrue(sent < FLOOD, "all " + sent + " frames were taken");
        }
    }

    @Test
    void framesThatAskNothing_allowanceThenTheEnd() throws IOException {
        Map<String, Attack> attacks = Map.of(
                "SETTINGS", (wire, i) -> wire.settings(Http2Wire.INITIAL_WINDOW_SIZE, 1_000 + i % 2),
                "PING", (wire, i) -> wire.frame(Http2Wire.PING, 0, 0, new byte[8]),
                "PRIORITY", (wire, i) -> wire.frame(Http2Wire.PRIORITY, 0, 1 + 2 * (i % 500), new byte[5]),
                "WINDOW_UPDATE", (wire, i) -> wire.frame(Http2Wire.WINDOW_UPDATE, 0, 0, Http2Wire.number(1)),
                "unknown", (wire, i) -> wire.frame(0xBE, 0, 0, new byte[4]));
        for (Map.Entry<String, Attack> attack : attacks.entrySet()) {
            try (Http2Wire wire = wire()) {
                for (int i = 0; i < Http2Limits.FRAMES_BURST - 10; i++) {
                    attack.getValue().send(wire, i);
                }
                int stream = wire.open(true, Http2Wire.get("/v1/scenes/transit"));
                wire.flush();
                assertEquals(200, wire.answer(stream), attack.getKey() + " within the allowance");
            }
            int sent = flood(attack.getValue());
            System.out.println("HostileHttp2Test: " + attack.getKey() + ", cut after at the most " + sent);
        }
    }

    /** A client that asks may move its windows with each answer for as long as it likes. */
    @Test
    void windowsMovedWithEachAnswer_served() throws IOException {
        try (Http2Wire wire = wire()) {
            for (int i = 0; i < 2 * Http2Limits.FRAMES_BURST; i++) {
                int stream = wire.open(false, Http2Wire.post(CHECK, rig.key("gate"), SUBJECT.length()));
                wire.frame(Http2Wire.DATA, Http2Wire.END_STREAM, stream, SUBJECT.getBytes(StandardCharsets.UTF_8));
                wire.flush();
                assertEquals(200, wire.answer(stream), "request " + i);
                wire.frame(Http2Wire.WINDOW_UPDATE, 0, 0, Http2Wire.number(40));
                wire.frame(Http2Wire.PING, 0, 0, new byte[8]);
            }
        }
    }

    @Test
    void headerListOverTheLimit_refused_andOneThatUnfoldsIntoMegabytes() throws IOException {
        String wide = "x".repeat(7_000);
        try (Http2Wire wire = wire()) {
            int within = wire.open(
                    true,
                    Http2Wire.block(
                            ":method",
                            "GET",
                            ":scheme",
                            "https",
                            ":path",
                            "/v1/scenes",
                            ":authority",
                            "test",
                            "a",
                            wide,
                            "b",
                            wide));
            wire.flush();
            assertEquals(200, wire.answer(within));
            int over = wire.open(
                    true,
                    Http2Wire.block(
                            ":method",
                            "GET",
                            ":scheme",
                            "https",
                            ":path",
                            "/v1/scenes",
                            ":authority",
                            "test",
                            "a",
                            wide,
                            "b",
                            wide,
                            "c",
                            wide.substring(5_000)));
            wire.flush();
            int status = wire.answer(over);
            assertTrue(status == 431 || status < 0, "answered " + status);
        }
        try (Http2Wire wire = wire()) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.writeBytes(Http2Wire.get("/v1/scenes"));
            // literal with indexing: from then on one byte says all of it
            block.write(0x40);
            Http2Wire.string(block, "a");
            Http2Wire.string(block, "y".repeat(3_900));
            for (int i = 0; i < 10_000; i++) {
                block.write(0x80 | 62);
            }
            int stream = wire.open(true, block.toByteArray());
            wire.flush();
            int status = wire.answer(stream);
            assertTrue(status == 431 || status < 0, "answered " + status);
        }
    }

    @Test
    void answersThatNobodyReads_behindShutWindows_cutThoughTheConnectionIsBusy() throws IOException {
        try (Http2Wire wire = wire(Http2Wire.INITIAL_WINDOW_SIZE, 0)) {
            for (int i = 0; i < Listener.STREAMS_MAX; i++) {
                wire.open(true, Http2Wire.get("/v1/catalogue"));
            }
            wire.flush();
            long begun = System.nanoTime();
            boolean open = true;
            while (open) {
                assertTrue(
                        System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(10L * IDLE_TIMEOUT_MS),
                        "a hundred answers wait for ever");
                try {
                    // keeps the connection from being idle
                    wire.frame(Http2Wire.PING, 0, 0, new byte[8]);
                    wire.flush();
                    open = !wire.endsWithin(100);
                } catch (IOException cut) {
                    open = false;
                }
            }
        }
    }

    @Test
    void windowsBeyondTheirBounds_endTheConnection() throws IOException {
        List<Attack> attacks = List.of(
                (wire, i) -> wire.frame(Http2Wire.WINDOW_UPDATE, 0, 0, Http2Wire.number(Integer.MAX_VALUE)),
                (wire, i) -> wire.frame(Http2Wire.WINDOW_UPDATE, 0, 0, Http2Wire.number(0)),
                (wire, i) -> wire.settings(Http2Wire.INITIAL_WINDOW_SIZE, 1L << 31),
                (wire, i) -> wire.frame(Http2Wire.SETTINGS, 0, 0, (byte) 1),
                (wire, i) -> wire.frame(Http2Wire.DATA, 0, 1, (byte) 1),
                (wire, i) -> wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 2, Http2Wire.get("/v1/scenes")),
                (wire, i) -> wire.frame(Http2Wire.CONTINUATION, Http2Wire.END_HEADERS, 1, (byte) 0));
        for (Attack attack : attacks) {
            flood(attack);
        }
    }

    /** More data than the windows allow. */
    @Test
    void dataBeyondTheWindow_cut() throws IOException {
        byte[] much = new byte[16_000];
        flood((wire, i) -> {
            if (i == 0) {
                wire.open(false, Http2Wire.post(CHECK, rig.key("gate"), 1 << 30));
            } else {
                wire.frame(Http2Wire.DATA, 0, 1, much);
            }
        });
    }

    @Test
    void streamsOverTheLimit_refused_theOthersTimeOut_andRoomIsMadeAgain() throws Exception {
        int more = 30;
        try (Http2Wire wire = wire()) {
            for (int i = 0; i < Listener.STREAMS_MAX + more; i++) {
                wire.open(false, Http2Wire.post(CHECK, rig.key("gate"), SUBJECT.length()));
            }
            wire.flush();
            Map<String, Integer> seen = new HashMap<>();
            int ended = 0;
            while (ended < Listener.STREAMS_MAX + more) {
                Http2Wire.Frame frame = wire.read();
                assertNotNull(frame, "ended with " + seen);
                if (frame.type() == Http2Wire.HEADERS) {
                    seen.merge("status " + wire.status(frame), 1, Integer::sum);
                    ended++;
                } else if (frame.type() == Http2Wire.RST_STREAM && frame.error() == Http2Wire.REFUSED_STREAM) {
                    seen.merge("refused", 1, Integer::sum);
                    ended++;
                }
            }
            assertEquals(Map.of("refused", more, "status 408", Listener.STREAMS_MAX), seen);
            int stream = wire.open(true, Http2Wire.get("/v1/scenes/transit"));
            wire.flush();
            assertEquals(200, wire.answer(stream));
        }
    }

    /** Requests that never end, though they are answered: they must not take the connection's streams for good. */
    @Test
    void getsThatNeverEnd_answered_andTheirStreamsGivenBack() throws IOException {
        try (Http2Wire wire = wire()) {
            for (int i = 0; i < Listener.STREAMS_MAX + 20; i++) {
                int stream = wire.open(false, Http2Wire.get("/v1/scenes/transit"));
                wire.flush();
                assertEquals(200, wire.answer(stream), "request " + i);
            }
        }
    }

    /** The other side says how much our encoder may remember: no more than a sound client is asked to. */
    @Test
    void headerTableOfAGibibyte_notFilled() throws IOException {
        try (Http2Wire wire = wire(Http2Wire.HEADER_TABLE_SIZE, 1 << 30)) {
            // decoded with a table of 4 KiB: a larger one of the encoder would be an error
            for (int i = 0; i < 300; i++) {
                int stream = wire.open(true, Http2Wire.get("/v1/scenes/none"));
                wire.flush();
                assertEquals(404, wire.answer(stream));
            }
        }
    }

    @Test
    void randomFrames_neverAFailure() throws IOException {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("HostileHttp2Test -Dseed=" + seed);
        Random random = new Random(seed);
        int connections = Boolean.getBoolean("osmanthus.slow") ? 5_000 : 300;
        for (int i = 0; i < connections; i++) {
            try (Http2Wire wire = wire()) {
                for (int frames = 1 + random.nextInt(30); frames > 0; frames--) {
                    byte[] payload =
                            switch (random.nextInt(3)) {
                                case 0 -> Http2Wire.get("/v1/scenes");
                                case 1 -> Http2Wire.post(CHECK, rig.key("gate"), random.nextInt(100));
                                default -> {
                                    byte[] bytes = new byte[random.nextInt(40)];
                                    random.nextBytes(bytes);
                                    yield bytes;
                                }
                            };
                    if (payload.length > 0 && random.nextInt(3) == 0) {
                        payload[random.nextInt(payload.length)] ^= (byte) (1 << random.nextInt(8));
                    }
                    wire.frame(
                            random.nextInt(11),
                            random.nextBoolean() ? random.nextInt(256) : Http2Wire.END_HEADERS,
                            random.nextInt(10) == 0 ? random.nextInt() : random.nextInt(8),
                            payload);
                }
                wire.flush();
            } catch (IOException cut) {
                // as it should be
            }
        }
    }
}
