package io.osmanthus.loadtests;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.GenerationLoader;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * A city at rest and in memory, by size: how long it takes to generate, to build (beside DuckDB, which only reads and sorts
 * the same files), to compare and to load, and what it takes of memory. Each step of ours that an operator calls is a process
 * of its own; its peak is what the kernel says (VmHWM). Everything is measured in one run, one step after the other.
 *
 * <p>Arguments: persons (1000000), organisations (a quarter of them), an empty directory with about 1 kB a person to spare
 * (a temporary one).
 */
public final class CityScale {
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    private static final String KEY = "5e".repeat(PseudonymKey.KEY_BYTES);
    private static final int LOADS = 3;
    private static final int POLL_MS = 100;

    private final Path root = Path.of(System.getProperty("osmanthus.root", "."));
    private final Path directory;
    private final long persons;
    private final long organisations;

    /** File → the key that its rows are sorted by. */
    private static final Map<String, String> KEYS = keys();

    private CityScale(Path directory, long persons, long organisations) {
        this.directory = directory;
        this.persons = persons;
        this.organisations = organisations;
    }

    /** Measures. */
    public static void main(String[] args) throws Exception {
        long persons = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        long organisations = args.length > 1 ? Long.parseLong(args[1]) : persons / 4;
        Path directory = args.length > 2
                ? Files.createDirectories(Path.of(args[2]))
                : Files.createTempDirectory("osmanthus-scale");
        new CityScale(directory, persons, organisations).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        say("%,d persons, %,d organisations in %s", persons, organisations, directory);
        Step first = generate("first", AS_OF);
        say("generate         %8.1f s, peak %,d MiB", first.seconds(), first.peakMebibytes());
        double duckDb = duckDb(directory.resolve("first"));
        Step build = build("first", AS_OF);
        say("build            %8.1f s, peak %,d MiB", build.seconds(), build.peakMebibytes());
        say("DuckDB alone     %8.1f s; build takes %.2f times as long", duckDb, build.seconds() / duckDb);
        LocalDate later = AS_OF.plusDays(30);
        generate("second", later);
        build("second", later);
        SnapshotStore store = SnapshotStore.open(directory.resolve("store"));
        List<String> versions = store.list();
        Step diff = osmanthus(
                "diff",
                store.path(versions.get(0)).toString(),
                store.path(versions.get(1)).toString());
        say("diff             %8.1f s, peak %,d MiB", diff.seconds(), diff.peakMebibytes());
        for (int i = 0; i < LOADS; i++) {
            load(store.path(versions.get(0)));
        }
    }

    private Step generate(String name, LocalDate asOf) throws IOException, InterruptedException {
        return osmanthus(
                "generate",
                "--persons=" + persons,
                "--organisations=" + organisations,
                "--seed=7",
                "--as-of=" + asOf,
                "--out=" + directory.resolve(name));
    }

    private Step build(String name, LocalDate asOf) throws IOException, InterruptedException {
        return osmanthus(
                "build",
                "--delivery=" + directory.resolve(name),
                "--store=" + directory.resolve("store"),
                "--config=" + root.resolve("config"),
                "--as-of=" + asOf,
                "--force=measuring");
    }

    /** Reads and sorts each file as DuckDB does by itself, and takes every row. */
    private double duckDb(Path delivery) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("memory_limit", "4GB");
        properties.setProperty("temp_directory", directory.resolve("spill").toString());
        double total = 0;
        try (Connection connection =
                DriverManager.getConnection("jdbc:duckdb:" + directory.resolve("sort.duckdb"), properties)) {
            for (Map.Entry<String, String> file : KEYS.entrySet()) {
                Path csv = delivery.resolve(file.getKey() + ".csv");
                if (!Files.exists(csv)) {
                    continue;
                }
                long begin = System.nanoTime();
                long count = 0;
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT * FROM read_csv('" + csv
                                + "', header = true, all_varchar = true) ORDER BY " + file.getValue())) {
                    while (rows.next()) {
                        count++;
                    }
                }
                double seconds = seconds(begin);
                total += seconds;
                say("  DuckDB reads and sorts %-24s %,12d rows %8.1f s", csv.getFileName(), count, seconds);
            }
        }
        return total;
    }

    private void load(Path path) {
        long begin = System.nanoTime();
        Snapshot snapshot = Snapshot.open(path, Trust.of(PseudonymKey.ofHex(KEY), null, true));
        double opened = seconds(begin);
        Path config = root.resolve("config");
        RuleSet rules = RuleSet.load(config, Vocabulary.load(config));
        begin = System.nanoTime();
        Generation generation = GenerationLoader.load(
                snapshot, rules, AS_OF, Runtime.getRuntime().availableProcessors(), Progress.SILENT);
        double loaded = seconds(begin);
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        Generation.Footprint size = generation.footprint();
        say(
                "load             %8.1f s and %.1f s for checksums; heap %,d MiB; off the heap %.1f bytes an identifier"
                        + " (%,d), %.1f a person for dossiers, %.1f a person in all",
                loaded,
                opened,
                heap >> 20,
                (double) size.identifierBytes() / size.identifiers(),
                size.identifiers(),
                (double) size.dossierBytes() / size.persons(),
                (double) size.offHeapBytes() / size.persons());
        generation.discard();
    }

    /** A process that ended well. */
    private record Step(double seconds, long peakMebibytes) {}

    private Step osmanthus(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                root.resolve("http/target/osmanthus.jar").toString()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve(arguments[0] + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("OSMANTHUS_PSEUDONYM_KEY", KEY);
        long begin = System.nanoTime();
        Process process = builder.start();
        long peak = 0;
        while (process.isAlive()) {
            peak = Math.max(peak, peakKibibytes(process.pid()));
            Thread.sleep(POLL_MS);
        }
        double seconds = seconds(begin);
        if (process.exitValue() != 0) {
            throw new IOException(arguments[0] + " failed, see " + output);
        }
        return new Step(seconds, peak >> 10);
    }

    private static long peakKibibytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // it has just ended, or there is no /proc here
        }
    }

    private static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("persons", "person_id");
        keys.put("tokens", "scheme, token");
        keys.put("consents", "person_id, scene, granted_on");
        keys.put("organisations", "uscc");
        keys.put("records", "record_id");
        keys.put("arrears", "reference");
        keys.put("list_entries", "entry_id");
        keys.put("commitments", "commitment_id");
        keys.put("permits", "XK_WSH");
        keys.put("penalties", "CF_WSH");
        keys.put("administrative_acts", "kind, act_no");
        return keys;
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
