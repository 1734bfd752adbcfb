package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of machines, shown beside their keys: every role × every certificate, over real connections. */
class MutualTlsTest {
    private static final String CHECKS = "/v1/scenes/transit/checks";
    private static final String SUBJECT = Rig.subject("card", Rig.CARD);
    private static final List<String> NOT_BOUND_TO_THE_GATE = List.of("none", "office", "stranger", "past");

    @TempDir
    private static Path directory;

    private static Certificates made;
    private static Map<String, Set<String>> bound;

    /** By the name of what is shown; the keys of TLS take a while to be made ready. */
    private static final Map<String, SSLContext> CONTEXTS = new LinkedHashMap<>();

    @BeforeAll
    static void make() throws Exception {
        made = Certificates.make(directory);
        made.authority("authority");
        made.authority("elsewhere");
        for (String machine : List.of("gate-1", "gate-2", "office", "stranger")) {
            made.machine(machine, "authority");
        }
        made.machine("foreign", "elsewhere");
        made.expired("old", "authority");
        made.expired("past", null);
        bound = Map.of(
                "gate", Set.of(made.sha256("gate-1"), made.sha256("gate-2")),
                "buyer", Set.of(made.sha256("office")),
                "counter", Set.of(made.sha256("past")));
        for (String shown : List.of("gate-1", "gate-2", "office", "stranger", "foreign", "old", "past")) {
            CONTEXTS.put(shown, made.context(shown));
        }
        CONTEXTS.put("none", made.context(null));
    }

    private static Rig start(boolean required, InstantSource clock) throws IOException, GeneralSecurityException {
        return Rig.withTls(
                Rig.generous(),
                made.tls(new ServerConfig.ClientCertificates(made.anchors("authority", "past"), required)),
                context("none"),
                null,
                bound,
                clock);
    }

    private static SSLContext context(String shown) {
        SSLContext context = CONTEXTS.get(shown);
        if (context == null) {
            throw new IllegalArgumentException(shown);
        }
        return context;
    }

    /** Somebody, what they ask, and how that is answered where certificates are not looked at. */
    private record Asker(String name, @Nullable String credential, String method, String path, int status) {}

    private static List<Asker> askers(Rig rig) {
        List<Asker> all = new ArrayList<>();
        Duration while5 = Duration.ofMinutes(5);
        all.add(new Asker("gate", rig.key("gate"), "POST", CHECKS, 200));
        all.add(new Asker("turnstile", rig.key("turnstile"), "POST", CHECKS, 200));
        all.add(new Asker("buyer", rig.key("buyer"), "GET", "/v1/matters", 200));
        all.add(new Asker("builder", rig.key("builder"), "GET", "/v1/matters", 200));
        all.add(new Asker("desk", rig.key("desk"), "GET", "/v1/cases", 503));
        all.add(new Asker("oversight", rig.key("oversight"), "GET", "/v1/cases", 403));
        all.add(new Asker("operator", rig.key("operator"), "GET", "/v1/suspensions", 200));
        all.add(new Asker("a citizen", rig.citizen(), "GET", "/v1/me/score", 404));
        all.add(new Asker(
                "a representative",
                rig.issuer.representative(Rig.USCC, while5),
                "GET",
                "/v1/organisations/" + Rig.USCC + "/cases",
                503));
        for (Role role : List.of(Role.DESK, Role.OVERSIGHT, Role.OPERATOR)) {
            all.add(new Asker(
                    role + " who signs in",
                    rig.issuer.staff("li.na", role, while5),
                    "GET",
                    "/v1/suspensions",
                    role == Role.OPERATOR ? 200 : 403));
        }
        all.add(new Asker("the public", null, "GET", "/v1/scenes", 200));
        return all;
    }

    /** Whether the asker's key needs a certificate and this is none of its own. */
    private static boolean lacks(Asker asker, String shown, boolean required) throws Exception {
        Set<String> own = bound.get(asker.name());
        boolean key = asker.credential() != null && asker.credential().startsWith(ApiKey.PREFIX);
        if (own == null) {
            return key && required;
        }
        return shown.equals("none") || !own.contains(made.sha256(shown));
    }

