package io.osmanthus.http.command;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Phases;
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

/**
 * From a delivery to the current snapshot of a store, or to nothing at all.
 *
 * @param memoryBytes what the database that sorts may take; what does not fit is spilled
 */
record Building(
        Path config,
        Vocabulary vocabulary,
        PseudonymKey key,
        @Nullable PrivateKey signingKey,
        Trust trust,
        PublishingLimits limits,
        boolean demonstration,
        LocalDate asOf,
        long memoryBytes,
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

    /** Within the memory that the limits name. */
    Building(
            Path config,
            Vocabulary vocabulary,
            PseudonymKey key,
            @Nullable PrivateKey signingKey,
            Trust trust,
            PublishingLimits limits,
            boolean demonstration,
            LocalDate asOf,
            @Nullable Ledger ledger) {
        this(
                config,
                vocabulary,
                key,
                signingKey,
                trust,
                limits,
                demonstration,
                asOf,
                (long) limits.memoryMib() << 20,
                ledger);
    }

    /**
     * What was built.
     *
     * @param published null where the acceptance or the limits refused it
     * @param moves the counts for which the limits refused it
     * @param phases where the time went
     */
    record Built(IntakeResult result, @Nullable Manifest published, List<PublishingLimits.Move> moves, Phases phases) {}

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
        IntakeOptions options = IntakeOptions.of(demonstration, demonstration ? Channels.NONE : Channels.load(config))
                .within(memoryBytes);
        Phases phases = new Phases();
        try (SnapshotBuild build = store.begin()) {
            // Asked for under the store's lock. A delivery of everything needs no former snapshot, not even a good one.
            phases.now("verify_former");
            IntakeOptions over = options.over(opened.standsAlone(store) ? null : store.former(trust, progress))
                    .with(ledger);
            IntakeResult result = Intake.run(opened, vocabulary, key, asOf, build.directory(), over, progress, phases);
            if (!acceptable.test(result)) {
                return new Built(result, null, List.of(), phases);
            }
            String current = force == null ? store.currentOrNull() : null;
            List<PublishingLimits.Move> moves =
                    current == null ? List.of() : limits.exceeded(store.manifest(current), result.content());
            if (!moves.isEmpty()) {
                return new Built(result, null, moves, phases);
            }
            phases.now("publish");
            SnapshotBuild.Content content =
                    force == null ? result.content() : result.content().forced(force);
            Manifest published = build.publish(content, signingKey, progress);
            phases.end();
            return new Built(result, published, moves, phases);
        }
    }
}
