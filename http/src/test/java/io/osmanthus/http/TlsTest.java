package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with files in PEM, HTTP/2 by ALPN, and what stands in the way of a start. */
class TlsTest {
    @TempDir
    private Path directory;

    private final String key = ApiKey.make();

    private Server start(int port, ServerConfig.@Nullable Tls tls, ServerConfig.@Nullable Jwt jwt) {
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                port,
                "localhost",
                0,
                List.of(),
                1,
                directory,
                ServerConfig.Trail.DEFAULT,
                tls,
                jwt,
                Rig.generous(),
                new ServerConfig.Database(null, "jdbc:postgresql:none"),
                60,
                90);
        Client gate = new Client(
                "gate",
                Role.TERMINAL,
                "gate",
                Set.of(ApiKey.sha256(key)),
                Set.of("transit"),
                Set.of(),
                Set.of(),
                true,
                100,
                1_000,
                LocalDate.of(2099, 1, 1));
        City city = new City(Rig.RULES);
        Server server = Server.start(
                config,
                Clients.of(List.of(gate)),
                Rig.VOCABULARY,
                Rig.RULES.scenes(),
                Rig.RULES.matters(),
                city,
                City.KEY,
                CandidateSearch.NONE,
                null,
                InstantSource.system());
        city.publish(1, Rig.words());
        return server;
    }

    @Test
    void https_http2AndHttp1_sameAnswer() throws Exception {
        Certificates certificates = Certificates.make(directory);
        ServerConfig.Tls tls = certificates.tls(null);
        SSLContext context = certificates.context(null);
        try (Server server = start(0, tls, null)) {
            for (HttpClient.Version version : HttpClient.Version.values()) {
                HttpClient client = HttpClient.newBuilder()
                        .version(version)
                        .sslContext(context)
                        .build();
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(
                                        URI.create("https://127.0.0.1:" + server.port() + "/v1/scenes/transit/checks"))
                                .header("Authorization", "Bearer " + key)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(Rig.subject("card", Rig.CARD)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertEquals(200, answer.statusCode());
                assertEquals(version, answer.version());
                assertTrue(answer.body().contains(Rig.benefit("transit", 1)), answer.body());
            }
            assertThrows(IOException.class, () -> Wire.once(server.port(), Rig.request("GET", "/v1/scenes", null)));
        }
    }

    /** The fast path stands inside TLS: it answers there too, and nobody can tell the two ways apart by their bytes. */
    @Test
    void fastPath_insideTls_sameBytesAsTheOrdinaryPathWithoutTls() throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("TlsTest.fastPath -Dseed=" + seed);
        Certificates certificates = Certificates.make(directory);
        try (Rig plain = Rig.start();
                Rig ordinary = Rig.withoutFastPath(Rig.generous(), plain);
                Rig tls = Rig.withTls(
                        Rig.generous(),
                        certificates.tls(null),
                        certificates.context(null),
                        plain,
                        Map.of(),
                        InstantSource.system())) {
            String check = Rig.post("/v1/scenes/transit/checks", plain.key("gate"), Rig.subject("card", Rig.CARD));
            try (Wire open = plain.wire();
                    Wire wrapped = tls.wire()) {
                for (int i = 1; i <= 20; i++) {
                    open.send(check);
                    wrapped.send(check);
                    Wire.Answer answer = wrapped.answer();
                    assertEquals(200, answer.status());
                    assertEquals(open.answer(), answer);
                    assertEquals(i, tls.server.fastChecks(), "answered by the fast path");
                }
            }
            int streams = Boolean.getBoolean("osmanthus.slow") ? 2_000 : 100;
            for (int i = 0; i < streams; i++) {
                Streams.Stream stream = new Streams(new Random(seed + i), plain).next();
                long own = seed + i;
                assertEquals(
                        Streams.say(ordinary, stream), Streams.say(tls, stream), () -> "seed " + own + ":\n" + stream);
            }
            assertTrue(tls.server.fastChecks() > 20 + streams / 4, "the fast path gave " + tls.server.fastChecks());
            assertEquals(0, ordinary.server.fastChecks());
        }
    }

    @Test
    void start_portTaken_refusedWithAddress() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            ServerException refused = assertThrows(ServerException.class, () -> start(port, null, null));
            assertEquals(ServerException.Reason.ADDRESS, refused.reason());
            assertTrue(String.valueOf(refused.getMessage()).contains("127.0.0.1:" + port), refused.getMessage());
        }
    }

    @Test
    void start_noCertificateOrIssuer_refusedWithFile() {
        ServerConfig.Tls tls = new ServerConfig.Tls(directory.resolve("none.pem"), directory.resolve("no-key.pem"));
        assertEquals(
                ServerException.Reason.TLS,
                assertThrows(ServerException.class, () -> start(0, tls, null)).reason());
        ServerConfig.Jwt jwt =
                new ServerConfig.Jwt("i", "a", directory.resolve("no-jwks.json").toString());
        ServerException refused = assertThrows(ServerException.class, () -> start(0, null, jwt));
        assertEquals(ServerException.Reason.ISSUER, refused.reason());
        assertTrue(String.valueOf(refused.getMessage()).contains("no-jwks.json"), refused.getMessage());
    }
}
