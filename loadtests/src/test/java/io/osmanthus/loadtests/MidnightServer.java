package io.osmanthus.loadtests;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.GenerationLoader;
import io.osmanthus.engine.Keeper;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.http.CandidateSearch;
import io.osmanthus.http.Clients;
import io.osmanthus.http.Server;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The server as {@code serve} starts it, but for the ledger, on a clock that stands until it is told to go. Arguments: store,
 * configuration, day. Lines of standard input: {@code prepare} loads the next day's generation as the keeper does five minutes
 * ahead; {@code run <seconds>} sets the clock to so many seconds before midnight and lets it go.
 */
public final class MidnightServer {
    private static final int TURN_INTERVAL_MS = 100;

    private MidnightServer() {}

    /** Stands before it is told to run, then runs. */
    private static final class Told extends Clock {
        private volatile Instant from;
        private volatile long sinceNanos = Long.MIN_VALUE;

        private Told(Instant from) {
            this.from = from;
        }

        private void stand(Instant at) {
            from = at;
        }

        private void go(Instant at) {
            from = at;
            sinceNanos = System.nanoTime();
        }

        @Override
        public Instant instant() {
            long since = sinceNanos;
            return since == Long.MIN_VALUE ? from : from.plusNanos(System.nanoTime() - since);
        }

        @Override
        public ZoneId getZone() {
            return Keeper.ZONE;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Serves until standard input ends. */
    public static void main(String[] args) throws Exception {
        SnapshotStore store = SnapshotStore.open(Path.of(args[0]));
        Path directory = Path.of(args[1]);
        LocalDate day = LocalDate.parse(args[2]);
        Instant midnight = day.plusDays(1).atStartOfDay(Keeper.ZONE).toInstant();
        Told clock = new Told(midnight.minusSeconds(3_600));
        PseudonymKey key = PseudonymKey.ofHex(Workshop.KEY);
        RuleSet rules = RuleSet.load(directory, Vocabulary.load(directory));
        ServerConfig config = ServerConfig.load(directory);
        Clients clients = Clients.load(
                directory,
                rules.vocabulary(),
                rules.matters().stream().map(Matter::id).collect(Collectors.toSet()),
                config.keyPolicy());
        Engine engine = new Engine();
        AccessTrail trail = AccessTrail.start(config.trail().options(store.directory()), clock);
        Keeper keeper =
                new Keeper(engine, store::current, (version, on) -> load(store, key, rules, version, on), clock, null);
        keeper.start();
        var turns = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "osmanthus-keeper");
            thread.setDaemon(true);
            return thread;
        });
        var unused =
                turns.scheduleWithFixedDelay(keeper::turn, TURN_INTERVAL_MS, TURN_INTERVAL_MS, TimeUnit.MILLISECONDS);
        Server server = Server.start(config, clients, rules, engine, key, CandidateSearch.NONE, trail, clock, null);
        System.out.println("ready on 127.0.0.1:" + server.port());
        BufferedReader told = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = told.readLine(); line != null; line = told.readLine()) {
            if (line.equals("prepare")) {
                clock.stand(midnight.minusSeconds(240));
                keeper.tick();
                System.out.println("prepared");
            } else if (line.startsWith("run ")) {
                long seconds = Long.parseLong(line.substring(4));
                clock.go(midnight.minusSeconds(seconds));
                System.out.println("midnight at " + (System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds)));
            }
        }
        server.close();
        keeper.close();
        engine.close();
        trail.close();
    }

    private static Generation load(
            SnapshotStore store, PseudonymKey key, RuleSet rules, String version, LocalDate day) {
        Snapshot snapshot = Snapshot.open(store.path(version), Trust.of(key, null, true));
        return GenerationLoader.load(snapshot, rules, day, Runtime.getRuntime().availableProcessors(), Progress.SILENT);
    }
}
