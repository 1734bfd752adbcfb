package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with files in PEM, HTTP/2 by ALPN, and what stands in the way of a start. */
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

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

    private KeyStore keyStore() throws IOException, GeneralSecurityException, InterruptedException {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
        assertEquals(
                0, keytool.exitValue(), () -> directory.resolve("keytool.log").toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private Path pem(String name, String kind, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                directory.resolve(name), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    @Test
    void https_http2AndHttp1_sameAnswer() throws Exception {
        KeyStore store = keyStore();
        Certificate certificate = store.getCertificate("a");
        ServerConfig.Tls tls = new ServerConfig.Tls(
                pem("chain.pem", "CERTIFICATE", certificate.getEncoded()),
                pem("key.pem", "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded()));
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust.getTrustManagers(), null);
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
