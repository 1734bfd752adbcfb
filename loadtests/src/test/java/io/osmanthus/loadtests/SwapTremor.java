package io.osmanthus.loadtests;

import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.city.City;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/**
 * A server moves from one snapshot to another under a steady load of half its saturation rate: what requests fail, what
 * answers mix two snapshots, how the latencies during the swap stand against those before, and what memory is held after it.
 * The event loop has one core; loads, garbage collection and the client share the other.
 *
 * <p>Arguments: persons (200000), seconds before and after the swap (20), a store with two snapshots of that many persons as
 * {@link CityScale} makes them (default: made here), organisations of that store (a quarter). System properties: {@code
 * serverCpu} (0) and {@code wrkCpu} (1).
 */
public final class SwapTremor {
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    private static final int LATER_DAYS = 30;
    private static final long SEED = 7;

    /** How long after the swap a request may still be answered that was meant for before. */
    private static final int SETTLE_MS = 2_000;

    private static final int SWAP_SECONDS_MAX = 900;

    private SwapTremor() {}

    /** Measures. */
    public static void main(String[] args) throws Exception {
        long persons = args.length > 0 ? Long.parseLong(args[0]) : 200_000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        long organisations = args.length > 3 ? Long.parseLong(args[3]) : persons / 4;
        boolean held;
        Workshop workshop = Workshop.temporary("swap");
        try {
            SnapshotStore store =
                    args.length > 2 ? SnapshotStore.open(Path.of(args[2])) : make(workshop, persons, organisations);
            List<String> versions = store.list();
            held = run(
                    workshop,
                    store,
                    versions.get(0),
                    versions.get(1),
                    new City(persons, organisations, SEED, AS_OF),
                    seconds);
        } finally {
            workshop.tidy();
        }
        if (!held) {
            System.exit(1);
        }
    }

    private static SnapshotStore make(Workshop workshop, long persons, long organisations) throws Exception {
        for (LocalDate asOf : List.of(AS_OF, AS_OF.plusDays(LATER_DAYS))) {
            Path delivery = workshop.directory().resolve("delivery");
            workshop.osmanthus(
                    "generate",
                    "--persons=" + persons,
                    "--organisations=" + organisations,
                    "--seed=" + SEED,
                    "--as-of=" + asOf,
                    "--out=" + delivery);
            workshop.osmanthus(
                    "build",
                    "--delivery=" + delivery,
                    "--store=" + workshop.directory().resolve("store"),
                    "--config=" + workshop.config(),
                    "--as-of=" + asOf,
                    "--force=measuring");
            Workshop.remove(delivery);
        }
        return SnapshotStore.open(workshop.directory().resolve("store"));
    }

    private static boolean run(
            Workshop workshop, SnapshotStore store, String first, String second, City city, int seconds)
            throws Exception {
        String before = store.current();
        String loopCpu = DemoCity.text("serverCpu", "0");
        String restCpu = DemoCity.text("wrkCpu", "1");
        MeasuredServer.pinSelf(restCpu);
        Path config = workshop.directory().resolve("config");
        String key = workshop.configure(config);
        store.activate(first);
        List<String> command = List.of(
                "-jar",
                workshop.jar().toString(),
                "serve",
                "--config=" + config,
                "--store=" + store.directory(),
                "--as-of=" + AS_OF.plusDays(LATER_DAYS));
        Path log = workshop.directory().resolve("serve.log");
        try (MeasuredServer server = MeasuredServer.start(command, Workshop.environment(), log, loopCpu, restCpu)) {
            Rehearsal rehearsal = new Rehearsal(city, "transit", key);
            long[] resident = new long[2];
            double[] took = new double[2];
            rehearsal.run(server, playing -> {
                playing.phase(0);
                Thread.sleep(seconds * 1_000L);
                resident[0] = server.residentMebibytes();
                double cpu = server.cpuSeconds();
                long begin = System.nanoTime();
                playing.phase(1);
                store.activate(second);
                server.await(ready -> ready.get("snapshot").asText().equals(second), SWAP_SECONDS_MAX);
                took[0] = (System.nanoTime() - begin) / 1e9;
                took[1] = server.cpuSeconds() - cpu;
                Thread.sleep(SETTLE_MS);
                playing.phase(2);
                Thread.sleep(seconds * 1_000L);
                resident[1] = server.residentMebibytes();
            });
            Rehearsal.say(
                    "swap of %,d persons: served after %.1f s (%.1f CPU-s of the server, answers included);"
                            + " resident %,d MiB before, %,d MiB after",
                    city.persons(), took[0], took[1], resident[0], resident[1]);
            return rehearsal.report();
        } finally {
            store.activate(before);
        }
    }
}
