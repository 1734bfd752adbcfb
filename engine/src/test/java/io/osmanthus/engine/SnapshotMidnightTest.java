package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.SceneRule;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One snapshot over a midnight, under a clock of the test: a record that has expired, an entry that left a list and one that
 * entered, a consent that ended and one that began, without a new snapshot.
 */
final class SnapshotMidnightTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("5b".repeat(PseudonymKey.KEY_BYTES));

    /** Whose hours of two years ago count for the last day on the 15th. */
    private static final int EARNED = 0;

    private static final int CONSENT_ENDS = 1;
    private static final int CONSENT_BEGINS = 2;
    private static final int LEAVES = 0;
    private static final int ENTERS = 1;

    @TempDir
    Path directory = Path.of("");

    private final City city = new City(10, 4, 11, Fixtures.DAY);
    private volatile Instant now = Instant.parse("2026-10-15T15:50:00Z");

    @Test
    void turn_oneSnapshotOverMidnight_checksAndMatchesAreOfTheirDay() throws IOException {
        Snapshot snapshot = build(delivery());
        try (Engine engine = new Engine();
                Keeper keeper = new Keeper(
                        engine,
                        () -> "one",
                        (version, day) -> GenerationLoader.load(snapshot, Fixtures.RULES, day, 1, Progress.SILENT),
                        clock(),
                        null);
                Reader reader = engine.reader()) {
            keeper.start();
            now = Instant.parse("2026-10-15T15:56:00Z");
            keeper.tick();
            now = Instant.parse("2026-10-15T15:59:59.999Z");
            keeper.turn();
            assertNotNull(reader.advance());
            assertEquals(
                    List.of("fare-discount", "ride-first", "none", "MEASURE", "NONE"), answers(reader), "on the 15th");
            now = Instant.parse("2026-10-15T16:00:00Z");
            assertNotNull(reader.advance());
            assertEquals(
                    List.of("ride-first", "none", "ride-first", "NONE", "MEASURE"), answers(reader), "on the 16th");
        }
    }

    private List<String> answers(Reader reader) {
        List<String> answers = new ArrayList<>();
        for (int person : new int[] {EARNED, CONSENT_ENDS, CONSENT_BEGINS}) {
            Pseudonymiser cards = KEY.pseudonymiser(Scheme.CARD);
            cards.make(city.token(person).token());
            answers.add(benefit(reader.check(Fixtures.scene("transit"), cards.high(), cards.low())));
        }
        int matter = Objects.requireNonNull(Fixtures.RULES.matter("tendering")).index();
        for (int organisation : new int[] {LEAVES, ENTERS}) {
            Pseudonymiser codes = KEY.pseudonymiser(Scheme.USCC);
            codes.make(city.uscc(organisation));
            MatchReport report = Objects.requireNonNull(reader.match(matter, codes.high(), codes.low()));
            answers.add(report.outcome().name());
        }
        return answers;
    }

    private static String benefit(int code) {
        SceneRule rule = Fixtures.RULES.scenes().get(Fixtures.scene("transit"));
        return rule.benefits().stream()
                .filter(benefit -> benefit.code() == code)
                .map(Benefit::id)
                .findFirst()
                .orElse("none");
    }

    /** The persons, cards and organisations of the city; of the rest nothing but what changes at midnight. */
    private Path delivery() throws IOException {
        Path delivery = directory.resolve("delivery");
        city.generate(delivery, Progress.SILENT);
        rows(delivery, "arrears.csv");
        rows(delivery, "commitments.csv");
        rows(delivery, "records.csv", "R1,person," + city.personId(EARNED) + ",volunteer-hours,,2024-10-16,,,60,,文明办,");
        rows(
                delivery,
                "consents.csv",
                city.personId(EARNED) + ",transit,2026-01-01,2027-01-01,",
                city.personId(CONSENT_ENDS) + ",transit,2026-01-01,2026-10-16,",
                city.personId(CONSENT_BEGINS) + ",transit,2026-10-16,2027-01-01,");
        rows(
                delivery,
                "list_entries.csv",
                entry("L1", LEAVES, "2026-01-01,2026-10-16"),
                entry("L2", ENTERS, "2026-10-16,2027-10-16"));
        return delivery;
    }

    private String entry(String id, int organisation, String days) {
        return id + ",work-safety,organisation," + city.uscc(organisation) + "," + days + ",,应急管理部令第11号,应急局";
    }

    private static void rows(Path delivery, String file, String... rows) throws IOException {
        Path path = delivery.resolve(file);
        List<String> lines = new ArrayList<>(List.of(Files.readAllLines(path).get(0)));
        lines.addAll(List.of(rows));
        Files.write(path, lines);
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

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }
}
