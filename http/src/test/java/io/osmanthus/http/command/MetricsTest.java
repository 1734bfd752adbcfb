package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a running server, the dashboard and the alerts that read them, and the page that explains them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetricsTest {
    private static final Path CONFIG = Program.root().resolve("config");
    private static final Pattern OURS = Pattern.compile("\\bosmanthus_[a-z_]+");
    private static final Pattern READ = Pattern.compile("\\b(?:osmanthus|jvm|process|system)_[a-z_]+");

    /** Shown from the second hour on; {@code AnswerCountsTest} has a clock to show it. */
    private static final String HOURLY = "osmanthus_answers_hourly";

    @TempDir
    static Path directory = Path.of("");

    private ServeProcess server;
    private String scrape = "";

    @BeforeAll
    void serve() throws Exception {
        server = ServeProcess.alone(directory, "");
        String card = ServeProcess.CITY.token(0).token();
        assertEquals(200, server.check("transit", card).status());
        assertEquals(
                200,
                server.ask(
                                "POST",
                                "/v1/scenes/transit/checks/batch",
                                server.keys.terminal(),
                                "{\"subjects\":[" + ServeProcess.card(card) + ",7]}")
                        .status());
        assertEquals(401, server.ask("GET", "/v1/me/score", "e30.e30.e30", null).status());
        assertEquals(401, server.ask("GET", "/v1/snapshots", "osm_guess", null).status());
        assertEquals(401, server.ask("GET", "/v1/snapshots", null, null).status());
        assertEquals(
                200,
                server.ask("DELETE", "/v1/me/consents/transit", server.citizen(3), null)
                        .status());
        scrape = server.scrape();
    }

    @AfterAll
    void end() throws InterruptedException {
        assertEquals(143, server.terminate());
    }

    private Set<String> families() {
        Set<String> families = new TreeSet<>();
        scrape.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .forEach(families::add);
        return families;
    }

    /** A sample's name as a family: what a histogram adds is taken off. */
    private static String family(String sample, Set<String> families) {
        String family = sample.replaceAll("_(bucket|count|sum)$", "");
        return families.contains(sample) ? sample : family;
    }

    private static Set<String> named(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }

    private double value(String sample) {
        return scrape.lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no sample " + sample + " in\n" + scrape));
    }

    @Test
    void dashboardAndAlerts_readOnlyWhatIsScraped() throws IOException {
        Set<String> families = families();
        for (String file : Set.of("grafana/osmanthus.json", "prometheus/alerts.yaml")) {
            String expressions = Files.readAllLines(CONFIG.resolve(file)).stream()
                    .filter(line -> line.matches("\\s*\"?(expr|query)\"?: .*"))
                    .reduce("", (all, line) -> all + line + "\n");
            Set<String> read = named(READ, expressions);
            assertTrue(read.size() > 15, file + " reads " + read);
            read.removeIf(name -> name.equals(HOURLY) || families.contains(family(name, families)));
            assertEquals(Set.of(), read, file + " reads what no server shows");
        }
    }

    @Test
    void everyMetric_isExplained_andEveryExplainedOneExists() throws IOException {
        Set<String> explained = new TreeSet<>();
        boolean table = false;
        for (String line : Files.readAllLines(CONFIG.resolve("README.md"))) {
            table = line.startsWith("## ") ? line.equals("## Metrics") : table;
            if (table && line.startsWith("| `osmanthus_")) {
                String[] cells = line.split(" \\| ", -1);
                assertTrue(cells.length >= 4 && !cells[1].isBlank() && !cells[2].isBlank(), line);
                explained.addAll(named(OURS, cells[0]));
            }
        }
        Set<String> shown = new TreeSet<>(Set.of(HOURLY));
        families().stream()
                .filter(name -> name.startsWith("osmanthus_"))
                .map(name -> name.replaceAll("_max$", ""))
                .forEach(shown::add);
        assertEquals(shown, explained);
    }

    /** Every alert leads to a heading that says what to do. */
    @Test
    void everyAlert_hasItsPlaceInTheRunbook() throws IOException {
        Set<String> headings = new TreeSet<>();
        Files.readAllLines(CONFIG.resolve("README.md")).stream()
                .filter(line -> line.startsWith("#### "))
                .map(line ->
                        line.substring(5).toLowerCase(java.util.Locale.ROOT).replace(' ', '-'))
                .forEach(headings::add);
        String alerts = Files.readString(CONFIG.resolve("prometheus/alerts.yaml"));
        Set<String> led = named(Pattern.compile("(?<=README.md#)[a-z-]+"), alerts);
        assertEquals(
                alerts.lines().filter(line -> line.contains("- alert:")).count(),
                alerts.lines()
                        .filter(line -> line.contains("runbook: \"config/README.md#"))
                        .count());
        assertEquals(headings, led);
    }

    @Test
    void figures_areThoseOfWhatWasAsked() {
        assertEquals(1, value("osmanthus_checks_seconds_count{scene=\"transit\"}"));
        assertEquals(1, value("osmanthus_batches_seconds_count{scene=\"transit\"}"));
        assertEquals(2, value("osmanthus_batch_subjects_total{scene=\"transit\"}"));
        assertEquals(1, value("osmanthus_subjects_malformed_total{client=\"gate\"}"));
        assertEquals(1, value("osmanthus_authentications_failed_total{credential=\"none\"}"));
        assertEquals(1, value("osmanthus_authentications_failed_total{credential=\"key\"}"));
        assertEquals(1, value("osmanthus_authentications_failed_total{credential=\"token\"}"));
        assertEquals(3, value("osmanthus_problems_total{problem=\"unauthenticated\",status=\"401\"}"));
        assertEquals(1, value("osmanthus_loads_seconds_count{outcome=\"loaded\"}"));
        assertEquals(0, value("osmanthus_loads_seconds_count{outcome=\"failed\"}"));
        assertEquals(1, value("osmanthus_swaps_total"));
        assertEquals(1, value("osmanthus_ledger_commits_seconds_count"));
        assertEquals(1, value("osmanthus_ledger_acts_total"));
        assertEquals(1, value("osmanthus_ledger_position"));
        assertEquals(3, value("osmanthus_quarantined_rows{file=\"persons.csv\",reason=\"ID_MALFORMED\"}"));
        assertTrue(value("osmanthus_trail_commits_total") >= 2, "a check and a batch, each of a turn");
        assertEquals(0, value("osmanthus_trail_refused_total"));
        assertEquals(0, value("osmanthus_clients_spent"));
        assertTrue(value("osmanthus_facts_age_days") >= 0);
        assertTrue(value("osmanthus_generation_offheap_bytes") > 100_000);
        for (String part : Set.of("open", "generation", "today", "ledger", "trail")) {
            assertEquals(1, value("osmanthus_ready{part=\"" + part + "\"}"), part);
        }
    }

    /** No label joins a client with an answer, and no label value can be an identity. */
    @Test
    void labels_nameNobody() {
        Pattern label = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
        scrape.lines().filter(line -> line.startsWith("osmanthus_")).forEach(line -> {
            Set<String> labels = new TreeSet<>();
            Matcher matcher = label.matcher(line);
            while (matcher.find()) {
                labels.add(matcher.group(1));
                assertFalse(matcher.group(2).matches(".*\\d{6,}.*|.*[0-9a-f]{16,}.*"), line);
            }
            assertFalse(labels.contains("client") && !labels.equals(Set.of("client")), line);
        });
    }
}
