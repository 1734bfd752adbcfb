package io.osmanthus.http.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.Keeper;
import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.QualityFigure;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Builds and publishes a snapshot. */
@Command(
        name = "build",
        mixinStandardHelpOptions = true,
        description = {
            "Takes a delivery in, publishes it as the current snapshot of the store, and prints what became of its rows.",
            "Faulty rows are quarantined with file, record number, column and reason; they never stop the delivery."
        })
final class BuildCommand implements Callable<Integer> {
    /** A sentence or two. */
    private static final int REASON_CHARS_MAX = 200;

    /** More figures than this are not read on a terminal: then the totals are printed, and 'quality' has the rest. */
    private static final int QUALITY_LINES_MAX = 100;

    @Option(names = "--delivery", required = true, paramLabel = "DIR", description = "The delivery.")
    private Path delivery = Path.of("");

    @Mixin
    private Places places = new Places();

    @Mixin
    private MemoryBudget memory = new MemoryBudget();

    @Option(
            names = "--as-of",
            paramLabel = "DATE",
            description = "The day after which dates are future; default: today in Shanghai.")
    private @Nullable LocalDate asOf;

    @Option(names = "--strict", description = "Publish nothing if any row is quarantined.")
    private boolean strict;

    @Option(
            names = "--force",
            paramLabel = "REASON",
            description = "Publish however far counts moved since the last snapshot; the manifest keeps the reason,"
                    + " which names no person.")
    private @Nullable String force;

    @Option(
            names = "--without-ledger",
            description = "Take in nothing of the ledger that server.yaml names; servers replay it over the snapshot.")
    private boolean withoutLedger;

    @Option(names = "--json", description = "Print one JSON object instead of tables.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws JsonProcessingException {
        Secrets secrets = Secrets.ofEnvironment();
        PseudonymKey key = secrets.pseudonymKey();
        boolean demonstration = places.server().demonstration();
        PrivateKey signingKey = secrets.signingKey();
        if (signingKey == null && !demonstration) {
            throw new CommandException(
                    "no signing key: set OSMANTHUS_SIGNING_KEY (make a pair with: osmanthus key signing);"
                            + " only a demonstration (server.yaml) builds unsigned snapshots");
        }
        if (!Files.isDirectory(delivery)) {
            throw new CommandException(
                    "there is no delivery " + delivery + ": --delivery names a directory with delivery.csv");
        }
        PublishingLimits limits = PublishingLimits.load(places.config());
        long memoryBytes = memory.bytes(limits.memoryMib());
        Building.Built built;
        try (ContainedLedger contained = withoutLedger
                ? ContainedLedger.NONE
                : ContainedLedger.open(places.server().database(), secrets, key)) {
            Building building = new Building(
                    places.config(),
                    Vocabulary.load(places.config()),
                    key,
                    signingKey,
                    places.trust(secrets),
                    limits,
                    demonstration,
                    asOf == null ? LocalDate.now(Keeper.ZONE) : asOf,
                    memoryBytes,
                    contained.ledger());
            built = building.build(
                    delivery,
                    SnapshotStore.openOrCreate(places.store()),
                    result -> !strict || result.quarantined() == 0,
                    reason(force),
                    ConsoleProgress.onStderr());
        }
        PrintWriter out = spec.commandLine().getOut();
        Manifest published = built.published();
        if (json) {
            Map<String, Object> object = built.result().toJson(published == null ? "" : published.version());
            object.put("seconds", built.phases().seconds());
            out.println(new ObjectMapper().writeValueAsString(object));
        } else {
            print(out, built.result());
        }
        spec.commandLine().getErr().println("build: took " + built.phases());
        if (!built.moves().isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            built.moves().forEach(move -> err.println("build: " + move));
            err.println("build: that is more than " + limits.countChangePercentMax()
                    + " % (publishing.yaml): nothing is published; look at the delivery, or if it is right,"
                    + " publish it with --force REASON");
            return 1;
        }
        if (published == null) {
            spec.commandLine()
                    .getErr()
                    .println("build: " + built.result().quarantined()
                            + " rows are quarantined and --strict was given: nothing is published");
            return 1;
        }
        spec.commandLine()
                .getErr()
                .println("build: snapshot " + published.version() + " is current in " + places.store()
                        + (demonstration ? " (demonstration, " + (signingKey == null ? "unsigned)" : "signed)") : ""));
        return 0;
    }

    /** The reason for publishing in any case, or null; it is kept for good, so it names nobody. */
    static @Nullable String reason(@Nullable String given) {
        if (given == null) {
            return null;
        }
        String reason = given.strip();
        if (reason.isEmpty()
                || reason.length() > REASON_CHARS_MAX
                || reason.chars().anyMatch(Character::isISOControl)
                || CitizenIds.find(reason, 0) >= 0) {
            throw new CommandException(
                    "a reason has 1 to " + REASON_CHARS_MAX + " characters in one line, without anybody's id");
        }
        return reason;
    }

    private static void print(PrintWriter out, IntakeResult result) {
        out.printf(
                "%-20s %12s %12s %12s %12s %9s %12s%n",
                "file", "read", "accepted", "not enrolled", "quarantined", "flagged", "carried over");
        result.files()
                .forEach((file, counts) -> out.printf(
                        "%-20s %12d %12d %12d %12d %9d %12d%n",
                        file,
                        counts.read(),
                        counts.accepted(),
                        counts.notEnrolled(),
                        counts.quarantined(),
                        counts.flagged(),
                        counts.carriedOver()));
        result.files().forEach((file, counts) -> new TreeMap<>(counts.reasons())
                .forEach((reason, count) -> out.printf("  %-18s %-22s %9d%n", file, reason, count)));
        out.println();
        List<QualityFigure> totals = result.quality().stream()
                .filter(figure -> figure.month() == null)
                .toList();
        int parts = result.quality().size() - totals.size();
        boolean all = result.quality().size() <= QUALITY_LINES_MAX;
        QualityTable.print(out, all ? result.quality() : totals, result.concealment());
        if (!all) {
            out.println(parts + " parts by month and district: osmanthus quality STORE/VERSION");
        }
    }
}
