package io.osmanthus.http;

import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A running server on ports of the system's choice, with a city, clients and an issuer behind it. */
final class Rig implements AutoCloseable {
    static final Path CONFIG = Path.of(System.getProperty("osmanthus.root", ".."), "config");
    static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);

    /** What the city knows: a card with the first benefit of transit, a plate with parking, an organisation. */
    static final String CARD = "6212260000000001";

    static final String PLATE = "苏E12345";
    static final String USCC = "91320500X000000012";
    static final String PERSON = "320508189001010017";

    private static final String FAR = "2099-01-01";
    private static final int MANY = 100_000_000;

    final City city = new City(RULES);
    final DemoIssuer issuer = DemoIssuer.make(InstantSource.system());
    final Server server;
    final AccessTrail trail;
    final Map<String, String> keys = new LinkedHashMap<>();
    private final Map<String, Set<String>> certificates;
    private final @Nullable SSLContext context;
    private final Path directory;

    /**
     * How a rig differs from others.
     *
     * @param like whose keys it has too
     * @param certificates to which clients are bound
     */
    private record Setup(
            ServerConfig.Limits limits,
            List<AddressRange> proxies,
            boolean published,
            int reserveMib,
            InstantSource clock,
            @Nullable Rig like,
            boolean fast,
            ServerConfig.@Nullable Tls tls,
            @Nullable SSLContext context,
            Map<String, Set<String>> certificates) {
        static Setup of(ServerConfig.Limits limits, List<AddressRange> proxies, boolean published) {
            return new Setup(limits, proxies, published, 16, InstantSource.system(), null, true, null, null, Map.of());
        }
    }

    private Rig(Setup setup) throws IOException {
        if (setup.like() != null) {
            keys.putAll(setup.like().keys);
        }
        certificates = setup.certificates();
        context = setup.context();
        directory = Files.createTempDirectory("rig");
        Path jwks = Files.writeString(directory.resolve("jwks.json"), issuer.jwks(), StandardCharsets.UTF_8);
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "localhost",
                0,
                setup.proxies(),
                2,
                directory,
                new ServerConfig.Trail(
                        directory.resolve("trail"),
                        null,
                        "rig",
                        setup.reserveMib(),
                        1_000,
                        TrailOptions.COUNTS_MONTHS_DEFAULT),
                setup.tls(),
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, jwks.toString()),
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.STAFF_AUDIENCE, jwks.toString()),
                setup.limits(),
                new ServerConfig.Database(null, "jdbc:postgresql:none"),
                60,
                90,
                ServerConfig.Running.DEMONSTRATION);
        List<Client> clients = new ArrayList<>();
        clients.add(client("gate", Role.TERMINAL, "transit", true, 1_000_000, MANY, FAR));
        clients.add(client("turnstile", Role.TERMINAL, "transit", false, 1_000_000, MANY, FAR));
        clients.add(client("garage", Role.TERMINAL, "parking", false, 1_000_000, MANY, FAR));
        clients.add(client("counter", Role.TERMINAL, "approvals", true, 1_000_000, MANY, FAR));
        clients.add(client("old", Role.TERMINAL, "transit", true, 1_000, MANY, "2020-01-01"));
        clients.add(client("slow", Role.TERMINAL, "transit", true, 5, MANY, FAR));
        clients.add(client("poor", Role.TERMINAL, "transit", true, 1_000_000, 12, FAR));
        clients.add(client("sweeper", Role.TERMINAL, "transit", true, MANY, 10_000, FAR));
        clients.add(client("buyer", Role.DEPARTMENT, "procurement", false, 1_000_000, MANY, FAR));
        clients.add(client("builder", Role.DEPARTMENT, "construction", false, 1_000_000, MANY, FAR));
        for (Role staff : List.of(Role.DESK, Role.OVERSIGHT, Role.OPERATOR)) {
            clients.add(client(staff.word(), staff, null, false, 10, 10, FAR));
        }
        CandidateSearch search = names -> names.stream()
                .map(name -> List.of(new CandidateSearch.Candidate(USCC, name + "有限公司", 0.87654)))
                .toList();
        trail = AccessTrail.start(config.trail().options(directory), InstantSource.system());
        server = Server.start(
                config,
                Clients.of(clients),
                VOCABULARY,
                RULES.scenes(),
                RULES.matters(),
                city,
                City.KEY,
                search,
                trail,
                setup.clock(),
                null,
                setup.fast());
        if (setup.published()) {
            city.publish(7, words());
        }
    }

    static Rig start() throws IOException {
        return start(generous(), true);
    }

    static Rig start(ServerConfig.Limits limits, boolean published) throws IOException {
        return new Rig(Setup.of(limits, List.of(), published));
    }

    /** A server whose keys, budgets and hours go by this clock. */
    static Rig at(InstantSource clock) throws IOException {
        return new Rig(new Setup(generous(), List.of(), true, 16, clock, null, true, null, null, Map.of()));
    }

    /** A server without the fast path, to compare with: the same limits, keys and city. */
    static Rig withoutFastPath(ServerConfig.Limits limits, Rig like) throws IOException {
        return new Rig(
                new Setup(limits, List.of(), true, 16, InstantSource.system(), like, false, null, null, Map.of()));
    }

    /**
     * A server behind TLS, talked to by {@code context}, with keys like another's if one is given; {@code certificates}: to which
     * clients are bound.
     */
    static Rig withTls(
            ServerConfig.Limits limits,
            ServerConfig.Tls tls,
            SSLContext context,
            @Nullable Rig like,
            Map<String, Set<String>> certificates,
            InstantSource clock)
            throws IOException {
        return new Rig(new Setup(limits, List.of(), true, 16, clock, like, true, tls, context, certificates));
    }

    /** A server whose trail asks for more free space than any disk has. */
    static Rig withoutRoom() throws IOException {
        return new Rig(new Setup(
                generous(),
                List.of(),
                true,
                Integer.MAX_VALUE,
                InstantSource.system(),
                null,
                true,
                null,
                null,
                Map.of()));
    }

    /** A server that takes us for a proxy whose {@code X-Forwarded-For} is believed. */
    static Rig behindProxy(ServerConfig.Limits limits) throws IOException {
        AddressRange here = Objects.requireNonNull(AddressRange.of("127.0.0.0/8"));
        return new Rig(Setup.of(limits, List.of(here), true));
    }

    /** The shipped limits, but no limit by address: all tests come from one. */
    static ServerConfig.Limits generous() {
        return limits(ServerConfig.Limits.DEFAULT.bodyBytesMax(), 5_000, 1_000_000);
    }

    static ServerConfig.Limits limits(int bodyBytesMax, int requestTimeoutMs, int publicRequestsPerSecond) {
        ServerConfig.Limits shipped = ServerConfig.Limits.DEFAULT;
        return limits(bodyBytesMax, requestTimeoutMs, publicRequestsPerSecond, shipped.checksPerSecond());
    }

    static ServerConfig.Limits limits(
            int bodyBytesMax, int requestTimeoutMs, int publicRequestsPerSecond, int checksPerSecond) {
        ServerConfig.Limits shipped = ServerConfig.Limits.DEFAULT;
        return new ServerConfig.Limits(
                bodyBytesMax,
                shipped.batchSubjectsMax(),
                shipped.matchNamesMax(),
                shipped.headerBytesMax(),
                shipped.uriBytesMax(),
                shipped.connectionsMax(),
                shipped.idleTimeoutMs(),
                requestTimeoutMs,
                shipped.shutdownTimeoutMs(),
                shipped.batchesMax(),
                publicRequestsPerSecond,
                checksPerSecond,
                shipped.unsentBytesMax(),
                // many tests are wrong on purpose
                1_000_000);
    }

    static Map<City.Pseudonym, Long> words() {
        return Map.of(
                City.pseudonym(Scheme.CARD, CARD), word("transit", 1),
                City.pseudonym(Scheme.PLATE, PLATE), word("parking", 2),
                City.pseudonym(Scheme.USCC, USCC), word("approvals", 1));
    }

    static long word(String scene, int code) {
        return (long) code << (4 * scene(scene));
    }

    static int scene(String id) {
        SceneDefinition scene = VOCABULARY.scene(id);
        if (scene == null) {
            throw new IllegalArgumentException(id);
        }
        return scene.index();
    }

    static String benefit(String scene, int code) {
        return RULES.scenes().get(scene(scene)).benefits().get(code - 1).id();
    }

    String key(String client) {
        String key = keys.get(client);
        if (key == null) {
            throw new IllegalArgumentException(client);
        }
        return key;
    }

    String citizen() {
        return issuer.citizen(PERSON, Duration.ofMinutes(10));
    }

    int port() {
        return server.port();
    }

    /** Where the trail's Parquet files are. */
    Path rolled() {
        return directory.resolve("trail").resolve("rolled");
    }

    Wire wire() throws IOException {
        return context == null ? new Wire(port()) : new Wire(Certificates.connect(context, port(), "http/1.1"));
    }

    /** A request with a JSON body. */
    static String post(String path, @Nullable String credential, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return request("POST", path, credential, "Content-Type: application/json", "Content-Length: " + length) + body;
    }

    static String request(String method, String path, @Nullable String credential, String... headers) {
        StringBuilder request =
                new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: test\r\n");
        if (credential != null) {
            request.append("Authorization: Bearer ").append(credential).append("\r\n");
        }
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    static String subject(String scheme, String token) {
        return "{\"scheme\":\"" + scheme + "\",\"token\":\"" + token + "\"}";
    }

    Wire.Answer check(String client, String scene, String body) throws IOException {
        return Wire.once(port(), post("/v1/scenes/" + scene + "/checks", key(client), body));
    }

    Wire.Answer batch(String client, String scene, String body) throws IOException {
        return Wire.once(port(), post("/v1/scenes/" + scene + "/checks/batch", key(client), body));
    }

    Wire.Answer get(String path, @Nullable String credential) throws IOException {
        return Wire.once(port(), request("GET", path, credential));
    }

    Wire.Answer manage(String path) throws IOException {
        return Wire.once(server.managementPort(), request("GET", path, null));
    }

    private Client client(
            String id, Role role, @Nullable String scope, boolean batch, int perSecond, int perDay, String expires) {
        String key = keys.computeIfAbsent(id, unused -> ApiKey.make());
        boolean terminal = role == Role.TERMINAL;
        return new Client(
                id,
                role,
                id,
                Set.of(ApiKey.sha256(key)),
                terminal && scope != null ? Set.of(scope) : Set.of(),
                !terminal && scope != null ? Set.of(scope) : Set.of(),
                Set.of(),
                batch,
                perSecond,
                perDay,
                LocalDate.parse(expires),
                certificates.getOrDefault(id, Set.of()));
    }

    @Override
    public void close() throws IOException {
        server.close();
        trail.close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
