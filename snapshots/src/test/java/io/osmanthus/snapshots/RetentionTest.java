package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Retention.Fate;
import io.osmanthus.snapshots.Retention.Reason;
import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetentionTest {
    private static final int PIN_DAYS_MAX = 30;
    private static final LocalDate TODAY = LocalDate.of(2026, 10, 15);

    private final List<String> versions = new ArrayList<>();

    @TempDir
    Path directory = Path.of("");

    private SnapshotStore store = SnapshotStore.open(Path.of(""));
    private Retention retention = Retention.of(store, PIN_DAYS_MAX);

    @BeforeEach
    void publish() throws IOException {
        store = SnapshotStore.openOrCreate(directory.resolve("store"));
        retention = Retention.of(store, PIN_DAYS_MAX);
        for (int i = 0; i < 6; i++) {
            versions.add(
                    SnapshotFixtures.publish(store, String.valueOf(i), null).version());
        }
    }

    @Test
    void prune_currentPinnedAndNewestTwo_stay() {
        store.activate(versions.get(0));
        assertEquals(TODAY.plusDays(PIN_DAYS_MAX), retention.pin(versions.get(2), TODAY));
        List<Fate> plan = retention.plan(TODAY);
        assertEquals(plan, retention.prune(TODAY));
        assertEquals(List.of(versions.get(0), versions.get(2), versions.get(4), versions.get(5)), store.list());
        assertEquals(
                List.of("CURRENT", "null", "PINNED", "null", "NEWEST", "NEWEST"),
                plan.stream().map(fate -> String.valueOf(fate.kept())).toList());
        assertEquals(versions.get(0), store.current());
        assertEquals(store.list().size(), retention.prune(TODAY).size());
    }

    @Test
    void prune_pinAtItsLimitAndADayLater_protectsAndThenNoMore() {
        retention.pin(versions.get(1), TODAY);
        retention.pin(versions.get(1), TODAY.plusDays(20));
        assertEquals(TODAY, retention.pinnedOn(versions.get(1)), "to pin again does not make it younger");
        retention.prune(TODAY.plusDays(PIN_DAYS_MAX));
        assertTrue(store.list().contains(versions.get(1)));
        Fate fate = retention.prune(TODAY.plusDays(PIN_DAYS_MAX + 1)).get(0);
        assertEquals(new Fate(versions.get(1), null, TODAY, true), fate);
        assertFalse(store.list().contains(versions.get(1)));
        assertNull(retention.pinnedOn(versions.get(1)));
    }

    @Test
    void unpin_pinnedAndNot_takesItAwayOrSaysSo() {
        retention.pin(versions.get(1), TODAY);
        retention.unpin(versions.get(1));
        assertNull(retention.pinnedOn(versions.get(1)));
        for (Runnable refused : List.<Runnable>of(
                () -> retention.unpin(versions.get(1)),
                () -> retention.unpin("../store"),
                () -> retention.pin("20261015-009-00000000", TODAY))) {
            assertEquals(
                    Code.MISSING,
                    assertThrows(SnapshotException.class, refused::run).code());
        }
    }

    @Test
    void prune_manifestThatCannotBeRead_staysForAPerson() throws IOException {
        Files.writeString(store.path(versions.get(0)).resolve("manifest.json"), "{}");
        assertEquals(Reason.UNREADABLE, retention.prune(TODAY).get(0).kept());
        assertTrue(store.list().contains(versions.get(0)));
    }

    @Test
    void prune_damagedPin_isRefusedBeforeAnythingGoes() throws IOException {
        retention.pin(versions.get(1), TODAY);
        Files.writeString(store.directory().resolve(".pins").resolve(versions.get(1)), "soon");
        assertEquals(
                Code.CORRUPT,
                assertThrows(SnapshotException.class, () -> retention.prune(TODAY))
                        .code());
        assertEquals(versions, store.list());
        retention.unpin(versions.get(1));
    }

    @Test
    void prune_whileABuildIsAtWork_isRefusedAndLeftoversGoWithTheNext() throws IOException {
        try (SnapshotBuild build = store.begin()) {
            assertTrue(Files.isDirectory(build.directory()));
            assertEquals(
                    Code.LOCKED,
                    assertThrows(SnapshotException.class, () -> retention.prune(TODAY))
                            .code());
        }
        Path half = Files.createDirectory(store.directory().resolve(".pruning-x"));
        Files.writeString(half.resolve("tokens.parquet"), "x");
        retention.prune(TODAY);
        assertFalse(Files.exists(half));
        assertEquals(versions.subList(4, 6), store.list(), () -> Objects.toString(retention.plan(TODAY)));
    }
}
