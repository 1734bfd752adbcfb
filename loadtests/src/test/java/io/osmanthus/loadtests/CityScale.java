package io.osmanthus.loadtests;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.GenerationLoader;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Dossier;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Rows;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotReader;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.vocabulary.SubjectType;
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
import java.util.stream.Stream;

/**
 * A city at rest and in memory, by size: how long it takes to generate, to build (beside DuckDB, which only reads and sorts
 * the same files), to compare and to load, and what it takes of memory. Each step of ours that an operator calls is a process
 * of its own; its peak is what the kernel says (VmHWM). Everything is measured in one run, one step after the other. What is
 * no longer needed is deleted as it goes; the snapshots stay, in a directory that was named. At the end the figures stand
 * beside their bars, which are those for 13 million persons; a missed one ends the program with 1.
 *
 * <p>Arguments: persons (1000000), organisations (a quarter of them), an empty directory with about 600 bytes a person to
 * spare (a temporary one, removed at the end). System properties: {@code duckdb=false} leaves the comparison out, {@code
 * loads} (3).
 */
public final class CityScale {
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    private static final int LATER_DAYS = 30;
    private static final int LOADS = 3;

    private final Workshop workshop;
    private final Path directory;
    private final long persons;
    private final long organisations;
    private final Bars bars = new Bars();

    /** File → the key that its rows are sorted by. */
    private static final Map<String, String> KEYS = keys();

    private CityScale(Workshop workshop, long persons, long organisations) {
        this.workshop = workshop;
        this.directory = workshop.directory();
        this.persons = persons;
        this.organisations = organisations;
    }

    /** Measures. */
    public static void main(String[] args) throws Exception {
        long persons = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        long organisations = args.length > 1 ? Long.parseLong(args[1]) : persons / 4;
        boolean held;
        Workshop workshop = args.length > 2 ? new Workshop(Path.of(args[2])) : Workshop.temporary("scale");
        try {
            CityScale scale = new CityScale(workshop, persons, organisations);
            scale.run();
            held = scale.bars.print();
        } finally {
            if (args.length <= 2) {
                workshop.tidy();
            }
        }
        if (!held) {
            System.exit(1);
        }
    }

    private void run() throws IOException, InterruptedException, SQLException {
        say(
                "%,d persons, %,d organisations in %s; load of the machine %.1f",
                persons, organisations, directory, load());
        Path delivery = directory.resolve("delivery");
        Workshop.Step first = generate(delivery, AS_OF);
        say("generate         %8.1f s, peak %,d MiB", first.seconds(), first.peakMebibytes());
        bars.atMost("generate", first.seconds() / 60, 10, "min");
        double duckDb = DemoCity.text("duckdb", "true").equals("true") ? duckDb(delivery) : 0;
        Workshop.Step build = build(delivery, AS_OF);
        say("build            %8.1f s, peak %,d MiB, load %.1f", build.seconds(), build.peakMebibytes(), load());
        String took = "build: took ";
        try (Stream<String> log = Files.lines(directory.resolve("build.log"))) {
            log.filter(line -> line.startsWith(took))
                    .forEach(line -> say("  of which %s", line.substring(took.length())));
        }
        bars.atMost("build, peak", build.peakMebibytes() / 1024.0, 6, "GiB");
        if (duckDb > 0) {
            bars.atMost("build / DuckDB", build.seconds() / duckDb, 6, "times");
            say("DuckDB alone     %8.1f s; build takes %.2f times as long", duckDb, build.seconds() / duckDb);
        }
        LocalDate later = AS_OF.plusDays(LATER_DAYS);
        Workshop.remove(delivery);
        generate(delivery, later);
        build(delivery, later);
        Workshop.remove(delivery);
        SnapshotStore store = SnapshotStore.open(directory.resolve("store"));
        List<String> versions = store.list();
        Path former = store.path(versions.get(0));
        Workshop.Step diff = workshop.osmanthus(
                "diff",
                "--config=" + workshop.config(),
                former.toString(),
                store.path(versions.get(1)).toString());
        say("diff             %8.1f s, peak %,d MiB, load %.1f", diff.seconds(), diff.peakMebibytes(), load());
        bars.atMost("diff", diff.seconds(), 30, "s");
        records(former);
        List<Double> loads = new ArrayList<>();
        for (long i = 0; i < DemoCity.number("loads", LOADS); i++) {
            loads.add(load(former));
        }
        loads.sort(null);
        if (!loads.isEmpty()) {
            bars.atMost("load with checksums, median", loads.get(loads.size() / 2), 30, "s");
        }
    }

