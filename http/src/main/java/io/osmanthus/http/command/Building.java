package io.osmanthus.http.command;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.Intake;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.LocalDate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** From a delivery to the current snapshot of a store, or to nothing at all. */
record Building(
        Path config,
        Vocabulary vocabulary,
        PseudonymKey key,
        @Nullable PrivateKey signingKey,
        Trust trust,
        boolean demonstration,
        LocalDate asOf) {
    /**
     * What was built.
     *
     * @param published null where the acceptance refused it
     */
    record Built(IntakeResult result, @Nullable Manifest published) {}

    /** Takes the delivery in and publishes it. */
    Built build(Path delivery, SnapshotStore store, Progress progress) {
        return build(delivery, store, result -> true, progress);
    }

    /** Takes the delivery in and publishes it if {@code acceptable} says so. */
    Built build(Path delivery, SnapshotStore store, Predicate<IntakeResult> acceptable, Progress progress) {
        Delivery opened = Delivery.open(delivery);
        IntakeOptions options = IntakeOptions.of(demonstration, demonstration ? Channels.NONE : Channels.load(config));
        try (SnapshotBuild build = store.begin()) {
            // Asked for under the store's lock. A delivery of everything needs no former snapshot, not even a good one.
            IntakeOptions over = options.over(opened.complete() ? null : store.former(trust));
            IntakeResult result = Intake.run(opened, vocabulary, key, asOf, build.directory(), over, progress);
            if (!acceptable.test(result)) {
                return new Built(result, null);
            }
            return new Built(result, build.publish(result.content(), signingKey));
        }
    }
}
