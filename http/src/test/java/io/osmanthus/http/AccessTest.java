package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every route × every role × no, wrong, expired and foreign-scope credentials, from the table in {@link Route}. */
class AccessTest {
    private static Rig rig;

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
    }

    /** Who asks: the role that the credential gives (null: it gives none), and whether its scope fits the paths below. */
    private record Credential(
            @Nullable Role role, boolean scope, @Nullable String text) {}

    private static Map<String, Credential> credentials() {
        Map<String, Credential> all = new LinkedHashMap<>();
        all.put("none", new Credential(null, false, null));
        all.put("a wrong key", new Credential(null, false, ApiKey.make()));
        all.put(
                "a key without prefix",
                new Credential(null, false, rig.key("gate").substring(4)));
        all.put("a key with more", new Credential(null, false, rig.key("gate") + "A"));
        all.put("an expired key", new Credential(null, false, rig.key("old")));
        all.put("nonsense", new Credential(null, false, "x.y.z"));
        DemoIssuer foreign = DemoIssuer.make(InstantSource.system());
        all.put(
                "another issuer's token",
                new Credential(null, false, foreign.citizen(Rig.PERSON, Duration.ofHours(1))));
        all.put("a forged token", new Credential(null, false, forged()));
        all.put("a terminal", new Credential(Role.TERMINAL, true, rig.key("gate")));
        all.put("a terminal of another scene", new Credential(Role.TERMINAL, false, rig.key("garage")));
        all.put("a department", new Credential(Role.DEPARTMENT, true, rig.key("buyer")));
        all.put("the desk", new Credential(Role.DESK, true, rig.key("desk")));
        all.put("oversight", new Credential(Role.OVERSIGHT, true, rig.key("oversight")));
        all.put("an operator", new Credential(Role.OPERATOR, true, rig.key("operator")));
        all.put("a citizen", new Credential(Role.CITIZEN, true, rig.citizen()));
        all.put(
                "a representative",
                new Credential(Role.REPRESENTATIVE, true, rig.issuer.representative(Rig.USCC, Duration.ofMinutes(5))));
        return all;
    }

    private static String forged() {
        String token = rig.issuer.citizen(Rig.PERSON, Duration.ofMinutes(5));
        char last = token.charAt(token.length() - 10);
        return token.substring(0, token.length() - 10)
                + (last == 'A' ? 'B' : 'A')
                + token.substring(token.length() - 9);
    }

    private static int expected(Route route, Credential credential) {
        boolean found = route != Route.SCORE && route != Route.SIMULATION && route != Route.ACCESSES;
        if (route.open()) {
            return 200;
        }
        if (credential.role() == null) {
            return 401;
        }
        boolean scoped = route == Route.CHECK || route == Route.CHECK_BATCH || route == Route.MATCHES;
        if (!route.permits(credential.role()) || (scoped && !credential.scope())) {
            return 403;
        }
        if (route.writes()
                || route == Route.ME
                || route == Route.CONSENTS
                || route == Route.TOKENS
                || route == Route.SNAPSHOTS
                || route == Route.ACTIVATION
                || route == Route.SNAPSHOT_DIFF) {
            // this rig has no ledger and no store
            return 503;
        }
        return found ? 200 : 404;
    }

    private static String request(Route route, @Nullable String credential) {
        String path = route.path()
                .replace("{scene}", "transit")
                .replace("{matter}", "procurement")
                .replace("{scheme}", "card")
                .replace("{reference}", "r-1");
        return switch (route) {
            case CHECK -> Rig.post(path, credential, Rig.subject("card", Rig.CARD));
            case CHECK_BATCH -> Rig.post(path, credential, "{\"subjects\":[" + Rig.subject("card", Rig.CARD) + "]}");
            case SIMULATION -> Rig.post(path, credential, "{}");
            case MATCHES -> Rig.post(path, credential, "{\"organisations\":[{\"uscc\":\"" + Rig.USCC + "\"}]}");
            default -> Rig.request(route.method().name(), path, credential);
        };
    }

    @Test
    void access_everyRouteByEveryCredential_asTheTableSays() throws IOException {
        for (Route route : Route.values()) {
            for (Map.Entry<String, Credential> entry : credentials().entrySet()) {
                int port = route.management() ? rig.server.managementPort() : rig.port();
                Wire.Answer answer =
                        Wire.once(port, request(route, entry.getValue().text()));
                String what = route + " by " + entry.getKey() + ": " + answer.body();
                assertEquals(expected(route, entry.getValue()), answer.status(), what);
                if (answer.status() == 401) {
                    assertEquals("Bearer", answer.header("www-authenticate"), what);
                }
                String text = entry.getValue().text();
                assertTrue(
                        answer.status() == 200 || text == null || !answer.body().contains(text), what);
            }
        }
    }

    @Test
    void access_expiredToken_401() throws IOException {
        InstantSource past = InstantSource.fixed(Instant.now().minusSeconds(3600));
        assertEquals(200, rig.get("/v1/matters", rig.key("buyer")).status());
        List<String> tokens = new ArrayList<>();
        tokens.add(DemoIssuer.make(past).citizen(Rig.PERSON, Duration.ofMinutes(5)));
        for (String token : tokens) {
            assertEquals(401, rig.get("/v1/me/score", token).status());
        }
    }

    @Test
    void access_headerWrittenOtherwise_sameClient() throws IOException {
        String request = Rig.post("/v1/scenes/transit/checks", rig.key("gate"), Rig.subject("card", Rig.CARD));
        assertEquals(
                200,
                Wire.once(rig.port(), request.replace("Bearer ", "bearer ")).status());
        assertEquals(
                200,
                Wire.once(rig.port(), request.replace("Bearer ", "Bearer  ")).status());
        assertEquals(
                401, Wire.once(rig.port(), request.replace("Bearer ", "Basic ")).status());
    }

    @Test
    void access_managementRoutes_notOnTheMainListener() throws IOException {
        for (Route route : Route.values()) {
            if (route.management()) {
                assertEquals(404, rig.get(route.path(), null).status(), route.path());
            } else {
                String path = route.path().replace("{scene}", "transit").replace("{matter}", "procurement");
                assertEquals(404, rig.manage(path).status(), path);
            }
        }
    }
}
