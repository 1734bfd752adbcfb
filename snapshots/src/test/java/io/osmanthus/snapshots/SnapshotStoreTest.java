package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotStoreTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void open_missingStore_saysHowToMakeOne() {
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> SnapshotStore.open(directory.resolve("store")));
        assertEquals(Code.MISSING, refused.code());
    }

    @Test
    void current_beforeTheFirstBuild_isMissing() {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("a/store"));
        assertNull(store.currentOrNull());
        assertEquals(
                Code.MISSING,
                assertThrows(SnapshotException.class, store::current).code());
        assertEquals(List.of(), store.list());
    }

    @Test
    void publish_severalBuilds_numberThemAndMakeTheLastCurrent() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        String first = SnapshotFixtures.publish(store, "1", null).version();
        String second = SnapshotFixtures.publish(store, "2", null).version();
        String earlier;
        try (SnapshotBuild build = store.begin()) {
            SnapshotFixtures.write(build, "3");
            earlier = build.publish(SnapshotFixtures.content(LocalDate.of(2026, 10, 14)), null)
                    .version();
        }
        assertTrue(first.matches("20261015-001-[0-9a-f]{8}"), first);
        assertTrue(second.matches("20261015-002-[0-9a-f]{8}"), second);
        assertTrue(earlier.matches("20261014-001-[0-9a-f]{8}"), earlier);
        assertEquals(List.of(earlier, first, second), store.list());
        assertEquals(earlier, store.current());
        store.activate(second);
        assertEquals(second, SnapshotStore.open(directory.resolve("store")).current());
        assertEquals(second, store.manifest(second).version());
    }

    @Test
    void publish_directories_areTheOwnersAlone() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        Path snapshot = store.path(SnapshotFixtures.publish(store, "1", null).version());
        for (Path path : List.of(store.directory(), snapshot)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        }
    }

    @Test
    void publish_subDirectories_areRemoved() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        String version;
        try (SnapshotBuild build = store.begin()) {
            SnapshotFixtures.write(build, "1");
            Files.createDirectories(build.directory().resolve("work/spill"));
            Files.writeString(build.directory().resolve("work/spill/x"), "x");
            version = build.publish(SnapshotFixtures.content(SnapshotFixtures.AS_OF), null)
                    .version();
        }
        Snapshot.open(store.path(version), Trust.of(SnapshotFixtures.KEY, null, true));
    }

    @Test
    void close_withoutPublishing_leavesTheStoreAsItWas() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        String current = SnapshotFixtures.publish(store, "1", null).version();
        Path aside;
        try (SnapshotBuild build = store.begin()) {
            aside = build.directory();
            SnapshotFixtures.write(build, "2");
            Files.delete(aside.resolve("tokens.parquet"));
            assertEquals(
                    Code.IO,
                    assertThrows(
                                    SnapshotException.class,
                                    () -> build.publish(SnapshotFixtures.content(SnapshotFixtures.AS_OF), null))
                            .code());
        }
        assertFalse(Files.exists(aside));
        assertEquals(List.of(current), store.list());
        assertEquals(current, store.current());
    }

    @Test
    void begin_whileAnotherBuildIsAtWork_isRefused() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        try (SnapshotBuild build = store.begin()) {
            assertTrue(Files.isDirectory(build.directory()));
            SnapshotException refused = assertThrows(SnapshotException.class, store::begin);
            assertEquals(Code.LOCKED, refused.code());
            assertTrue(Files.isDirectory(build.directory()), "a refused builder removes nothing");
        }
        store.begin().close();
    }

    @Test
    void activate_unknownOrFaultyName_isRefused() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        String current = SnapshotFixtures.publish(store, "1", null).version();
        for (String name : new String[] {"20261015-009-00000000", "../store", "", ".lock"}) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> store.activate(name));
            assertEquals(Code.MISSING, refused.code());
        }
        assertEquals(current, store.current());
    }

    @Test
    void current_damagedPointer_isRefused() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        String version = SnapshotFixtures.publish(store, "1", null).version();
        Files.writeString(directory.resolve("store/current"), "../" + version);
        assertEquals(
                Code.CORRUPT,
                assertThrows(SnapshotException.class, store::current).code());
        store.activate(version);
        assertEquals(version, store.current());
    }
}
