package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PublishingLimits.Move;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PublishingLimitsTest {
    private static final PublishingLimits LIMITS = new PublishingLimits(10, 1_000, 100, 30, 2_048);

    @TempDir
    Path directory = Path.of("");

    @Test
    void exceeded_atTheLimitAndOneBeyond_refusesTheLatter() {
        Manifest former = manifest(content(100_000, 2_000));
        assertEquals(List.of(), LIMITS.exceeded(former, content(110_000, 2_200)));
        assertEquals(List.of(), LIMITS.exceeded(former, content(90_000, 1_800)));
        assertEquals(
                List.of(new Move("tokens", 100_000, 110_001), new Move("list tax-a", 2_000, 1_799)),
                LIMITS.exceeded(former, content(110_001, 1_799)));
        assertEquals(
                "tokens moved from 100000 to 0",
                LIMITS.exceeded(former, content(0, 2_000)).get(0).toString());
    }

    @Test
    void exceeded_smallCounts_mayMoveByTheRowsAllowed() {
        Manifest former = manifest(content(500, 50));
        assertEquals(List.of(), LIMITS.exceeded(former, content(1_500, 150)));
        assertEquals(List.of(), LIMITS.exceeded(former, content(0, 0)));
        assertEquals(
                List.of(new Move("tokens", 500, 1_501), new Move("list tax-a", 50, 151)),
                LIMITS.exceeded(former, content(1_501, 151)));
    }

    @Test
    void exceeded_kindNeverDelivered_mayCome() {
        SnapshotBuild.Content first = content(0, 0);
        Manifest former = manifest(new SnapshotBuild.Content(
                first.asOf(), Map.of(), first.keyFingerprint(), true, true, Map.of(), first.rows(), Map.of(), null));
        assertEquals(List.of(), LIMITS.exceeded(former, content(1_000_000, 5_000)));
    }

    @Test
    void exceeded_formerWithoutCountsByList_comparesTheFilesOnly() {
        SnapshotBuild.Content first = content(100_000, 2_000);
        Manifest former = manifest(new SnapshotBuild.Content(
                first.asOf(),
                first.factsAsOf(),
                first.keyFingerprint(),
                true,
                true,
                Map.of(),
                first.rows(),
                Map.of(),
                null));
        assertEquals(List.of(new Move("tokens", 100_000, 1)), LIMITS.exceeded(former, content(1, 100)));
    }

    @Test
    void load_shippedFile_holds() {
        PublishingLimits limits = PublishingLimits.load(
                Path.of(System.getProperty("osmanthus.root", ".")).resolve("config"));
        assertTrue(limits.countChangePercentMax() > 0);
        assertTrue(limits.pinDaysMax() > 0);
    }

    @Test
    void load_missingUnknownOrOutOfRangeKeys_areRefused() throws IOException {
        String good = "publishing: {count_change_percent_max: 5, count_change_rows_allowed: 0,"
                + " list_change_rows_allowed: 7}\npins: {days_max: 1}\n";
        Path file = directory.resolve("publishing.yaml");
        assertThrows(ConfigException.class, () -> PublishingLimits.load(directory));
        Files.writeString(file, good);
        assertEquals(new PublishingLimits(5, 0, 7, 1, 2_048), PublishingLimits.load(directory));
        Files.writeString(file, good + "building: {memory_mib: 128}\n");
        assertEquals(new PublishingLimits(5, 0, 7, 1, 128), PublishingLimits.load(directory));
        Files.writeString(file, good + "building: {memory_mib: 1048576}\n");
        assertEquals(1_048_576, PublishingLimits.load(directory).memoryMib());
        for (String bad : List.of(
                good + "building: {memory_mib: 127}\n",
                good + "building: {memory_mib: 1048577}\n",
                good + "building: {memory: 128}\n",
                good.replace("max: 5", "max: 1001"),
                good.replace("max: 5", "max: -1"),
                good.replace("days_max: 1", "days_max: 0"),
                good.replace("list_change_rows_allowed: 7", "list_changes: 7"),
                good + "more: 1\n")) {
            Files.writeString(file, bad);
            ConfigException refused = assertThrows(ConfigException.class, () -> PublishingLimits.load(directory), bad);
            assertTrue(refused.findings().get(0).file().equals("publishing.yaml"), bad);
        }
    }

    private static SnapshotBuild.Content content(long tokens, long list) {
        SnapshotBuild.Content base = SnapshotFixtures.content(SnapshotFixtures.AS_OF);
        Map<String, Long> rows = new HashMap<>(base.rows());
        rows.put("tokens.parquet", tokens);
        rows.put("list_entries.parquet", list);
        return new SnapshotBuild.Content(
                base.asOf(),
                Map.of("tokens.csv", base.asOf(), "list_entries.csv", base.asOf()),
                base.keyFingerprint(),
                true,
                true,
                Map.of(),
                rows,
                list == 0 ? Map.of() : Map.of("tax-a", list),
                null);
    }

    private static Manifest manifest(SnapshotBuild.Content content) {
        Map<String, Manifest.FileEntry> files = new HashMap<>();
        content.rows().forEach((file, rows) -> files.put(file, new Manifest.FileEntry(rows, 1, "0")));
        return new Manifest(
                "20261015-001-00000000",
                java.time.Instant.EPOCH,
                content.asOf(),
                content.factsAsOf(),
                null,
                0,
                null,
                content.keyFingerprint(),
                true,
                true,
                content.counts(),
                content.lists(),
                content.forced(),
                files);
    }
}
