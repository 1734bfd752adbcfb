package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Each limit at its value and one beyond; what happens before the first generation, and at the end. */
class LimitsTest {
    private static final String PATH = "/v1/scenes/transit/checks";
    private static final int BODY_BYTES_MAX = 2_000;

    private static String padded(int bytes) {
        String subject = Rig.subject("card", Rig.CARD);
        return subject + " ".repeat(bytes - subject.length());
    }

    private static String chunked(Rig rig, String body) {
        StringBuilder request = new StringBuilder(Rig.request(
                "POST", PATH, rig.key("gate"), "Content-Type: application/json", "Transfer-Encoding: chunked"));
        for (int at = 0; at < body.length(); at += 500) {
            String piece = body.substring(at, Math.min(body.length(), at + 500));
            request.append(Integer.toHexString(piece.length()))
                    .append("\r\n")
                    .append(piece)
                    .append("\r\n");
        }
        return request.append("0\r\n\r\n").toString();
    }

    @Test
    void body_atLimitAndOneMore_200And413() throws IOException {
        try (Rig rig = Rig.start(Rig.limits(BODY_BYTES_MAX, 5_000, 1_000_000), true);
                Wire wire = rig.wire()) {
            for (int round = 0; round < 2; round++) {
                wire.send(Rig.post(PATH, rig.key("gate"), padded(BODY_BYTES_MAX)));
                assertEquals(200, wire.answer().status());
                wire.send(Rig.post(PATH, rig.key("gate"), padded(BODY_BYTES_MAX + 1)));
                assertEquals(413, wire.answer().status());
                wire.send(chunked(rig, padded(BODY_BYTES_MAX)));
                assertEquals(200, wire.answer().status());
                wire.send(chunked(rig, padded(BODY_BYTES_MAX + 1)));
                assertEquals(413, wire.answer().status());
            }
        }
    }

