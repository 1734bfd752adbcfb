package io.osmanthus.http.command;

import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.Client;
import io.osmanthus.http.Clients;
import io.osmanthus.http.Configuration;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.http.Role;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A whole server with everything behind it: snapshots of a synthetic city, a ledger, a trail, a client of each role. */
public final class Whole implements AutoCloseable {
    public static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    public static final City CITY = new City(400, 40, 11, DAY);

    /** Adults whom no delivery names. */
    private static final String STRANGER = "320501189001010017";

    private static final String NOBODY = "320501189001010033";

    private static final Path CONFIG = Program.root().resolve("config");
    private static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    private static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);
    private static final int MANY = 100_000_000;

    private final String terminal = ApiKey.make();
    private final String department = ApiKey.make();
    private final DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());
    private final Path config;
    private final SnapshotStore store;
    private final Serving serving;
    private final String current;
    private final String damaged;
    private final String underAnotherKey;

    private Whole(Path directory, ServerConfig.Limits limits) throws IOException {
        CITY.generate(directory.resolve("delivery"), Progress.SILENT);
        store = SnapshotStore.openOrCreate(directory.resolve("store"));
        damaged = build(directory, KEY);
        underAnotherKey = build(directory, PseudonymKey.ofHex("ab".repeat(32)));
        current = build(directory, KEY);
        Path file = store.path(damaged).resolve("persons.parquet");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Path jwks = Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        Ledger.Place place = Database.fresh();
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                2,
                store.directory(),
                ServerConfig.Trail.DEFAULT,
                null,
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, jwks.toString()),
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.STAFF_AUDIENCE, jwks.toString()),
                limits,
                new ServerConfig.Database(null, place.jdbcUrl()),
                60,
                90,
                ServerConfig.Running.DEMONSTRATION);
        this.config = Program.copyConfig(directory.resolve("config"));
        Files.writeString(this.config.resolve("clients.yaml"), clientsYaml("as at the start"));
        serving = Serving.start(new Serving.Plan(
                config,
                Configuration.of(RULES, clients()),
                this.config,
                KEY,
                Trust.of(KEY, null, true),
                store,
                DAY,
                Progress.SILENT,
                place.user(),
                place.password()));
    }

    public static Whole start(Path directory, ServerConfig.Limits limits) throws IOException {
        return new Whole(directory, limits);
    }

    private String build(Path directory, PseudonymKey key) throws IOException {
        new Building(CONFIG, VOCABULARY, key, null, Trust.of(key, null, true), PublishingLimits.load(CONFIG), true, DAY)
                .build(directory.resolve("delivery"), store, result -> true, "for a test", Progress.SILENT);
        return store.current();
    }

    private Clients clients() {
        Set<String> scenes =
                VOCABULARY.scenes().stream().map(SceneDefinition::id).collect(Collectors.toSet());
        Set<String> matters = RULES.matters().stream().map(Matter::id).collect(Collectors.toSet());
        Set<String> sources = VOCABULARY.items().stream()
                .flatMap(item -> item.sources().stream())
                .collect(Collectors.toSet());
        LocalDate far = LocalDate.of(2099, 1, 1);
        Set<String> gate = Set.of(ApiKey.sha256(terminal));
        Set<String> office = Set.of(ApiKey.sha256(department));
        return Clients.of(List.of(
                new Client("gate", Role.TERMINAL, "g", gate, scenes, Set.of(), Set.of(), true, MANY, MANY, far),
                new Client(
                        "office", Role.DEPARTMENT, "o", office, Set.of(), matters, sources, false, MANY, MANY, far)));
    }

    /** The same clients as a file, with a title to change. */
    public String clientsYaml(String title) {
        StringBuilder yaml = new StringBuilder("clients:\n");
        for (Client client : clients().all()) {
            yaml.append("  - id: ")
                    .append(client.id())
                    .append("\n    role: ")
                    .append(client.role().word());
            yaml.append("\n    title: ")
                    .append(title)
                    .append("\n    key_sha256: ")
                    .append(client.keySha256());
            yaml.append("\n    scenes: ")
                    .append(client.scenes())
                    .append("\n    matters: ")
                    .append(client.matters());
            yaml.append("\n    sources: ").append(client.sources());
            yaml.append("\n    grants: ").append(client.batch() ? "[batch]" : "[]");
            yaml.append("\n    subjects_per_second: ").append(client.subjectsPerSecond());
            yaml.append("\n    subjects_per_day: ").append(client.subjectsPerDay());
            yaml.append("\n    expires_on: ").append(client.expiresOn()).append('\n');
        }
        return yaml.toString();
    }

    /** The directory that a reload reads. */
    public Path config() {
        return config;
    }

    public int port() {
        return serving.port();
    }

    /** A credential of a role; citizens and representatives by number in the city. */
    public String credential(Role role, int who) {
        Duration lifetime = Duration.ofMinutes(30);
        return switch (role) {
            case PUBLIC -> "";
            case TERMINAL -> terminal;
            case DEPARTMENT -> department;
            case DESK, OVERSIGHT, OPERATOR -> issuer.staff("li.na", role, lifetime);
            case CITIZEN -> issuer.citizen(CITY.personId(who), lifetime);
            case REPRESENTATIVE -> issuer.representative(CITY.uscc(who), lifetime);
        };
    }

    /** Of who speaks for any organisation. */
    public String representative(String uscc) {
        return issuer.representative(uscc, Duration.ofMinutes(30));
    }

    /** Of somebody who is not enrolled yet. */
    public String stranger() {
        return issuer.citizen(STRANGER, Duration.ofMinutes(30));
    }

    /** Of somebody who never enrols. */
    public String nobody() {
        return issuer.citizen(NOBODY, Duration.ofMinutes(30));
    }

    /** The snapshot that is served. */
    public String current() {
        return current;
    }

    /** A snapshot of the store with a flipped bit. */
    public String damaged() {
        return damaged;
    }

    /** A snapshot of the store that was built under another pseudonym key. */
    public String underAnotherKey() {
        return underAnotherKey;
    }

    @Override
    public void close() {
        serving.close();
    }
}
