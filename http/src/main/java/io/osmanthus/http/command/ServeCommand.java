package io.osmanthus.http.command;

import io.osmanthus.http.Configuration;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.SnapshotStore;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the current snapshot of a store. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Serves the current snapshot over HTTP until it is asked to end (SIGTERM, Ctrl-C).",
            "A newly activated snapshot is loaded aside and taken over; so is each new day, at 00:00 in Shanghai."
        })
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private Places places = new Places();

    @Option(
            names = "--as-of",
            paramLabel = "DATE",
            description = "Serve this day instead of today, for rehearsals and tests.")
    private @Nullable LocalDate asOf;

    @Override
    public Integer call() throws InterruptedException {
        Secrets secrets = Secrets.ofEnvironment();
        ServerConfig config = places.server();
        Logs.use(config.running().log());
        Configuration begun = Configuration.load(places.config(), config.keyPolicy());
        Serving.Plan plan = new Serving.Plan(
                config,
                begun,
                places.config(),
                secrets.pseudonymKey(),
                places.trust(secrets),
                SnapshotStore.open(places.store()),
                asOf,
                ConsoleProgress.onStderr(),
                secrets.databaseUser(),
                secrets.databasePassword());
        try (Serving serving = Serving.start(plan)) {
            System.err.println("serve: ready on " + config.host() + ":" + serving.port());
            serving.await();
        }
        return 0;
    }
}
