package io.osmanthus.http.command;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.Intake;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** From a delivery to the current snapshot of a store, or to nothing at all. */
record Building(
        Path config,
        Vocabulary vocabulary,
        PseudonymKey key,
        @Nullable PrivateKey signingKey,
        Trust trust,
        PublishingLimits limits,
        boolean demonstration,
        LocalDate asOf,
        @Nullable Ledger ledger) {
    /** Without a ledger: its changes are replayed over the snapshot. */
    Building(
            Path config,
            Vocabulary vocabulary,
            PseudonymKey key,
            @Nullable PrivateKey signingKey,
            Trust trust,
            PublishingLimits limits,
            boolean demonstration,
            LocalDate asOf) {
        this(config, vocabulary, key, signingKey, trust, limits, demonstration, asOf, null);
    }

    /**
     * What was built.
     *
     * @param published null where the acceptance or the limits refused it
     * @param moves the counts for which the limits refused it
     */
    record Built(IntakeResult result, @Nullable Manifest published, List<PublishingLimits.Move> moves) {}

    /** Takes the delivery in and publishes it. */
    Built build(Path delivery, SnapshotStore store, Progress progress) {
        return build(delivery, store, result -> true, null, progress);
    }

    /**
     * Takes the delivery in and publishes it, if {@code acceptable} says so and no count moved too far since the current
     * snapshot.
     *
     * @param force why it is to be published however far counts moved, or null
     */
    Built build(
            Path delivery,
            SnapshotStore store,
            Predicate<IntakeResult> acceptable,
            @Nullable String force,
            Progress progress) {
        Delivery opened = Delivery.open(delivery);
        IntakeOptions options = IntakeOptions.of(demonstration, demonstration ? Channels.NONE : Channels.load(config));
        try (SnapshotBuild build = store.begin()) {
            // Asked for under the store's lock. A delivery of everything needs no former snapshot, not even a good one.
            IntakeOptions over = options.over(opened.standsAlone(store) ? null : store.former(trust))
                    .with(ledger);
            IntakeResult result = Intake.run(opened, vocabulary, key, asOf, build.directory(), over, progress);
            if (!acceptable.test(result)) {
                return new Built(result, null, List.of());
            }
            if (force != null) {
                return new Built(result, build.publish(result.content().forced(force), signingKey), List.of());
            }
            String current = store.currentOrNull();
            List<PublishingLimits.Move> moves =
                    current == null ? List.of() : limits.exceeded(store.manifest(current), result.content());
            Manifest published = moves.isEmpty() ? build.publish(result.content(), signingKey) : null;
            return new Built(result, published, moves);
        }
    }
}
