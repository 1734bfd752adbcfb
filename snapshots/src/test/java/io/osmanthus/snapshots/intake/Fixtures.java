package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.time.LocalDate;

/** What the tests of intake share: key, day, configuration, and the way through a store. */
final class Fixtures {
    static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    static final Path ROOT = Path.of(System.getProperty("osmanthus.root", "."));
    static final Path CONFIG = ROOT.resolve("config");
    static final Path SAMPLE = ROOT.resolve("http/src/test/resources/delivery-sample");
    static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);

    /** Little memory on purpose: tests spill. */
    static final IntakeOptions OPTIONS = new IntakeOptions(true, Channels.NONE, 128L << 20, 2);

    private Fixtures() {}

    /** What a build gave, and where it is. */
    record Built(IntakeResult result, Path snapshot) {}

    static Built build(Path delivery, Path store) {
        SnapshotStore opened = SnapshotStore.openOrCreate(store);
        try (SnapshotBuild build = opened.begin()) {
            IntakeResult result = Intake.run(
                    Delivery.open(delivery), VOCABULARY, KEY, AS_OF, build.directory(), OPTIONS, Progress.SILENT);
            String version = build.publish(result.content(), null).version();
            return new Built(result, opened.path(version));
        }
    }
}
