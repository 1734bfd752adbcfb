package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reads the metrics before and after does not see that somebody has enrolled, or that a report was about somebody enrolled. */
final class RoundedGaugesTest {
    private static final String STRANGER = "320501189001010017";
    private static final List<String> GAUGES = List.of("osmanthus_persons_used", "osmanthus_identifiers_used");

    @TempDir
    static Path directory = Path.of("");

    private static long metric(String text, String name) {
        return (long) Double.parseDouble(text.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .findFirst()
                .orElseThrow()
                .replaceFirst(".* ", ""));
    }

    @Test
    void enrolment_binding_andRetractionOfNothing_moveNoGaugeByOne() throws Exception {
        Town town = Town.found(directory);
        try (Serving node = town.serve(Town.shipped(), Database.fresh())) {
            String citizen = town.citizen(STRANGER);
            assertEquals(
                    200,
                    town.ask(node, "PUT", "/v1/me/enrolment", citizen, null).status());
            for (int i = 0; i < 3; i++) {
                String text = town.text(node, "/metrics");
                for (String gauge : GAUGES) {
                    assertEquals(0, metric(text, gauge) % 10, gauge);
                    assertTrue(metric(text, gauge) >= Town.CITY.persons(), gauge);
                }
                assertEquals(0, metric(text, "osmanthus_dossiers_abandoned_bytes") % 65_536);
                assertEquals(0, metric(text, "osmanthus_marks_waiting") % 1_000);
                String token = "{\"token\":\"621226999900050" + i + "\"}";
                String bind = "/v1/me/tokens/" + List.of("card", "plate", "app").get(i);
                assertEquals(200, town.ask(node, "PUT", bind, citizen, token).status());
                town.report(node, "r-" + i, STRANGER, "blood-donation", "红十字会");
                String retraction = "{\"retractions\":[{\"record_id\":\"nothing-" + i
                        + "\",\"subject_type\":\"person\",\"subject_id\":\"" + STRANGER
                        + "\",\"source\":\"红十字会\"}]}";
                assertEquals(
                        201,
                        town.ask(node, "POST", "/v1/retractions", town.department, retraction)
                                .status());
            }
            assertEquals(1_000, metric(town.text(node, "/metrics"), "osmanthus_marks_waiting"));
        }
    }
}
