package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of snapshots, page by page. */
final class OperationsTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("3c".repeat(PseudonymKey.KEY_BYTES));

    @TempDir
    Path directory = Path.of("");

    private final Operations.Loads none = new Operations.Loads() {
        @Override
        public Map<String, String> failures() {
            return Map.of();
        }

        @Override
        public boolean refuses(String version) {
            return false;
        }

        @Override
        public void retry(String version) {}
    };

    @Test
    void list_moreThanAPage_eachOnceNewestPageFirst() throws IOException {
        // Snapshots without a manifest are listed too, as damaged.
        List<String> all = IntStream.range(0, 2 * Operations.LISTED_MAX + 1)
                .mapToObj(i -> String.format(Locale.ROOT, "20261015-%03d-%08x", i + 1, i))
                .toList();
        for (String version : all) {
            Files.createDirectory(directory.resolve(version));
        }
        Operations operations = new Operations(SnapshotStore.openOrCreate(directory), Trust.of(KEY, null, true), none);
        List<String> listed = new ArrayList<>();
        JsonNode page = page(operations, null);
        assertEquals(
                all.get(Operations.LISTED_MAX + 1),
                page.get("snapshots").get(0).get("version").asText());
        assertEquals(all.size(), page.get("count").asInt());
        int pages = 1;
        while (true) {
            List<String> versions = new ArrayList<>();
            page.get("snapshots").forEach(one -> versions.add(one.get("version").asText()));
            listed.addAll(0, versions);
            if (page.get("next").isNull()) {
                break;
            }
            page = page(operations, SnapshotCursor.version(KEY, page.get("next").asText()));
            pages++;
        }
        assertEquals(3, pages);
        assertEquals(all, listed);
    }

    @Test
    void cursor_ofAnotherKeyOrChanged_isNone() {
        String cursor = SnapshotCursor.text(KEY, "20261015-001-00000000");
        assertEquals("20261015-001-00000000", SnapshotCursor.version(KEY, cursor));
        assertNull(SnapshotCursor.version(PseudonymKey.ofHex("4d".repeat(PseudonymKey.KEY_BYTES)), cursor));
        for (String other :
                List.of("", "x", "A".repeat(22), "A".repeat(200), cursor + "A", "B" + cursor.substring(1))) {
            if (!other.equals(cursor)) {
                assertNull(SnapshotCursor.version(KEY, other), other);
            }
        }
    }

    private static JsonNode page(Operations operations, @Nullable String before) throws IOException {
        return new ObjectMapper().readTree(operations.answer(Route.SNAPSHOTS, Map.of(), before, KEY));
    }
}
