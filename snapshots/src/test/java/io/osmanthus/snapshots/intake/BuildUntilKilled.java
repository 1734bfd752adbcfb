package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/** Builds and publishes until it is killed: config, delivery, store, and the file that says that it has begun. */
final class BuildUntilKilled {
    static final PseudonymKey KEY = PseudonymKey.ofHex("2d".repeat(PseudonymKey.KEY_BYTES));
    static final LocalDate DAY = LocalDate.of(2026, 10, 15);

    private BuildUntilKilled() {}

    public static void main(String[] arguments) throws IOException {
        Vocabulary vocabulary = Vocabulary.load(Path.of(arguments[0]));
        SnapshotStore store = SnapshotStore.openOrCreate(Path.of(arguments[2]));
        Files.createFile(Path.of(arguments[3]));
        while (true) {
            build(vocabulary, Path.of(arguments[1]), store);
        }
    }

    static void build(Vocabulary vocabulary, Path delivery, SnapshotStore store) {
        try (SnapshotBuild build = store.begin()) {
            IntakeResult result = Intake.run(
                    Delivery.open(delivery),
                    vocabulary,
                    KEY,
                    DAY,
                    build.directory(),
                    IntakeOptions.of(true, Channels.NONE),
                    Progress.SILENT);
            build.publish(result.content(), null);
        }
    }
}