    @Test
    void body_neverEnding_answeredAndCut() throws IOException {
        try (Rig rig = Rig.start(Rig.limits(BODY_BYTES_MAX, 300, 1_000_000), true)) {
            try (Wire wire = rig.wire()) {
                wire.send(Rig.request(
                        "POST",
                        PATH,
                        rig.key("gate"),
                        "Content-Type: application/json",
                        "Content-Length: 99999999999"));
                assertEquals(413, wire.answer().status());
                assertTrue(wire.closed());
            }
            try (Wire wire = rig.wire()) {
                wire.send(Rig.request(
                        "POST", PATH, rig.key("gate"), "Content-Type: application/json", "Content-Length: 60"));
                wire.send("{\"scheme\":");
                assertEquals(408, wire.answer().status());
                assertTrue(wire.closed());
            }
            assertEquals(
                    200,
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
        }
    }

    @Test
    void headAndLine_beyondLimit_431And414() throws IOException {
        try (Rig rig = Rig.start()) {
            ServerConfig.Limits limits = ServerConfig.Limits.DEFAULT;
            String header = "X-Filler: " + "a".repeat(limits.headerBytesMax());
            assertEquals(
                    431,
                    Wire.once(rig.port(), Rig.request("GET", "/v1/scenes", null, header))
                            .status());
            assertEquals(
                    200,
                    Wire.once(
                                    rig.port(),
                                    Rig.request(
                                            "GET",
                                            "/v1/scenes",
                                            null,
                                            header.substring(0, limits.headerBytesMax() - 100)))
                            .status());
            String query = "/v1/scenes?" + "q".repeat(limits.uriBytesMax());
            assertEquals(
                    414, Wire.once(rig.port(), Rig.request("GET", query, null)).status());
            int most = limits.uriBytesMax() - "GET  HTTP/1.1".length();
            assertEquals(
                    200,
                    Wire.once(rig.port(), Rig.request("GET", query.substring(0, most), null))
                            .status());
        }
    }

    private static ServerConfig.Limits failedTokens(int perSecond) {
        ServerConfig.Limits all = Rig.limits(BODY_BYTES_MAX, 5_000, 1_000_000);
        return new ServerConfig.Limits(
                all.bodyBytesMax(),
                all.batchSubjectsMax(),
                all.matchNamesMax(),
                all.headerBytesMax(),
                all.uriBytesMax(),
                all.connectionsMax(),
                all.idleTimeoutMs(),
                all.requestTimeoutMs(),
                all.shutdownTimeoutMs(),
                all.batchesMax(),
                all.publicRequestsPerSecond(),
                all.checksPerSecond(),
                all.unsentBytesMax(),
                perSecond);
    }

    /** A botnet, or a proxy that believes every X-Forwarded-For: no two forged tokens come from one address. */
    @Test
    void forgedTokens_ofManyAddresses_fewVerified_whatIsRememberedGoesOn() throws IOException {
        int perSecond = 5;
        int forgeries = 400;
        try (Rig rig = Rig.behindProxy(failedTokens(perSecond));
                Wire wire = rig.wire()) {
            String remembered = rig.citizen();
            assertEquals(404, rig.get("/v1/me/score", remembered).status());
            String forged = DemoIssuer.make(InstantSource.system()).citizen(Rig.PERSON, Duration.ofMinutes(5));
            long begun = System.nanoTime();
            int verified = 0;
            for (int i = 0; i < forgeries; i++) {
                String from = "X-Forwarded-For: 203.0." + i / 250 + "." + i % 250;
                wire.send(Rig.request("GET", "/v1/me/score", forged, from));
                Wire.Answer answer = wire.answer();
                if (answer.status() == 401) {
                    verified++;
                } else {
                    assertEquals(503, answer.status(), answer.body());
                    assertEquals("1", answer.header("retry-after"));
                    assertTrue(answer.body().contains("/problems/overloaded"), answer.body());
                }
                if (i % 20 == 0) {
                    wire.send(Rig.request("GET", "/v1/me/score", remembered, from));
                    assertEquals(404, wire.answer().status(), "a token that was good before");
                    wire.send(Rig.post(PATH, rig.key("gate"), Rig.subject("card", Rig.CARD)));
                    assertEquals(200, wire.answer().status());
                }
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            assertTrue(verified <= 2 + perSecond * (seconds + 0.1), verified + " were verified in " + seconds + " s");
            assertTrue(verified < forgeries, "all were verified");
            // and when there are fewer of them, somebody new gets in
            String fresh = rig.citizen();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            int status = 503;
            while (status == 503 && System.nanoTime() < deadline) {
                status = rig.get("/v1/me/score", fresh).status();
            }
            assertEquals(404, status);
        }
    }

    @Test
    void publicRequests_beyondRate_429WithRetryAfter() throws IOException {
        try (Rig rig = Rig.start(Rig.limits(BODY_BYTES_MAX, 5_000, 3), true);
                Wire wire = rig.wire()) {
            int admitted = 0;
            for (int i = 0; i < 20; i++) {
                wire.send(Rig.request("GET", "/v1/scenes", null));
                Wire.Answer answer = wire.answer();
                if (answer.status() == 200) {
                    admitted++;
                    continue;
                }
                assertEquals(429, answer.status());
                assertEquals("1", answer.header("retry-after"));
            }
            assertTrue(admitted >= 6 && admitted < 20, "admitted " + admitted);
            assertEquals(
                    200,
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
            assertEquals(200, rig.manage("/health/ready").status());
        }
    }

    @Test
    void publicRequests_throughAProxy_countedByTheLastAddressThatIsNotOurs() throws IOException {
        try (Rig rig = Rig.behindProxy(Rig.limits(BODY_BYTES_MAX, 5_000, 3));
                Wire wire = rig.wire()) {
            assertTrue(admitted(wire, i -> "X-Forwarded-For: 198.51.100." + i + ", 203.0.113.1") < 20);
            // a proxy may add a header of its own instead of appending to what the client sent
            assertTrue(
                    admitted(wire, i -> "X-Forwarded-For: 198.51.100." + i + "\r\nX-Forwarded-For: 203.0.113.2") < 20);
            assertEquals(20, admitted(wire, i -> "X-Forwarded-For: 192.0.2." + i));
        }
    }

    private static long admitted(Wire wire, IntFunction<String> header) throws IOException {
        int admitted = 0;
        for (int i = 0; i < 20; i++) {
            wire.send(Rig.request("GET", "/v1/scenes", null, header.apply(i)));
            admitted += wire.answer().status() == 200 ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void transferEncoding_otherThanChunked_400AndClosed() throws IOException {
        try (Rig rig = Rig.start()) {
            for (String coding : List.of("xchunked", "gzip, chunked", "chunked\r\nTransfer-Encoding: x")) {
                try (Wire wire = rig.wire()) {
                    wire.send(Rig.request(
                                    "POST",
                                    PATH,
                                    rig.key("gate"),
                                    "Content-Type: application/json",
                                    "Transfer-Encoding: " + coding)
                            + "0\r\n\r\n"
                            + Rig.request("GET", "/v1/scenes", null));
                    assertEquals(400, wire.answer().status(), coding);
                    assertTrue(wire.closed(), coding);
                }
            }
        }
    }

    @Test
    void generation_noneYet_503WithRetryAfter() throws IOException {
        try (Rig rig = Rig.start(Rig.generous(), false)) {
            String organisations = "{\"organisations\":[{\"uscc\":\"A\"}]}";
            List<Wire.Answer> answers = new ArrayList<>(List.of(
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)),
                    rig.batch("gate", "transit", "{\"subjects\":[" + Rig.subject("card", Rig.CARD) + "]}"),
                    rig.get("/v1/me/score", rig.citizen()),
                    Wire.once(rig.port(), Rig.post("/v1/matters/procurement/matches", rig.key("buyer"), organisations)),
                    rig.manage("/health/ready")));
            for (Wire.Answer answer : answers) {
                assertEquals(503, answer.status(), answer.body());
                assertNotNull(answer.header("retry-after"));
            }
            assertEquals(200, rig.get("/v1/scenes", null).status());
            assertEquals(200, rig.manage("/health/live").status());
            rig.city.publish(1, Rig.words());
            assertEquals(
                    200,
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
        }
    }

    @Test
    void shutdown_requestUnderWay_answeredBeforeTheEnd() throws Exception {
        Rig rig = Rig.start();
        String request = Rig.post(PATH, rig.key("gate"), Rig.subject("card", Rig.CARD));
        try (Wire wire = rig.wire();
                Wire idle = rig.wire()) {
            idle.send(request);
            assertEquals(200, idle.answer().status());
            wire.send(request.substring(0, request.length() - 9).replace("Host:", "Expect: 100-continue\r\nHost:"));
            assertTrue(wire.continued(), "the head has been read");
            CompletableFuture<Void> closing = CompletableFuture.runAsync(rig.server::close);
            while (rig.manage("/health/ready").status() == 200) {
                Thread.onSpinWait();
            }
            assertTrue(idle.closed(), "an idle connection is closed at once");
            wire.send(request.substring(request.length() - 9));
            Wire.Answer answer = wire.answer();
            assertEquals(200, answer.status());
            assertTrue(answer.body().contains(Rig.benefit("transit", 1)));
            closing.get(20, TimeUnit.SECONDS);
            assertTrue(wire.closed());
        }
        assertEquals(0, rig.city.openReaders.get());
        rig.close();
    }

    @Test
    void failure_ofOurs_500WithoutMessageAndReaderBack() throws IOException {
        Logger logger = (Logger) LoggerFactory.getLogger(Failures.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.setAdditive(false);
        logger.addAppender(log);
        try (Rig rig = Rig.start()) {
            rig.city.beforeCheck = () -> {
                throw new IllegalStateException("about " + Rig.CARD);
            };
            String subject = Rig.subject("card", Rig.CARD);
            for (int i = 0; i < 40; i++) {
                assertEquals(500, rig.check("gate", "transit", subject).status());
                Wire.Answer answer = rig.batch("gate", "transit", "{\"subjects\":[" + subject + "]}");
                assertEquals(500, answer.status());
                assertFalse(answer.body().contains("about"), answer.body());
            }
            rig.city.beforeCheck = () -> {};
            assertEquals(
                    200,
                    rig.batch("gate", "transit", "{\"subjects\":[" + subject + "]}")
                            .status());
            assertTrue(rig.manage("/metrics").body().contains("osmanthus_failures_total 80.0"));
            assertEquals(80, log.list.size());
            for (ILoggingEvent event : log.list) {
                assertFalse(event.getFormattedMessage().contains(Rig.CARD), event.getFormattedMessage());
            }
        } finally {
            logger.detachAppender(log);
            logger.setAdditive(true);
        }
    }

    @Test
    void publish_idleLoops_letGoOfTheGenerationBefore() throws IOException {
        try (Rig rig = Rig.start()) {
            assertEquals(
                    200,
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
            rig.city.publish(8, Map.of());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (rig.city.readersAt(7) > 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertEquals(0, rig.city.readersAt(7));
        }
    }

    /** Random and mutated requests: never a 500, never a hang, and afterwards the server serves. */
    @Test
    void hostile_randomBytes_refusedOrClosedAndNothingLogged() throws IOException {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("LimitsTest.hostile -Dseed=" + seed);
        Random random = new Random(seed);
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Level before = root.getLevel();
        log.start();
        root.setLevel(Level.INFO);
        root.addAppender(log);
        try (Rig rig = Rig.start()) {
            String secret = rig.citizen();
            List<String> shapes = List.of(
                    Rig.post(PATH, rig.key("gate"), Rig.subject("card", Rig.CARD)),
                    Rig.post(
                            PATH + "/batch",
                            rig.key("gate"),
                            "{\"subjects\":[" + Rig.subject("plate", Rig.PLATE) + "]}"),
                    Rig.request("GET", "/v1/me/score", secret),
                    Rig.request("GET", "/v1/scenes/" + Rig.CARD + "/%zz%00", Rig.PERSON),
                    Rig.post(
                            "/v1/matters/procurement/matches",
                            rig.key("buyer"),
                            "{\"organisations\":[{\"name\":\"A\"}]}"),
                    Rig.request("POST", PATH, rig.key("gate"), "Content-Length: 5", "Transfer-Encoding: chunked"),
                    Rig.request("POST", PATH, rig.key("gate"), "Content-Length: 5", "Content-Length: 6"),
                    "GET /v1/scenes HTTP/1.1\nHost: a\n\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            for (int i = 0; i < 1_500; i++) {
                byte[] bytes = shapes.get(random.nextInt(shapes.size())).getBytes(StandardCharsets.UTF_8);
                for (int edits = random.nextInt(6); edits > 0; edits--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                try (Wire wire = rig.wire()) {
                    wire.send(bytes);
                    wire.finishSending();
                    Wire.Answer answer = wire.answer();
                    assertTrue(
                            answer.status() != 500, "seed " + seed + ": " + new String(bytes, StandardCharsets.UTF_8));
                    assertFalse(
                            answer.body().contains(Rig.CARD) || answer.body().contains(Rig.PERSON), answer.body());
                } catch (EOFException | SocketException closed) {
                    // as good an answer to nonsense as any
                }
            }
            assertEquals(
                    200,
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).status());
            for (ILoggingEvent event : log.list) {
                String line = event.getFormattedMessage() + event.getThrowableProxy();
                for (String plain : List.of(Rig.CARD, Rig.PERSON, Rig.PLATE, rig.key("gate"), secret)) {
                    assertFalse(line.contains(plain), line);
                }
                assertFalse(event.getLevel().isGreaterOrEqual(Level.WARN), line);
            }
        } finally {
            root.detachAppender(log);
            root.setLevel(before);
        }
    }
}
