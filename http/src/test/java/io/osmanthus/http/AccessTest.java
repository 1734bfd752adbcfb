package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every route × every role × no, wrong, expired and foreign-scope credentials, from the one table in {@link Route}. */
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

    /**
     * Who asks.
     *
     * @param role what the credential gives; null: it does not hold
     * @param foreign the scopes in which the paths below name somebody else's things
     */
    private record Credential(
            @Nullable Role role,
            Set<Scope> foreign,
            @Nullable String text) {
        static Credential none(@Nullable String text) {
            return new Credential(null, Set.of(), text);
        }

        static Credential of(Role role, String text, Scope... foreign) {
            return new Credential(role, Set.of(foreign), text);
        }
    }

    private static Map<String, Credential> credentials() {
        Map<String, Credential> all = new LinkedHashMap<>();
        Duration while5 = Duration.ofMinutes(5);
        DemoIssuer issuer = rig.issuer;
        DemoIssuer before = issuer.at(InstantSource.fixed(Instant.now().minusSeconds(3_600)));
        all.put("none", Credential.none(null));
        all.put("a wrong key", Credential.none(ApiKey.make()));
        all.put("a key without prefix", Credential.none(rig.key("gate").substring(4)));
        all.put("a key with more", Credential.none(rig.key("gate") + "A"));
        all.put("an expired key", Credential.none(rig.key("old")));
        all.put("nonsense", Credential.none("x.y.z"));
        all.put(
                "another issuer's token",
                Credential.none(DemoIssuer.make(InstantSource.system()).citizen(Rig.PERSON, while5)));
        all.put("a forged token", Credential.none(forged()));
        all.put("an expired citizen's token", Credential.none(before.citizen(Rig.PERSON, while5)));
        all.put("an expired representative's token", Credential.none(before.representative(Rig.USCC, while5)));
        all.put("an expired operator's token", Credential.none(before.staff("li.na", Role.OPERATOR, while5)));
        for (String audience : List.of(DemoIssuer.AUDIENCE, DemoIssuer.STAFF_AUDIENCE)) {
            all.put(
                    "a token of a person and an organisation for " + audience,
                    Credential.none(issuer.sign(audience, while5, claims -> {
                        claims.setStringClaim("person_id", Rig.PERSON);
                        claims.setStringClaim("uscc", Rig.USCC);
                    })));
        }
        all.put(
                "an operator's token of the citizens' audience",
                Credential.none(issuer.sign(DemoIssuer.AUDIENCE, while5, claims -> {
                    claims.setSubject("li.na");
                    claims.setStringClaim("role", "operator");
                })));
        all.put(
                "a citizen's token of the staff's audience",
                Credential.none(issuer.sign(DemoIssuer.STAFF_AUDIENCE, while5, claims -> {
                    claims.setSubject("li.na");
                    claims.setStringClaim("role", "operator");
                    claims.setStringClaim("person_id", Rig.PERSON);
                })));
        all.put(
                "a citizen's token that claims a role",
                Credential.of(Role.CITIZEN, issuer.sign(DemoIssuer.AUDIENCE, while5, claims -> {
                    claims.setStringClaim("role", "operator");
                    claims.setStringClaim("person_id", Rig.PERSON);
                })));
        all.put("a terminal", Credential.of(Role.TERMINAL, rig.key("gate")));
        all.put(
                "a terminal of another scene",
                Credential.of(Role.TERMINAL, rig.key("garage"), Scope.SCENE, Scope.SCENE_BATCH));
        all.put("a terminal without batches", Credential.of(Role.TERMINAL, rig.key("turnstile"), Scope.SCENE_BATCH));
        all.put("a department", Credential.of(Role.DEPARTMENT, rig.key("buyer")));
        all.put("a department of another matter", Credential.of(Role.DEPARTMENT, rig.key("builder"), Scope.MATTER));
        for (Role role : List.of(Role.DESK, Role.OVERSIGHT, Role.OPERATOR)) {
            all.put(role + " by key", Credential.of(role, rig.key(role.word())));
            all.put(role + " by token", Credential.of(role, issuer.staff("li.na", role, while5)));
        }
        all.put("a citizen", Credential.of(Role.CITIZEN, rig.citizen()));
        all.put("a representative", Credential.of(Role.REPRESENTATIVE, issuer.representative(Rig.USCC, while5)));
        all.put(
                "a representative of another organisation",
                Credential.of(
                        Role.REPRESENTATIVE, issuer.representative("91320500X000000099", while5), Scope.ORGANISATION));
        return all;
    }

    private static String forged() {
        String token = rig.issuer.citizen(Rig.PERSON, Duration.ofMinutes(5));
        char last = token.charAt(token.length() - 10);
        return token.substring(0, token.length() - 10)
                + (last == 'A' ? 'B' : 'A')
                + token.substring(token.length() - 9);
    }

    /** What the table says: 401, 403, or 0 for whoever may ask. */
    private static int refusal(Route route, Credential credential) {
        if (route.open()) {
            return 0;
        }
        if (credential.role() == null) {
            return 401;
        }
        return !route.roles().contains(credential.role())
                        || credential.foreign().contains(route.scope())
                ? 403
                : 0;
    }

    /** What whoever may ask gets in this rig, which has no ledger, no store, and nobody enrolled; 0: not said here. */
    private static int granted(Route route) {
        return switch (route) {
            case SCENES,
                    SCENE,
                    CATALOGUE,
                    OPENAPI,
                    LIVE,
                    READY,
                    METRICS,
                    CHECK,
                    CHECK_BATCH,
                    MATTERS,
                    MATCHES,
                    DOCS,
                    SUSPENSIONS -> 200;
            case SCORE, SIMULATION, ACCESSES, DOCS_ASSET, SUSPENSION_LIFT -> 404;
            case ME,
                    CONSENTS,
                    TOKENS,
                    RECORDS,
                    EXPORT,
                    OWN_SCENES,
                    NOTICES,
                    NOTICE_EVENTS,
                    ALERTS,
                    SNAPSHOTS,
                    ACTIVATION,
                    SNAPSHOT_DIFF -> 503;
            default -> route.writes() || route.showsCases() ? 503 : 0;
        };
    }

    private static String request(Route route, @Nullable String credential) {
        String path = route.path()
                .replace("{scene}", "transit")
                .replace("{matter}", "procurement")
                .replace("{scheme}", "card")
                .replace("{uscc}", Rig.USCC)
                .replace("{id}", "4f6c1b52-7d0e-4a6e-9d58-0a8f6f0c2a11")
                .replaceAll("\\{[a-z_]+}", "x-1");
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
        Map<String, Credential> credentials = credentials();
        for (Route route : Route.values()) {
            for (Map.Entry<String, Credential> entry : credentials.entrySet()) {
                int port = route.management() ? rig.server.managementPort() : rig.port();
                String text = entry.getValue().text();
                Wire.Answer answer = Wire.once(port, request(route, text));
                String what = route + " by " + entry.getKey() + ": " + answer.status() + " " + answer.body();
                int refusal = refusal(route, entry.getValue());
                int expected = refusal == 0 ? granted(route) : refusal;
                if (expected == 0) {
                    assertFalse(Set.of(401, 403, 405, 500).contains(answer.status()), what);
                } else {
                    assertEquals(expected, answer.status(), what);
                }
                if (answer.status() == 401) {
                    assertEquals("Bearer", answer.header("www-authenticate"), what);
                }
                assertTrue(
                        answer.status() == 200 || text == null || !answer.body().contains(text), what);
            }
        }
    }

    @Test
    void access_tokenThatWasGood_refusedOnceItHasExpired() throws IOException {
        long second = Instant.now().getEpochSecond();
        String almost = rig.issuer
                .at(InstantSource.fixed(Instant.ofEpochSecond(second - TokenVerifier.SKEW_SECONDS - 60 + 2)))
                .citizen(Rig.PERSON, Duration.ofSeconds(60));
        assertEquals(404, rig.get("/v1/me/score", almost).status());
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        int status = 404;
        while (status == 404 && System.nanoTime() < deadline) {
            status = rig.get("/v1/me/score", almost).status();
        }
        assertEquals(401, status, "also from the cache of good tokens");
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
