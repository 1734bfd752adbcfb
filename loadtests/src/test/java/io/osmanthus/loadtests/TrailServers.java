package io.osmanthus.loadtests;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.ApiKey;
import io.osmanthus.http.CandidateSearch;
import io.osmanthus.http.Client;
import io.osmanthus.http.Clients;
import io.osmanthus.http.Role;
import io.osmanthus.http.Server;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two servers of one event loop each in one process, on one city and one engine: the first with an access trail, the second
 * without. Argument: the trail's directory. The terminal's key comes from {@code OSMANTHUS_API_KEY}; prints both ports.
 */
public final class TrailServers {
    private static final int SUBJECTS_PER_SECOND = 100_000_000;
    private static final int SUBJECTS_PER_DAY = 1_000_000_000;

    private TrailServers() {}

    /** Serves until it is ended. */
    public static void main(String[] args) throws IOException, InterruptedException {
        LocalDate today = LocalDate.now(ZoneId.of("Asia/Shanghai"));
        Path directory = Path.of(args[0]);
        Path config = Path.of(System.getProperty("osmanthus.root", ".."), "config");
        RuleSet rules = RuleSet.load(config, Vocabulary.load(config));
        City of = DemoCity.city();
        City city = new City(of.persons(), 0, DemoCity.number("seed", 2020), today);
        Engine engine = new Engine();
        engine.publish(CheckBenchmark.generation(city, today));
        AccessTrail trail = AccessTrail.start(TrailOptions.of(directory), Clock.systemUTC());
        int with = start(engine, rules, directory, trail, today);
        int without = start(engine, rules, directory, null, today);
        System.out.println("ports " + with + " " + without);
        Thread.sleep(Long.MAX_VALUE);
    }

    private static int start(
            Engine engine, RuleSet rules, Path directory, @Nullable AccessTrail trail, LocalDate today) {
        ServerConfig shape = ServerConfig.demonstration(0, directory, directory.resolve("ledger"), null);
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                1,
                directory,
                shape.trail(),
                null,
                null,
                shape.limits(),
                shape.database(),
                shape.ledgerStalenessMaxSeconds(),
                shape.erasureDays());
        Client terminal = new Client(
                "terminal",
                Role.TERMINAL,
                "Terminal",
                Set.of(ApiKey.sha256(Workshop.apiKey())),
                Set.of("transit"),
                Set.of(),
                Set.of(),
                true,
                SUBJECTS_PER_SECOND,
                SUBJECTS_PER_DAY,
                today.plusDays(2));
        return Server.start(
                        config,
                        Clients.of(List.of(terminal)),
                        rules,
                        engine,
                        PseudonymKey.ofHex(CheckBenchmark.KEY),
                        CandidateSearch.NONE,
                        trail,
                        Clock.systemUTC(),
                        null)
                .port();
    }
}
