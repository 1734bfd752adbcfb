package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample delivery against what an independent program says must come out. */
final class SampleIntakeTest {
    private final ObjectMapper mapper = new ObjectMapper();

    @TempDir
    Path directory = Path.of("");

    @Test
    void run_sample_countsEachFileAndReasonAsExpected() throws IOException {
        Fixtures.Built built = Fixtures.build(Fixtures.SAMPLE, directory.resolve("store"));
        JsonNode found = mapper.readTree(mapper.writeValueAsBytes(built.result().toJson("x")));
        JsonNode expected = mapper.readTree(
                Fixtures.SAMPLE.resolveSibling("delivery-sample-expected.json").toFile());
        assertEquals(7, found.path("files").size());
        expected.path("files").properties().forEach(file -> {
            JsonNode counts = found.path("files").path(file.getKey());
            for (String count : List.of("read", "accepted", "not_enrolled", "quarantined", "reasons")) {
                assertEquals(file.getValue().path(count), counts.path(count), file.getKey() + " " + count);
            }
        });
        assertEquals(
                1, found.path("files").path("organisations.csv").path("flagged").asInt());
        assertEquals(7, found.path("quality").size());
        Snapshot snapshot = Snapshot.open(built.snapshot(), Trust.of(Fixtures.KEY, null, true));
        assertTrue(snapshot.manifest().synthetic());
        assertEquals(3_000, snapshot.manifest().rows("persons.parquet"));
        assertEquals(41, snapshot.manifest().rows("quarantine.parquet"));
    }
}
