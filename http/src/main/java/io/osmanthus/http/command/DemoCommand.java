package io.osmanthus.http.command;

import io.osmanthus.engine.Keeper;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.Client;
import io.osmanthus.http.Clients;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.http.Role;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the engine at work on a city of its own. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Generates a synthetic city, builds its snapshot, serves it on 127.0.0.1 and prints calls to try.",
            "Keys are made for this run; what it writes is removed at the end (Ctrl-C)."
        })
final class DemoCommand implements Callable<Integer> {
    /** The city that load tests expect, unless told otherwise. */
    private static final long SEED = 2020;

    private static final int SUBJECTS_PER_SECOND = 100_000_000;
    private static final int SUBJECTS_PER_DAY = 1_000_000_000;
    private static final int SAMPLE_TOKENS = 10;
    private static final long SEARCH_MAX = 20_000;
    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(59);
    private static final int SNAPSHOTS_MAX = 10;

    @Option(names = "--persons", paramLabel = "N", defaultValue = "200000", description = "Default ${DEFAULT-VALUE}.")
    private long persons;

    @Option(
            names = "--organisations",
            paramLabel = "M",
            defaultValue = "-1",
            showDefaultValue = Help.Visibility.NEVER,
            description = "Default: one for ten persons.")
    private long organisations;

    @Option(names = "--port", paramLabel = "P", defaultValue = "8080", description = "Default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--config",
            paramLabel = "DIR",
            defaultValue = "config",
            description = "Rules and vocabulary; default ${DEFAULT-VALUE}.")
    private Path config = Path.of("config");

    @Option(
            names = "--snapshots",
            paramLabel = "N",
            defaultValue = "1",
            description = "Builds the snapshot so often that an operator can swap; default ${DEFAULT-VALUE}.")
    private int snapshots = 1;

    @Option(
            names = "--citizens",
            paramLabel = "N",
            defaultValue = "0",
            description = "For load tests: tokens of the first N citizens go into --citizens-file.")
    private int citizens;

    @Option(
            names = "--citizens-file",
            paramLabel = "FILE",
            description = "Made here, readable by its owner only, removed at the end.")
    private @Nullable Path citizensFile;

    private volatile @Nullable Serving running;
    private volatile @Nullable CitizenFile handedOver;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        CitizenFile.check(citizens, citizensFile);
        if (snapshots < 1 || snapshots > SNAPSHOTS_MAX) {
            throw new CommandException("--snapshots is 1 to " + SNAPSHOTS_MAX + ", found " + snapshots);
        }
        Path directory = Files.createTempDirectory("osmanthus-demo");
        Thread tidy = new Thread(() -> tidy(directory), "osmanthus-tidy");
        Runtime.getRuntime().addShutdownHook(tidy);
        RuleSet rules = RuleSet.load(config, Vocabulary.load(config));
        LocalDate today = LocalDate.now(Keeper.ZONE);
        City city = city(today);
        Progress progress = ConsoleProgress.onStderr();

        say("generating a city of " + city.persons() + " persons and " + city.organisations() + " organisations");
        Path delivery = directory.resolve("delivery");
        city.generate(delivery, progress);

        PseudonymKey key = PseudonymKey.ofHex(KeyCommand.newPseudonymKey());
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        say("building its snapshot");
        PublishingLimits limits = PublishingLimits.load(config);
        for (int i = 0; i < snapshots; i++) {
            new Building(config, rules.vocabulary(), key, null, Trust.of(key, null, true), limits, true, today)
                    .build(delivery, store, progress);
        }
        remove(delivery);

