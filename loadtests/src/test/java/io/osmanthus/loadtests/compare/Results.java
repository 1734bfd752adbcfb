package io.osmanthus.loadtests.compare;

import io.osmanthus.loadtests.ChildJvm;
import io.osmanthus.loadtests.Plots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes {@code loadtests/RESULTS.md} and its charts: every row, what it was measured on, and which bars are held. */
final class Results {
    private static final double SPRING_RATIO_MIN = 5;
    private static final double MEMORY_RATIO_MIN = 2;
    private static final double HOLLOW_RATIO_MAX = 1.1;
    private static final double BARE_RATIO_MIN = 0.9;
    private static final double GET_RATIO_MIN = 1;
    private static final double PIPELINED_RATIO_MIN = 1.5;

    private final Path directory = ChildJvm.root().resolve("loadtests");
    private final List<Measured> rates;
    private final List<Measured> lookUps;
    private final Map<String, String> facts;

    Results(List<Measured> rates, List<Measured> lookUps, Map<String, String> facts) {
        this.rates = rates;
        this.lookUps = lookUps;
        this.facts = facts;
    }

    void write() throws IOException, InterruptedException {
        Map<String, Double> bars = new LinkedHashMap<>();
        rates.forEach(row -> bars.put(row.name(), row.median()));
        Path charts = Files.createDirectories(directory.resolve("results"));
        Plots.dots(
                charts.resolve("comparison.png"),
                new Plots.Words("One core of the server, medians", "", "answers a second"),
                bars);
        Map<String, Double> memory = new LinkedHashMap<>();
        rates.stream()
                .filter(row -> row.dataBytes() != null)
                .forEach(row -> memory.put(row.name(), row.dataBytes() == null ? 0.0 : row.dataBytes()));
        Plots.dots(charts.resolve("memory.png"), new Plots.Words("Memory", "", "bytes of data a subject"), memory);
        StringBuilder text = new StringBuilder("# Results\n\nWritten by the comparison itself (`Results`); every row"
                + " stays in, the losing ones too.\n\n");
        facts.forEach((name, value) ->
                text.append("- **").append(name).append("**: ").append(value).append('\n'));
        table(text, "On the wire", rates);
        text.append("\n![answers a second](results/comparison.png)\n\n![memory](results/memory.png)\n");
        table(text, "In process", lookUps);
        ratios(text);
        text.append(PEERS);
        Files.writeString(directory.resolve("RESULTS.md"), text);
        System.out.println(text);
    }

    private static void table(StringBuilder text, String title, List<Measured> rows) {
        text.append("\n## ").append(title).append("\n\n");
        text.append("| peer | what it does | median | spread | bytes a subject, data | bytes a subject, resident |\n");
        text.append("|---|---|---|---|---|---|\n");
        rows.forEach(row -> text.append(row.line()).append('\n'));
    }

    private void ratios(StringBuilder text) {
        Measured single = row(rates, "osmanthus, single");
        Measured spring = row(rates, "Spring Boot + Redis");
        text.append("\n## Ratios\n\n| this engine against | ratio | bar |\n|---|---|---|\n");
        double rate = single.median() / spring.median();
        bar(text, "Spring Boot + Redis, checks a second and core", rate, "≥ 5", rate >= SPRING_RATIO_MIN);
        double data = value(spring.dataBytes()) / value(single.dataBytes());
        bar(text, "… bytes of data a subject (theirs to ours)", data, "≥ 2", data >= MEMORY_RATIO_MIN);
        double resident = value(spring.residentBytes()) / value(single.residentBytes());
        bar(text, "… resident bytes a subject (theirs to ours)", resident, "≥ 2", resident >= MEMORY_RATIO_MIN);
        double lookUp =
                row(lookUps, "osmanthus").median() / row(lookUps, "Hollow").median();
        bar(text, "Hollow, time of a look-up", lookUp, "≤ 1.1", lookUp <= HOLLOW_RATIO_MAX);
        double bare = single.median() / row(rates, "bare Vert.x").median();
        bar(text, "bare Vert.x, single checks", bare, "≥ 0.90", bare >= BARE_RATIO_MIN);
        double get = single.median() / row(rates, "Redis GET").median();
        bar(text, "Redis GET one at a time, single checks", get, "≥ 1.0", get >= GET_RATIO_MIN);
        double pipelined = row(rates, "osmanthus, batch").median()
                / row(rates, "Redis GET, pipelined").median();
        bar(text, "Redis GET pipelined, batches", pipelined, "≥ 1.5", pipelined >= PIPELINED_RATIO_MIN);
    }