    private static HttpResponse<String> ask(HttpClient client, Rig rig, Asker asker) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + rig.port() + asker.path()));
        if (asker.credential() != null) {
            request.header("Authorization", "Bearer " + asker.credential());
        }
        if (asker.method().equals("POST")) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(SUBJECT));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void everyRole(boolean required) throws Exception {
        try (Rig rig = start(required, InstantSource.system())) {
            List<String> faults = new ArrayList<>();
            for (String shown : List.of("none", "gate-1", "gate-2", "office", "stranger")) {
                for (HttpClient.Version version : HttpClient.Version.values()) {
                    HttpClient client = HttpClient.newBuilder()
                            .version(version)
                            .sslContext(context(shown))
                            .build();
                    for (Asker asker : askers(rig)) {
                        HttpResponse<String> answer = ask(client, rig, asker);
                        boolean lacks = lacks(asker, shown, required);
                        boolean told = answer.body().contains("/problems/certificate-needed");
                        if (answer.statusCode() != (lacks ? 401 : asker.status())
                                || lacks != told
                                || !answer.version().equals(version)) {
                            faults.add(asker.name() + " with " + shown + " by " + version + ": " + answer.statusCode()
                                    + " " + answer.body());
                        }
                    }
                }
            }
            assertEquals(List.of(), faults);
        }
    }

    @Test
    void optional_everyRoleWithEveryCertificate_boundKeysNeedTheirs() throws Exception {
        everyRole(false);
    }

    @Test
    void required_everyRoleWithEveryCertificate_everyKeyNeedsOne() throws Exception {
        everyRole(true);
    }

    /** Both ways of a check: the fast one with its remembered head, and the ordinary one. */
    @Test
    void checks_onOneConnection_byCertificateOnBothPaths() throws Exception {
        try (Rig rig = start(false, InstantSource.system())) {
            String fast = Rig.post(CHECKS, rig.key("gate"), SUBJECT);
            String ordinary = fast.replace("Host:", "X-Any: y\r\nHost:");
            String batch = Rig.post(CHECKS + "/batch", rig.key("gate"), "{\"subjects\":[" + SUBJECT + "]}");
            for (String shown : List.of("gate-1", "gate-2")) {
                long before = rig.server.fastChecks();
                try (Wire wire = wire(rig, shown)) {
                    for (String request : List.of(fast, fast, ordinary, batch, fast)) {
                        wire.send(request);
                        assertEquals(200, wire.answer().status(), shown);
                    }
                }
                assertEquals(before + 3, rig.server.fastChecks());
            }
            for (String shown : NOT_BOUND_TO_THE_GATE) {
                long before = rig.server.fastChecks();
                try (Wire wire = wire(rig, shown)) {
                    for (String request : List.of(fast, fast, ordinary, batch, fast)) {
                        wire.send(request);
                        Wire.Answer answer = wire.answer();
                        assertEquals(401, answer.status(), shown);
                        assertEquals("Bearer", answer.header("www-authenticate"));
                        assertTrue(answer.body().contains("/problems/certificate-needed"), answer.body());
                    }
                    wire.send(fast.replace(rig.key("gate"), rig.key("turnstile")));
                    assertEquals(200, wire.answer().status(), "a key that is bound to none");
                }
                assertEquals(before + 1, rig.server.fastChecks());
            }
            assertTrue(rig.manage("/metrics")
                    .body()
                    .contains("osmanthus_authentications_failed_total{credential=\"certificate\"} "
                            + 5 * NOT_BOUND_TO_THE_GATE.size() + ".0"));
        }
    }

    private static Wire wire(Rig rig, String shown) throws IOException {
        return new Wire(Certificates.connect(context(shown), rig.port(), "http/1.1"));
    }

    /** In TLS 1.3 the client learns it when it reads. */
    @Test
    void certificatesThatNobodyVouchesFor_endTheHandshake() throws Exception {
        try (Rig rig = start(false, InstantSource.system())) {
            for (String shown : List.of("foreign", "old")) {
                for (String protocol : List.of("http/1.1", "h2")) {
                    assertThrows(
                            IOException.class,
                            () -> {
                                try (Socket socket = Certificates.connect(context(shown), rig.port(), protocol);
                                        Wire wire = new Wire(socket)) {
                                    wire.send(Rig.request("GET", "/v1/scenes", null));
                                    wire.answer();
                                }
                            },
                            shown);
                }
            }
            try (Wire wire = wire(rig, "gate-1")) {
                wire.send(Rig.post(CHECKS, rig.key("gate"), SUBJECT));
                assertEquals(200, wire.answer().status());
            }
        }
    }

    /** An anchor is believed whatever its days: the JDK does not look at them. Here they are looked at. */
    @Test
    void certificateThatIsItselfAnAnchor_pastItsDays_refused() throws Exception {
        try (Rig rig = start(false, InstantSource.system());
                Wire wire = wire(rig, "past")) {
            String check = Rig.post("/v1/scenes/approvals/checks", rig.key("counter"), Rig.subject("uscc", Rig.USCC));
            for (int i = 0; i < 3; i++) {
                wire.send(check);
                Wire.Answer answer = wire.answer();
                assertEquals(401, answer.status());
                assertTrue(answer.body().contains("/problems/certificate-needed"), answer.body());
            }
        }
    }

    @Test
    void certificateThatEnds_onAnOpenConnection_refusedFromThenOn() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        try (Rig rig = start(false, now::get);
                Wire wire = wire(rig, "gate-1")) {
            String fast = Rig.post(CHECKS, rig.key("gate"), SUBJECT);
            String ordinary = fast.replace("Host:", "X-Any: y\r\nHost:");
            for (String request : List.of(fast, fast, ordinary)) {
                wire.send(request);
                assertEquals(200, wire.answer().status());
            }
            now.set(Instant.now().plus(Duration.ofDays(3)));
            for (String request : List.of(fast, fast, ordinary)) {
                wire.send(request);
                assertEquals(401, wire.answer().status());
            }
            assertEquals(2, rig.server.fastChecks());
        }
    }

    @Test
    void anchorsThatCannotBeRead_noStart() throws Exception {
        ServerConfig.Tls tls = made.tls(new ServerConfig.ClientCertificates(directory.resolve("none.pem"), false));
        ServerException refused = assertThrows(
                ServerException.class,
                () -> Rig.withTls(Rig.generous(), tls, context("none"), null, Map.of(), InstantSource.system()));
        assertEquals(ServerException.Reason.TLS, refused.reason());
        assertFalse(String.valueOf(refused.getMessage()).isBlank());
    }
}