        String terminal = ApiKey.make();
        String department = ApiKey.make();
        String operator = ApiKey.make();
        String desk = ApiKey.make();
        DemoIssuer issuer = DemoIssuer.make(Clock.systemUTC());
        Path jwks = Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        ServerConfig server = ServerConfig.demonstration(
                port,
                store.directory(),
                directory.resolve("ledger"),
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, jwks.toString()));
        Serving.Plan plan = new Serving.Plan(
                server,
                clients(rules, terminal, department, operator, desk),
                rules,
                key,
                Trust.of(key, null, true),
                store,
                null,
                progress,
                "",
                "");
        try (Serving serving = Serving.start(plan)) {
            running = serving;
            if (citizensFile != null) {
                handedOver = CitizenFile.write(citizensFile, city, issuer, citizens);
            }
            String url = "http://127.0.0.1:" + serving.port();
            say("ready on " + url);
            calls(url, city, samples(serving, city, key, rules), List.of(terminal, department, operator, desk), issuer);
            serving.await();
        }
        return 0;
    }

    /** The database must have stopped before its files go. */
    private void tidy(Path directory) {
        CitizenFile handed = handedOver;
        if (handed != null) {
            handed.close();
        }
        Serving serving = running;
        if (serving != null) {
            serving.close();
        }
        remove(directory);
    }

    private City city(LocalDate today) {
        try {
            return new City(persons, organisations < 0 ? Math.max(1, persons / 10) : organisations, SEED, today);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    private static Clients clients(RuleSet rules, String terminal, String department, String operator, String desk) {
        Set<String> scenes =
                rules.vocabulary().scenes().stream().map(SceneDefinition::id).collect(Collectors.toSet());
        Set<String> matters = rules.matters().stream().map(Matter::id).collect(Collectors.toSet());
        Set<String> keepers = rules.vocabulary().lists().stream()
                .flatMap(list -> list.sources().stream())
                .collect(Collectors.toSet());
        LocalDate expires = LocalDate.now(Keeper.ZONE).plusDays(2);
        return Clients.of(List.of(
                new Client(
                        "demo-terminal",
                        Role.TERMINAL,
                        "Demonstration terminal of every scene",
                        Set.of(ApiKey.sha256(terminal)),
                        scenes,
                        Set.of(),
                        Set.of(),
                        true,
                        SUBJECTS_PER_SECOND,
                        SUBJECTS_PER_DAY,
                        expires),
                new Client(
                        "demo-department",
                        Role.DEPARTMENT,
                        "Demonstration department of every matter and list",
                        Set.of(ApiKey.sha256(department)),
                        Set.of(),
                        matters,
                        keepers,
                        false,
                        SUBJECTS_PER_SECOND,
                        SUBJECTS_PER_DAY,
                        expires),
                new Client(
                        "demo-desk",
                        Role.DESK,
                        "Demonstration desk",
                        Set.of(ApiKey.sha256(desk)),
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        false,
                        SUBJECTS_PER_SECOND,
                        SUBJECTS_PER_DAY,
                        expires),
                new Client(
                        "demo-operator",
                        Role.OPERATOR,
                        "Demonstration operator",
                        Set.of(ApiKey.sha256(operator)),
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        false,
                        SUBJECTS_PER_SECOND,
                        SUBJECTS_PER_DAY,
                        expires)));
    }

    /** Calls that work when pasted, about people and companies that nobody is. */
    private void calls(String url, City city, Samples samples, List<String> keys, DemoIssuer issuer) {
        PrintWriter out = spec.commandLine().getOut();
        String post =
                "curl -s -H \"Authorization: Bearer $%s\" -H 'Content-Type: application/json' -d '%s' " + url + "%s%n";
        out.println();
        out.println(
                "# Keys of this run, as a terminal, a department, an operator, the desk and a citizen hold them (the citizen's"
                        + " for an hour):");
        out.println("export OSMANTHUS_API_KEY=" + keys.get(0));
        out.println("export OSMANTHUS_DEPARTMENT_KEY=" + keys.get(1));
        out.println("export OSMANTHUS_OPERATOR_KEY=" + keys.get(2));
        out.println("export OSMANTHUS_DESK_KEY=" + keys.get(3));
        out.println(
                "export OSMANTHUS_CITIZEN_TOKEN=" + issuer.citizen(city.personId(samples.person()), TOKEN_LIFETIME));
        out.println();
        out.println("# A check at a gate:");
        out.printf(post, "OSMANTHUS_API_KEY", subject(city, samples.token()), "/v1/scenes/transit/checks");
        out.println("# A batch:");
        StringBuilder subjects = new StringBuilder();
        for (int i = 0; i < Math.min(SAMPLE_TOKENS, city.tokens()); i++) {
            subjects.append(i == 0 ? "" : ",").append(subject(city, i));
        }
        out.printf(post, "OSMANTHUS_API_KEY", "{\"subjects\":[" + subjects + "]}", "/v1/scenes/transit/checks/batch");
        out.println("# A citizen's score, and why:");
        out.println("curl -s -H \"Authorization: Bearer $OSMANTHUS_CITIZEN_TOKEN\" " + url + "/v1/me/score");
        if (samples.record() != null) {
            out.println("# An objection to one of its records, which stops counting; and the desk's work queue:");
            out.printf(
                    post,
                    "OSMANTHUS_CITIZEN_TOKEN",
                    "{\"subject\":\"record\",\"id\":\"" + samples.record() + "\",\"grounds\":\"不是我\"}",
                    "/v1/me/objections");
            out.println("curl -s -H \"Authorization: Bearer $OSMANTHUS_DESK_KEY\" " + url + "/v1/cases");
        }
        if (city.organisations() > 0) {
            out.println("# An organisation in a tender:");
            out.printf(
                    post,
                    "OSMANTHUS_DEPARTMENT_KEY",
                    "{\"organisations\":[{\"uscc\":\"" + city.uscc(samples.organisation()) + "\"}]}",
                    "/v1/matters/tendering/matches");
        }
        out.println("# The scenes in words, the contract, the metrics:");
        out.println("curl -s " + url + "/v1/scenes/transit");
        out.println("curl -s " + url + "/openapi.yaml");
        out.println("curl -s " + url + "/metrics");
        out.println();
        out.println("Ctrl-C ends the demo.");
        out.flush();
    }

    /** Whose answers show something: a token with a benefit, a person with several records, a listed organisation. */
    private record Samples(
            long token, long person, @Nullable String record, long organisation) {}

    private static Samples samples(Serving serving, City city, PseudonymKey key, RuleSet rules) {
        SceneDefinition transit =
                Objects.requireNonNull(rules.vocabulary().scene("transit"), "scenes.yaml has transit");
        int tendering = rules.matters().stream()
                .filter(matter -> matter.id().equals("tendering"))
                .mapToInt(Matter::index)
                .findFirst()
                .orElse(0);
        Pseudonymiser cards = key.pseudonymiser(Scheme.CARD);
        Pseudonymiser persons = key.pseudonymiser(Scheme.PERSON);
        Pseudonymiser codes = key.pseudonymiser(Scheme.USCC);
        try (Reader reader = serving.reader()) {
            long token = first(Math.min(SEARCH_MAX, city.persons()), i -> {
                cards.make(city.token(i).token());
                return reader.check(transit.index(), cards.high(), cards.low()) > 0;
            });
            long person = first(Math.min(SEARCH_MAX, city.persons()), i -> {
                persons.make(city.personId(i));
                Explanation explanation = reader.explain(persons.high(), persons.low());
                return explanation != null && explanation.lines().size() > 2;
            });
            persons.make(city.personId(person));
            Explanation shown = reader.explain(persons.high(), persons.low());
            String record = shown == null || shown.lines().isEmpty()
                    ? null
                    : shown.lines().get(0).recordId();
            long organisation = first(Math.min(SEARCH_MAX, city.organisations()), i -> {
                codes.make(city.uscc(i));
                MatchReport report = reader.match(tendering, codes.high(), codes.low());
                return report != null && report.outcome() == MatchReport.Outcome.MEASURE;
            });
            return new Samples(token, person, record, organisation);
        }
    }

    private static long first(long count, LongPredicate wanted) {
        return LongStream.range(0, count).filter(wanted).findFirst().orElse(0);
    }

    private static String subject(City city, long token) {
        return "{\"scheme\":\"" + city.token(token).scheme().word() + "\",\"token\":\""
                + city.token(token).token() + "\"}";
    }

    private void say(String what) {
        spec.commandLine().getErr().println("demo: " + what);
    }

    private static void remove(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            System.err.println("demo: " + directory + " could not be removed: " + e.getMessage());
        }
    }
}