    private static void bar(StringBuilder text, String what, double ratio, String bar, boolean held) {
        text.append(
                String.format(Locale.ROOT, "| %s | **%.2f** | %s: %s |%n", what, ratio, bar, held ? "held" : "missed"));
    }

    private static double value(@org.jspecify.annotations.Nullable Double bytes) {
        return bytes == null ? Double.NaN : bytes;
    }

    private static Measured row(List<Measured> rows, String name) {
        return rows.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }

    /** The machine, the versions, the commit, the command: what a figure is worth nothing without. */
    static Map<String, String> facts(long persons, int turns, int seconds, String redisVersion)
            throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
        String memory = Files.readAllLines(Path.of("/proc/meminfo")).get(0).replaceAll("\\D", "");
        facts.put(
                "machine",
                Runtime.getRuntime().availableProcessors() + " cores of " + cpu + ", "
                        + (Long.parseLong(memory) >> 20) + " GiB, Linux " + System.getProperty("os.version")
                        + "; load before the run "
                        + Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
        facts.put(
                "versions",
                "JDK " + System.getProperty("java.version") + ", Redis " + redisVersion
                        + " (Debian), Spring Boot 3.5.7 with WebFlux and Lettuce, Netflix Hollow 7.14.23, wrk");
        String root = ChildJvm.root().toString();
        String changed = Shell.run(List.of("git", "-C", root, "status", "--porcelain", "--untracked-files=no"));
        String commit = Shell.run(List.of("git", "-C", root, "rev-parse", "--short=12", "HEAD"))
                .strip();
        facts.put("commit", commit + (changed.isBlank() ? "" : " and changes that are not committed"));
        facts.put("command", "`mvn -Pcompare verify -Dpersons=" + persons + "`");
        facts.put("day", LocalDate.now(java.time.ZoneId.of("Asia/Shanghai")).toString());
        facts.put(
                "how",
                String.format(
                        Locale.ROOT,
                        "%,d persons; %d turns of %d s, peers by turns; %d connections; every server side on one core"
                                + " (the Spring service and its Redis share it), the load on the other; medians, spread from"
                                + " the lowest to the highest turn",
                        persons,
                        turns,
                        seconds,
                        Wrk.CONNECTIONS));
        return facts;
    }

    private static final String PEERS = """

            ## The peers

            - **bare Vert.x** reads the same POST and answers a constant of the same length: the ceiling of the platform.
            - **Redis GET** is redis-benchmark on random ones of as many keys as there are persons, 16-byte values, without files.
            - **Spring Boot + Redis** (`src/compare/spring-redis`) does the same check: key of the terminal, pseudonym, consent,
              score, arrears, a line in the access log before the answer; metrics on. WebFlux and Lettuce, since that is the
              stack's fastest; one Lua script, so that a check is one round trip; Redis with an append-only file synced every second,
              which is what this engine's trail gives (1 s). Before the measurement both services are asked about the same
              tokens: their answers must be equal. It holds consents and scores, but no records and no organisations: it could explain
              no score, and match nothing.
            - **Hollow** holds the same random 128-bit keys under a primary key index, on the heap.
            - "Data" is what a peer says of itself: this engine's generation (identifiers, dossiers, words, pseudonyms, bitmaps,
              organisations included), Redis's `used_memory`. "Resident" is the memory of all its processes after the load, by
              the kernel, divided by the persons: JVMs and code included, so it falls with the size of the city. The PostgreSQL of the ledger is
              not in it, and the Spring service has nothing in its place.
            """;
}