    private Workshop.Step generate(Path to, LocalDate asOf) throws IOException, InterruptedException {
        return workshop.osmanthus(
                "generate",
                "--persons=" + persons,
                "--organisations=" + organisations,
                "--seed=7",
                "--as-of=" + asOf,
                "--out=" + to);
    }

    private Workshop.Step build(Path delivery, LocalDate asOf) throws IOException, InterruptedException {
        return workshop.osmanthus(
                "build",
                "--delivery=" + delivery,
                "--store=" + directory.resolve("store"),
                "--config=" + workshop.config(),
                "--as-of=" + asOf,
                "--force=measuring");
    }

    /** What a record takes in a dossier of records alone, which then bears all that a dossier takes beside its content. */
    private void records(Path snapshot) {
        Vocabulary vocabulary = Vocabulary.load(workshop.config());
        long[] bytes = new long[1];
        long count = 0;
        try (SnapshotReader reader = SnapshotReader.open(snapshot, vocabulary)) {
            for (SubjectType type : SubjectType.values()) {
                try (Rows rows = reader.records(type, 0, Integer.MAX_VALUE)) {
                    count += records(rows, type, bytes);
                }
            }
        }
        double each = (double) bytes[0] / Math.max(1, count);
        say("records          %8.1f bytes each, of %,d", each, count);
        bars.atMost("off the heap, a record", each, 32, "bytes");
    }

    private static long records(Rows rows, SubjectType type, long[] bytes) {
        SubjectFacts facts = new SubjectFacts();
        Dossier dossier = new Dossier();
        facts.clear(type);
        int subject = -1;
        long count = 0;
        while (rows.next()) {
            if (rows.integer(0) != subject) {
                bytes[0] += size(facts, dossier);
                facts.clear(type);
                subject = rows.integer(0);
            }
            int index =
                    facts.addRecord(rows.integer(1), rows.integer(3), rows.integer(4), rows.number(5), rows.integer(2));
            facts.severity[index] = rows.integer(6);
            facts.source[index] = rows.integer(7);
            facts.recordId[index] = rows.text(8);
            count++;
        }
        bytes[0] += size(facts, dossier);
        return count;
    }

    /** With its length before it, and rounded up to four bytes, as it lies in the arena. */
    private static long size(SubjectFacts facts, Dossier dossier) {
        return Dossier.empty(facts) ? 0 : (Integer.BYTES + dossier.pack(facts).length() + 3L) / 4 * 4;
    }

    /** Reads and sorts each file as DuckDB does by itself, and takes every row. */
    private double duckDb(Path delivery) throws SQLException, IOException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("memory_limit", "4GB");
        properties.setProperty("temp_directory", directory.resolve("spill").toString());
        double total = 0;
        Path database = directory.resolve("sort.duckdb");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + database, properties)) {
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
        Workshop.remove(directory.resolve("spill"));
        Workshop.remove(database);
        return total;
    }

    /** Seconds from the directory to a generation that can answer. */
    private double load(Path path) {
        long begin = System.nanoTime();
        Snapshot snapshot = Snapshot.open(path, Trust.of(PseudonymKey.ofHex(Workshop.KEY), null, true));
        double opened = seconds(begin);
        Path config = workshop.config();
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
                        + " (%,d), %.1f a person for dossiers, %.1f a person in all; load %.1f",
                loaded,
                opened,
                heap >> 20,
                (double) size.identifierBytes() / size.identifiers(),
                size.identifiers(),
                (double) size.dossierBytes() / size.persons(),
                (double) size.offHeapBytes() / size.persons(),
                load());
        bars.atMost("heap after load", heap / (double) (1 << 20), 512, "MiB");
        bars.atMost("off the heap, an identifier", (double) size.identifierBytes() / size.identifiers(), 40, "bytes");
        bars.atMost("off the heap, a person", (double) size.offHeapBytes() / size.persons(), 150, "bytes");
        generation.discard();
        return opened + loaded;
    }

    /** How much else the machine has to do: the load average of the last minute. */
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
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
