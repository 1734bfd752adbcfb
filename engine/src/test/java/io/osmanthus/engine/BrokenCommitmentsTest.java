package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.Intake;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken commitments of a delivery weigh on their organisation for a year, kept ones and promises do not. */
final class BrokenCommitmentsTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("4d".repeat(PseudonymKey.KEY_BYTES));

    @TempDir
    Path directory = Path.of("");

    @Test
    void next_brokenCommitments_areRecordsFromTheDayOfTheDecision() throws IOException {
        Path delivery = directory.resolve("delivery");
        City city = new City(10, 4, 11, Fixtures.DAY);
        city.generate(delivery, Progress.SILENT);
        String header = Files.readAllLines(delivery.resolve("commitments.csv")).get(0);
        List<String> rows = new ArrayList<>(List.of(header));
        String made = ",voluntary,诚信经营,2025-01-01,";
        rows.add("C2," + city.uscc(1) + made + "2026-01-01,局,broken,行政审批局");
        rows.add("C1," + city.uscc(1) + made + "2025-10-16,局,broken,审批处");
        rows.add("C3," + city.uscc(1) + made + "2025-10-15,局,broken,行政审批局");
        rows.add("C4," + city.uscc(1) + made + "2026-01-01,局,kept,行政审批局");
        rows.add("C5," + city.uscc(2) + made + ",局,made,行政审批局");
        Files.write(delivery.resolve("commitments.csv"), rows);
        // No other fact of organisations than these.
        for (String file : List.of("records.csv", "list_entries.csv")) {
            Path path = delivery.resolve(file);
            Files.writeString(path, Files.readAllLines(path).get(0) + "\n");
        }
        Snapshot snapshot = build(delivery);
        List<Integer> points = new ArrayList<>();
        List<Integer> records = new ArrayList<>();
        try (SnapshotFacts facts = SnapshotFacts.open(snapshot.directory(), Fixtures.RULES.vocabulary())) {
            while (facts.next()) {
                SubjectFacts of = facts.facts();
                if (of.type == SubjectType.ORGANISATION) {
                    points.add(Fixtures.RULES.judge().score(of, Fixtures.TODAY));
                    records.add(of.recordCount);
                }
            }
        }
        assertEquals(List.of(0, 3, 0, 0), records);
        // C3 was broken a year ago to the day: it counts no more.
        assertEquals(List.of(1_000, 960, 1_000, 1_000), points);
        Generation generation = GenerationLoader.load(snapshot, Fixtures.RULES, Fixtures.DAY, 2, Progress.SILENT);
        try {
            Pseudonymiser organisations = KEY.pseudonymiser(Scheme.USCC);
            organisations.make(city.uscc(1));
            int place = generation.stores().identifiers().lookup().find(organisations.high(), organisations.low());
            SubjectFacts of = new SubjectFacts();
            generation.stores().dossiers().lookup().read(place, of, true);
            Explanation explanation = Fixtures.RULES.judge().explain(of, Fixtures.TODAY);
            assertEquals(960, explanation.score());
            assertEquals(
                    List.of("C1", "C2"),
                    explanation.lines().stream()
                            .filter(Explanation.Line::counted)
                            .map(Explanation.Line::recordId)
                            .toList());
        } finally {
            generation.discard();
        }
    }

    private Snapshot build(Path delivery) {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        try (SnapshotBuild build = store.begin()) {
            IntakeResult result = Intake.run(
                    Delivery.open(delivery),
                    Fixtures.RULES.vocabulary(),
                    KEY,
                    Fixtures.DAY,
                    build.directory(),
                    IntakeOptions.of(true, Channels.NONE),
                    Progress.SILENT);
            assertEquals(0, result.quarantined(), result.files().toString());
            build.publish(result.content(), null);
        }
        return Snapshot.open(store.path(store.current()), Trust.of(KEY, null, true));
    }
}
