package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Phases;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotDiff;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every long step is told from its beginning to its end, and its parts add up to what was expected. */
final class ProgressTest {
    private static final Trust TRUST = Trust.of(Fixtures.KEY, null, true);

    @TempDir
    Path directory = Path.of("");

    private final List<Step> steps = Collections.synchronizedList(new ArrayList<>());

    private record Step(String what, long total, String unit, AtomicLong done, AtomicBoolean closed)
            implements Progress.Task {
        @Override
        public void advance(long count) {
            assertTrue(count >= 0, what);
            done.addAndGet(count);
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    @Test
    void build_carryOver_verify_diff_tellEachStep() throws IOException {
        Path delivery = directory.resolve("delivery");
        new City(3_000, 900, 5, Fixtures.AS_OF).generate(delivery, Progress.SILENT);
        Files.writeString(delivery.resolve("reference.csv"), "authority,document_no\n局,1\n局,2\n");
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        Map<String, Double> first = build(delivery, store);
        List<String> expected = new ArrayList<>(List.of("checksums", "reference.csv", "hold against reference.csv"));
        for (DeliveryFile file : DeliveryFile.values()) {
            if (file.facts()) {
                expected.addAll(List.of("encoding of " + file.csv(), file.csv(), "write " + file.word() + ".parquet"));
            }
        }
        assertTold(expected);
        assertEquals(Set.of("signatures", "prepare", "judge", "write", "figures", "publish"), first.keySet());

        steps.clear();
        Set<String> kept = Set.of("delivery.csv", "records.csv");
        try (Stream<Path> files = Files.list(delivery)) {
            for (Path file : files.toList()) {
                if (!kept.contains(String.valueOf(file.getFileName()))) {
                    Files.delete(file);
                }
            }
        }
        Map<String, Double> second = build(delivery, store);
        assertTrue(second.containsKey("carry_over"), second.toString());
        String one = store.list().get(0);
        assertTold(List.of(
                "verify " + one,
                "carry over persons.parquet",
                "carry over consents.parquet",
                "match persons",
                "match organisations",
                "records.csv",
                "checksums"));

        steps.clear();
        SnapshotDiff.between(
                Snapshot.open(store.path(one), TRUST, progress()),
                Snapshot.open(store.path(store.current()), TRUST, progress()),
                SnapshotDiff.MEMORY_MIB,
                progress());
        assertTold(List.of("verify " + one, "verify " + store.current(), "compare"));
    }

    private void assertTold(List<String> expected) {
        Set<String> told = steps.stream().map(Step::what).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(told.containsAll(expected), () -> "of " + expected + " only " + told + " are told");
        for (Step step : steps) {
            assertTrue(step.closed().get(), step::toString);
            if (step.total() >= 0) {
                assertEquals(step.total(), step.done().get(), step::toString);
            }
        }
    }

    private Map<String, Double> build(Path delivery, SnapshotStore store) {
        Delivery opened = Delivery.open(delivery);
        Phases phases = new Phases();
        try (SnapshotBuild build = store.begin()) {
            IntakeOptions over =
                    Fixtures.OPTIONS.over(opened.standsAlone(store) ? null : store.former(TRUST, progress()));
            IntakeResult result = Intake.run(
                    opened,
                    Fixtures.VOCABULARY,
                    Fixtures.KEY,
                    Fixtures.AS_OF,
                    build.directory(),
                    over,
                    progress(),
                    phases);
            phases.now("publish");
            build.publish(result.content(), null, progress());
            phases.end();
        }
        return phases.seconds();
    }

    private Progress progress() {
        return (what, total, unit) -> {
            Step step = new Step(what, total, unit, new AtomicLong(), new AtomicBoolean());
            steps.add(step);
            return step;
        };
    }
}
