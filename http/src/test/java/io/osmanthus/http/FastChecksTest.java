package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The fast path of single checks: what it takes, what it leaves, and that nobody can tell by the answers. */
class FastChecksTest {
    private static final String PATH = "/v1/scenes/transit/checks";
    private static final String SUBJECT = Rig.subject("card", Rig.CARD);

    /** Many, since some streams end by a timeout. */
    private static final int TALKERS = 16;

    private static Rig rig;

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
    }

    private static String head(String... fields) {
        return "POST " + PATH + " HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    }

    private static String bearer() {
        return "Authorization: Bearer " + rig.key("gate");
    }

    private static String length() {
        return "Content-Length: " + SUBJECT.length();
    }

    private static long fast(String request) throws IOException {
        long before = rig.server.fastChecks();
        try (Wire wire = rig.wire()) {
            wire.send(request);
            wire.answer();
        }
        return rig.server.fastChecks() - before;
    }

    @Test
    void strictShape_answeredFast() throws IOException {
        for (String[] fields : List.of(
                new String[] {"Host: a", bearer(), "Content-Type: application/json", length()},
                new String[] {length(), "content-type: application/json", "HOST: [::1]:8080", bearer()},
                new String[] {
                    "Host: gate.example.cn:443",
                    "User-Agent: curl/8.5.0",
                    "Accept: */*",
                    "Accept-Encoding: gzip, deflate",
                    "Accept-Language: zh-CN",
                    bearer().replace("Bearer", "bearer"),
                    "Content-Type: application/json",
                    "Connection: Keep-Alive",
                    length()
                })) {
            assertEquals(1, fast(head(fields) + SUBJECT), String.join(" | ", fields));
        }
    }

    @Test
    void otherShapes_ordinaryPath() throws IOException {
        String type = "Content-Type: application/json";
        List<String> requests = new ArrayList<>();
        for (String odd : List.of(
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: identity",
                "Content-Length: " + SUBJECT.length(),
                "Host: b",
                bearer(),
                type,
                "Expect: 100-continue",
                "Upgrade: h2c",
                "Connection: close",
                "Connection: keep-alive, Upgrade",
                "Accept: text/html",
                "Accept: */*\r\nAccept: */*",
                "Content-Encoding: identity",
                "X-Unknown: 1",
                "Cookie: a=b",
                "User-Agent: ",
                "User-Agent: a\r\n b",
                "User-Agent: \tcurl",
                "User-Agent: curl ",
                "User-Agent:curl",
                "User-Agent : curl",
                "User-Agent: \u00e9",
                "\u000bost: b",
                "User-Agent: a\nHost: c")) {
            requests.add(head("Host: a", bearer(), type, length(), odd) + SUBJECT);
        }
        for (String odd : List.of("+65", "065", " 65", "6 5", "0x41", "65,65", "", "-1", "99999999999999999999")) {
            requests.add(head("Host: a", bearer(), type, "Content-Length: " + odd) + SUBJECT);
        }
        requests.add(head(bearer(), type, length()) + SUBJECT);
        requests.add(head("Host: a/b", bearer(), type, length()) + SUBJECT);
        requests.add(head("Host: a", bearer(), length()) + SUBJECT);
        requests.add(head("Host: a", bearer(), "Content-Type: application/json; charset=utf-8", length()) + SUBJECT);
        requests.add(head("Host: a", bearer() + "x", type, length()) + SUBJECT);
        requests.add(head("Host: a", type, length()) + SUBJECT);
        String sound = head("Host: a", bearer(), type, length()) + SUBJECT;
        requests.add(sound.replace("POST ", "POST  "));
        requests.add(sound.replace("POST ", "post "));
        requests.add(sound.replace("HTTP/1.1", "HTTP/1.0"));
        requests.add(sound.replace(PATH, PATH + "?a"));
        requests.add(sound.replace(PATH, "http://a" + PATH));
        requests.add(sound.replace(PATH, "//v1/scenes/transit/checks"));
        requests.add(sound.replace(PATH, "/v1/scenes/parking/checks"));
        requests.add(sound.replace("\r\n", "\n"));
        requests.add("\r\n" + sound);
        requests.add(sound.replace("{\"scheme", "[\"scheme"));
        requests.add(sound.replace("card", "uscc"));
        for (String request : requests) {
            assertEquals(0, fastOrClosed(request), request);
        }
        assertEquals(1, fast(sound));
    }

    private static long fastOrClosed(String request) throws IOException {
        long before = rig.server.fastChecks();
        try (Wire wire = rig.wire()) {
            wire.send(request.getBytes(StandardCharsets.ISO_8859_1));
            wire.finishSending();
            wire.rest();
        }
        return rig.server.fastChecks() - before;
    }

    @Test
    void pipelined_fastAndOrdinary_answeredInOrder() throws IOException {
        String known = Rig.benefit("transit", 1);
        String sound = Rig.post(PATH, rig.key("gate"), SUBJECT);
        String unknown = Rig.post(PATH, rig.key("gate"), Rig.subject("card", "nobody"));
        String batch = Rig.post(PATH + "/batch", rig.key("gate"), "{\"subjects\":[" + SUBJECT + "]}");
        String refused = Rig.post(PATH, rig.key("garage"), SUBJECT);
        try (Wire wire = rig.wire()) {
            for (int round = 0; round < 50; round++) {
                wire.send(sound
                        + unknown
                        + batch
                        + sound
                        + refused
                        + Rig.request("GET", "/v1/scenes/none", null)
                        + sound
                        + sound.replace("card", "bike")
                        + unknown);
                for (String expected :
                        List.of(known, "null", "[\"" + known, known, "403", "404", known, "400", "null")) {
                    Wire.Answer answer = wire.answer();
                    assertTrue((answer.status() + answer.body()).contains(expected), expected + ": " + answer.body());
                }
            }
        }
    }

    @Test
    void pipelined_manyInOneWrite_inOrder() throws IOException {
        String sound = Rig.post(PATH, rig.key("gate"), SUBJECT);
        String unknown = Rig.post(PATH, rig.key("gate"), Rig.subject("card", "nobody"));
        long before = rig.server.fastChecks();
        try (Wire wire = rig.wire()) {
            wire.send((sound + unknown).repeat(500));
            for (int i = 0; i < 500; i++) {
                assertTrue(wire.answer().body().contains(Rig.benefit("transit", 1)));
                assertTrue(wire.answer().body().contains("null"));
            }
        }
        // a piece that comes late goes the ordinary way, and the rest with it
        assertTrue(rig.server.fastChecks() > before);
    }

    @Test
    void parts_joinedOrLeftToTheOrdinaryPath_answered() throws Exception {
        String sound = Rig.post(PATH, rig.key("gate"), SUBJECT);
        for (int cut : new int[] {1, 30, 60, sound.length() - SUBJECT.length() - 1, sound.length() - 1}) {
            try (Wire wire = rig.wire()) {
                wire.send(sound + sound.substring(0, cut));
                assertEquals(200, wire.answer().status());
                wire.send(sound.substring(cut) + sound);
                assertEquals(200, wire.answer().status());
                assertEquals(200, wire.answer().status());
                long left = rig.server.partsLeft();
                wire.send(sound.substring(0, cut));
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (rig.server.partsLeft() == left) {
                    assertTrue(System.nanoTime() < deadline, "a part of " + cut + " bytes waits for ever");
                    Thread.onSpinWait();
                }
                wire.send(sound.substring(cut) + sound);
                assertEquals(200, wire.answer().status());
                assertEquals(200, wire.answer().status());
            }
        }
    }

    @Test
    void trickledHead_cutByTheIdleTimeout() throws Exception {
        ServerConfig.Limits limits = limits(300, 700);
        String sound = Rig.post(PATH, "osm_none", SUBJECT);
        try (Rig strict = Rig.start(limits, true);
                Wire head = strict.wire()) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            int at = 0;
            boolean open = true;
            while (open && System.nanoTime() < deadline) {
                try {
                    head.send(at == 0 ? sound.substring(0, 40) : "a");
                    at++;
                    open = !head.closedWithin(20);
                } catch (SocketException cut) {
                    open = false;
                }
            }
            assertFalse(open, "a head of one byte every 20 ms was let go on");
        }
    }

    static ServerConfig.Limits limits(int requestTimeoutMs, int idleTimeoutMs) {
        ServerConfig.Limits shipped = Rig.limits(64 << 10, requestTimeoutMs, 1_000_000);
        return new ServerConfig.Limits(
                shipped.bodyBytesMax(),
                shipped.batchSubjectsMax(),
                shipped.matchNamesMax(),
                shipped.headerBytesMax(),
                shipped.uriBytesMax(),
                shipped.connectionsMax(),
                idleTimeoutMs,
                requestTimeoutMs,
                shipped.shutdownTimeoutMs(),
                shipped.batchesMax(),
                shipped.publicRequestsPerSecond(),
                shipped.checksPerSecond(),
                1 << 20,
                shipped.failedTokensPerSecond());
    }

    @Test
    void connectionClose_nothingBehindItIsAnswered() throws IOException {
        String sound = Rig.post(PATH, rig.key("gate"), SUBJECT);
        try (Wire wire = rig.wire()) {
            wire.send(sound + sound.replace("Host:", "Connection: close\r\nHost:") + sound.repeat(20));
            String all = new String(wire.rest(), StandardCharsets.UTF_8);
            assertEquals(2, all.split("HTTP/1.1 200", -1).length - 1, all);
        }
    }

    @Test
    void idleTimeout_fastRequestsMoveTheConnection_thenItIsClosed() throws Exception {
        try (Rig strict = Rig.start(limits(300, 400), true);
                Wire wire = strict.wire()) {
            String sound = Rig.post(PATH, strict.key("gate"), SUBJECT);
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_200);
            while (System.nanoTime() < end) {
                wire.send(sound);
                assertEquals(200, wire.answer().status());
                assertFalse(wire.closedWithin(50), "closed although something moves");
            }
            assertTrue(wire.closed());
        }
    }

    @Test
    void answersThatNobodyReads_beyondTheLimit_closed() throws IOException {
        try (Rig strict = Rig.start(limits(300, 60_000), true);
                Wire wire = strict.wire()) {
            byte[] many =
                    Rig.post(PATH, strict.key("gate"), SUBJECT).repeat(200).getBytes(StandardCharsets.UTF_8);
            boolean open = true;
            // what kernels buffer on both sides, the limit, and then some
            for (int i = 0; open && i < 2_000; i++) {
                try {
                    wire.send(many);
                } catch (SocketException cut) {
                    open = false;
                }
            }
            assertTrue(!open, "400,000 answers unread");
            assertEquals(200, strict.check("gate", "transit", SUBJECT).status());
        }
    }

    @Test
    void admission_beyondTheLimit_503AlikeOnBothPaths() throws IOException {
        try (Rig few = Rig.start(Rig.limits(64 << 10, 5_000, 1_000_000, 100), true);
                Wire wire = few.wire()) {
            String sound = Rig.post(PATH, few.key("gate"), SUBJECT);
            List<String> refusals = new ArrayList<>();
            for (String request : List.of(sound, sound.replace("Host:", "X-Any: y\r\nHost:"))) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                Wire.Answer answer = null;
                while (System.nanoTime() < deadline && (answer == null || answer.status() == 200)) {
                    wire.send(request.repeat(10));
                    for (int i = 0; i < 10; i++) {
                        Wire.Answer next = wire.answer();
                        answer = next.status() == 200 && answer != null ? answer : next;
                    }
                }
                assertNotNull(answer);
                assertEquals(503, answer.status());
                refusals.add((answer.head() + answer.body())
                        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "number"));
            }
            assertEquals(refusals.get(1), refusals.get(0));
            assertTrue(refusals.get(0).contains("retry-after: 1\n"), refusals.get(0));
            assertTrue(few.server.fastChecks() > 0);
            // what is over is over: within two seconds the rate has room again
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            int status = 503;
            while (status != 200 && System.nanoTime() < deadline) {
                wire.send(sound);
                status = wire.answer().status();
            }
            assertEquals(200, status);
        }
    }

    @Test
    void trailWithoutRoom_503AsOnTheOrdinaryPath() throws IOException {
        try (Rig full = Rig.withoutRoom()) {
            Wire.Answer answer = full.check("gate", "transit", SUBJECT);
            assertEquals(503, answer.status());
            assertTrue(answer.body().contains("no-trail"), answer.body());
        }
    }

    /** The same bytes, in the same pieces, to a server with the fast path and to one without: the same answers. */
    @Test
    void randomStreams_sameAnswersOnBothPaths() throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("FastChecksTest.randomStreams -Dseed=" + seed);
        int streams = Boolean.getBoolean("osmanthus.slow") ? 20_000 : 600;
        ServerConfig.Limits limits = limits(300, 800);
        ExecutorService talkers = Executors.newFixedThreadPool(TALKERS);
        try (Rig fast = Rig.start(limits, true);
                Rig ordinary = Rig.withoutFastPath(limits, fast)) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                long own = seed + i;
                answers.add(talkers.submit(() -> compare(fast, ordinary, own)));
            }
            long all = 0;
            for (Future<Integer> one : answers) {
                all += one.get();
            }
            long taken = fast.server.fastChecks();
            System.out.printf("FastChecksTest: %d streams, %d answers, %d of them fast%n", streams, all, taken);
            assertTrue(taken > streams / 4, "of " + all + " answers the fast path gave " + taken);
            assertEquals(0, ordinary.server.fastChecks());
        } finally {
            talkers.shutdownNow();
        }
    }

    private static int compare(Rig fast, Rig ordinary, long seed) throws IOException {
        Streams.Stream stream = new Streams(new Random(seed), fast).next();
        String one = Streams.say(fast, stream);
        assertEquals(Streams.say(ordinary, stream), one, () -> "seed " + seed + ":\n" + stream);
        return one.split("HTTP/1.1 ", -1).length - 1;
    }
}
