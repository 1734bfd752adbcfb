package io.osmanthus.http;

import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A server of a small city as a process of its own, to be killed: arguments are its trail's directory and its keys. */
final class TrailChild {
    private TrailChild() {}

    /** Client {@code gate-<i>} holds the i-th key. Prints its port and serves until it is killed. */
    public static void main(String[] arguments) throws InterruptedException {
        Path directory = Path.of(arguments[0]);
        List<Client> clients = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            clients.add(new Client(
                    "gate-" + i,
                    Role.TERMINAL,
                    "gate",
                    Set.of(ApiKey.sha256(arguments[i])),
                    Set.of("transit"),
                    Set.of(),
                    Set.of(),
                    true,
                    100_000_000,
                    1_000_000_000,
                    LocalDate.of(2099, 1, 1)));
        }
        ServerConfig config = new ServerConfig(
                true,
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                List.of(),
                2,
                directory,
                new ServerConfig.Trail(directory, null, "drill", 16, 1_000, TrailOptions.COUNTS_MONTHS_DEFAULT),
                null,
                null,
                Rig.generous(),
                new ServerConfig.Database(null, "jdbc:postgresql:none"),
                60,
                90);
        City city = new City(Rig.RULES);
        AccessTrail trail = AccessTrail.start(config.trail().options(directory), InstantSource.system());
        Server server = Server.start(
                config,
                Clients.of(clients),
                Rig.VOCABULARY,
                Rig.RULES.scenes(),
                Rig.RULES.matters(),
                city,
                City.KEY,
                CandidateSearch.NONE,
                trail,
                InstantSource.system());
        city.publish(1, Rig.words());
        System.out.println(server.port());
        Thread.sleep(Long.MAX_VALUE);
    }
}
