package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests of people who mean harm: no 500, no crash, no hang, no leak, nothing logged, and none that a proxy in front would
 * read as two. A hundred thousand in {@code -Pslow}.
 */
class HostileTest {
    private static final boolean SLOW = Boolean.getBoolean("osmanthus.slow");

    /** {@code -Dosmanthus.requests=} runs a part, each time with another seed. */
    private static final int REQUESTS = Integer.getInteger("osmanthus.requests", SLOW ? 100_000 : 20_000);

    private static final int THREADS = 4;
    private static final int PATIENCE_MS = 30_000;
    private static final String CHECK = "/v1/scenes/transit/checks";
    private static final Set<Integer> STATUSES =
            Set.of(200, 400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 417, 422, 429, 431, 503);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})");

    private static ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    private static Rig rig;

    @BeforeAll
    static void start() throws IOException {
        before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        rig = Rig.start();
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
        ResourceLeakDetector.setLevel(before);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Everything that comes back until the other side closes; null where nothing came to an end. */
    private static @Nullable String exchange(byte[] request, boolean reset) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port())) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(request);
            if (reset) {
                socket.setSoLinger(true, 0);
                return "";
            }
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketTimeoutException e) {
            return null;
        } catch (SocketException e) {
            return "";
        }
    }

    /** One hostile request of each kind after the other, the rest by chance. */
    private static byte[] hostile(Random random, int number) {
        return switch (number % 10) {
            case 0 -> random(random, 1 + random.nextInt(2_000));
            case 1, 2, 3 -> mutated(random, bytes(shape(random)));
            case 4 -> bytes(Rig.post(path(random), key(random), deep(random)));
            case 5 -> withOddBytes(random);
            case 6 -> bytes(framing(random));
            case 7 -> bytes(line(random));
            case 8 -> joined(bytes(shape(random)), mutated(random, bytes(shape(random))), bytes(shape(random)));
            default -> joined(bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), random(random, random.nextInt(200)));
        };
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] mutated(Random random, byte[] bytes) {
        byte[] changed = bytes.clone();
        for (int edits = 1 + random.nextInt(6); edits > 0; edits--) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(3)) {
                case 0 -> changed[at] = (byte) random.nextInt(256);
                case 1 ->
                    changed = joined(Arrays.copyOf(changed, at), Arrays.copyOfRange(changed, at + 1, changed.length));
                default ->
                    changed = joined(
                            Arrays.copyOf(changed, at),
                            random(random, 1 + random.nextInt(3)),
                            Arrays.copyOfRange(changed, at, changed.length));
            }
            if (changed.length == 0) {
                return new byte[] {0};
            }
        }
        return changed;
    }

    private static String path(Random random) {
        return List.of(
                        CHECK,
                        CHECK + "/batch",
                        "/v1/matters/procurement/matches",
                        "/v1/me/score/simulation",
                        "/v1/records")
                .get(random.nextInt(5));
    }

    private static String key(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> rig.key("gate");
            case 1 -> rig.key("buyer");
            case 2 -> rig.citizen();
            default -> "eyJ.e30.\u00ff";
        };
    }

    private static String shape(Random random) {
        String subject = Rig.subject("card", Rig.CARD);
        return switch (random.nextInt(8)) {
            case 0 -> Rig.post(CHECK, rig.key("gate"), subject);
            case 1 -> Rig.post(CHECK + "/batch", rig.key("gate"), "{\"subjects\":[" + subject + "," + subject + "]}");
            case 2 -> Rig.request("GET", "/v1/me/score", rig.citizen());
            case 3 -> Rig.post("/v1/me/score/simulation", rig.citizen(), "{\"with\":[{\"item\":\"blood-donation\"}]}");
            case 4 ->
                Rig.post("/v1/matters/procurement/matches", rig.key("buyer"), "{\"organisations\":[{\"name\":\"A\"}]}");
            case 5 -> Rig.request("GET", "/v1/scenes/transit", null);
            case 6 -> Rig.request("GET", "/v1/me/accesses?from=2026-10-01&cursor=x", rig.citizen());
            default ->
                Rig.request(
                                "POST",
                                CHECK,
                                rig.key("gate"),
                                "Content-Type: application/json",
                                "Transfer-Encoding: chunked")
                        + Integer.toHexString(subject.length()) + "\r\n" + subject + "\r\n0\r\n\r\n";
        };
    }

    private static String deep(Random random) {
        int depth = 1 << random.nextInt(15);
        return switch (random.nextInt(4)) {
            case 0 -> "[".repeat(depth);
            case 1 -> "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
            case 2 -> "{\"subjects\":[" + "{},".repeat(depth) + "{}]}";
            default -> "{\"scheme\":\"card\",\"token\":" + "9".repeat(depth) + "e" + "9".repeat(8) + "}";
        };
    }

    /** NUL, overlong UTF-8, halves of pairs, in body, header and path. */
    private static byte[] withOddBytes(Random random) {
        List<byte[]> odd = List.of(
                new byte[] {0},
                new byte[] {(byte) 0xC0, (byte) 0x80},
                new byte[] {(byte) 0xE0, (byte) 0x80, (byte) 0xAF},
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                new byte[] {(byte) 0xF8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0xFF, (byte) 0xFE},
                new byte[] {0x0B},
                new byte[] {0x7F});
        byte[] what = odd.get(random.nextInt(odd.size()));
        byte[] inside = joined(bytes("{\"scheme\":\"card\",\"token\":\"6212"), what, bytes("\"}"));
        String credential = rig.key("gate");
        return switch (random.nextInt(4)) {
            case 0 ->
                joined(
                        bytes(Rig.request(
                                "POST",
                                CHECK,
                                credential,
                                "Content-Type: application/json",
                                "Content-Length: " + inside.length)),
                        inside);
            case 1 -> joined(bytes("GET /v1/scenes/"), what, bytes(" HTTP/1.1\r\nHost: a\r\n\r\n"));
            case 2 ->
                joined(
                        bytes("GET /v1/scenes HTTP/1.1\r\nHost: a\r\nX-"),
                        what,
                        bytes(": b\r\nY: "),
                        what,
                        bytes("\r\n\r\n"));
            default ->
                joined(
                        bytes("GET /v1/me/accesses?cursor=%00%c0%80%"),
                        what,
                        bytes(" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + rig.citizen() + "\r\n\r\n"));
        };
    }

    /** Where a request ends, said twice, otherwise, or not at all; with another request behind it. */
    private static String framing(Random random) {
        List<String> lengths = List.of(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding:\u000bchunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding\r\n: chunked",
                "Transfer-Encoding: chunked\r\n Content-Length: 5",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: +5",
                "Content-Length: -5",
                "Content-Length: 0x5",
                "Content-Length: 5, 6",
                "Content-Length: 5 5",
                "Content-Length: 99999999999999999999",
                "Content-Length: ",
                "content-length: 5\r\nCONTENT-LENGTH: 7",
                "Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding");
        List<String> bodies = List.of(
                "0\r\n\r\n",
                "5\r\nhello\r\n0\r\n\r\n",
                "0\n\n",
                "5\nhello\n0\n\n",
                "ffffffffffffffff\r\n",
                "-1\r\n\r\n",
                "5;" + "x".repeat(9_000) + "\r\nhello\r\n0\r\n\r\n",
                "0\r\nX: " + "y".repeat(20_000) + "\r\n\r\n",
                "hello");
        return "POST " + CHECK + " HTTP/1." + random.nextInt(3) + "\r\nHost: a\r\nAuthorization: Bearer "
                + rig.key("gate") + "\r\nContent-Type: application/json\r\n"
                + lengths.get(random.nextInt(lengths.size()))
                + "\r\n\r\n" + bodies.get(random.nextInt(bodies.size()))
                + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String line(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> "GET /v1/scenes HTTP/1.1\nHost: a\n\n";
            case 1 -> "GET /v1/scenes HTTP/1.1\rHost: a\r\r";
            case 2 -> "GET  /v1/scenes  HTTP/1.1\r\nHost: a\r\n\r\n";
            case 3 -> "GET http://127.0.0.1/v1/scenes HTTP/1.1\r\nHost: b\r\n\r\n";
            case 4 -> "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n";
            case 5 -> "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n";
            case 6 -> "GET /v1/scenes HTTP/9.9\r\nHost: a\r\n\r\n";
            case 7 -> "GET /" + "../".repeat(1 + random.nextInt(100)) + "etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n";
            case 8 -> "GET /v1/scenes?" + "a=b&".repeat(random.nextInt(2_000)) + " HTTP/1.1\r\nHost: a\r\n\r\n";
            default -> "GET /v1/scenes HTTP/1.1\r\nHost: a\r\n" + "A: b\r\n".repeat(random.nextInt(5_000)) + "\r\n";
        };
    }

    @Test
    @Timeout(1_200)
    void hostileRequests_refusedOrClosed_andTheServerServes() throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("HostileTest -Dseed=" + seed);
        Logger root = (Logger) org.slf4j.LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Level level = root.getLevel();
        log.start();
        root.setLevel(Level.WARN);
        root.addAppender(log);
        Queue<String> faults = new ConcurrentLinkedQueue<>();
        Map<Integer, Integer> seen = new TreeMap<>();
        long begin = System.nanoTime();
        try {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                Thread thread = new Thread(() -> attack(new Random(seed + first), first, faults, seen));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println("HostileTest: " + REQUESTS + " requests in " + (System.nanoTime() - begin) / 1_000_000
                    + " ms, answers by status " + seen);
            assertEquals(List.of(), faults.stream().limit(20).toList());
            assertEquals(
                    200,
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
            assertTrue(rig.manage("/metrics").body().contains("osmanthus_failures_total 0.0"));
            leaks();
            assertEquals(
                    List.of(),
                    log.list.stream()
                            .map(event -> event.getLoggerName() + ": " + head(event.getFormattedMessage()))
                            .limit(5)
                            .toList());
        } finally {
            root.detachAppender(log);
            root.setLevel(level);
        }
    }

    private static void attack(Random random, int first, Queue<String> faults, Map<Integer, Integer> seen) {
        for (int i = first; i < REQUESTS && faults.size() < 20; i += THREADS) {
            byte[] request = hostile(random, i / THREADS);
            try {
                String answer = exchange(request, random.nextInt(50) == 0);
                if (answer == null) {
                    faults.add("no end: " + shown(request));
                    continue;
                }
                Matcher statuses = STATUS.matcher(answer);
                while (statuses.find()) {
                    int status = Integer.parseInt(statuses.group(1));
                    synchronized (seen) {
                        seen.merge(status, 1, Integer::sum);
                    }
                    if (status != 100 && !STATUSES.contains(status)) {
                        faults.add(status + ": " + shown(request));
                    }
                }
            } catch (IOException | RuntimeException e) {
                faults.add(e + ": " + shown(request));
            }
        }
    }

    private static String head(String message) {
        return message.substring(0, Math.min(2_000, message.length()));
    }

    private static String shown(byte[] request) {
        String text = new String(request, StandardCharsets.ISO_8859_1);
        String plain = text.replaceAll("Bearer [^\r\n]*", "Bearer").replaceAll("[^ -~\r\n]", "?");
        return plain.length() > 300 ? plain.substring(0, 300) : plain;
    }

    /** What leaked is reported when another buffer is made after a collection. */
    private static void leaks() throws IOException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            for (int j = 0; j < 200; j++) {
                assertEquals(200, rig.get("/v1/scenes/transit", null).status());
            }
        }
    }

    @Test
    void bodyOfTwoLengths_400AndClosed_nothingBehindItRead() throws IOException {
        for (String head : List.of(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 0\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: gzip, chunked",
                "Content-Length: 5\r\nContent-Length: 6")) {
            for (String version : List.of("1.1", "1.0")) {
                String answer = exchange(
                        bytes("POST " + CHECK + " HTTP/" + version + "\r\nHost: a\r\nAuthorization: Bearer "
                                + rig.key("gate") + "\r\nContent-Type: application/json\r\n" + head
                                + "\r\n\r\n0\r\n\r\nGET /v1/scenes HTTP/1.1\r\nHost: a\r\n\r\n"),
                        false);
                assertEquals(List.of("400"), statuses(answer), version + " " + head);
            }
        }
        String old = exchange(
                bytes("POST " + CHECK + " HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "0\r\n\r\nGET /v1/scenes HTTP/1.1\r\nHost: a\r\n\r\n"),
                false);
        assertEquals(List.of("400"), statuses(old));
    }

    @Test
    void bodyInChunks_stillTaken() throws IOException {
        String subject = Rig.subject("card", Rig.CARD);
        String request = Rig.request(
                        "POST", CHECK, rig.key("gate"), "Content-Type: application/json", "Transfer-Encoding: chunked")
                + Integer.toHexString(subject.length()) + "\r\n" + subject + "\r\n0\r\n\r\n";
        try (Wire wire = rig.wire()) {
            for (int i = 0; i < 3; i++) {
                wire.send(request);
                assertEquals(200, wire.answer().status());
            }
        }
    }

    private static List<String> statuses(@Nullable String answer) {
        List<String> statuses = new ArrayList<>();
        assertFalse(answer == null, "no end");
        Matcher matcher = STATUS.matcher(answer);
        while (matcher.find()) {
            statuses.add(matcher.group(1));
        }
        return statuses;
    }
}
