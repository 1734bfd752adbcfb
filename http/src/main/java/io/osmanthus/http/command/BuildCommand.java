package io.osmanthus.http.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.Keeper;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Signing;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
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
    @Option(names = "--delivery", required = true, paramLabel = "DIR", description = "The delivery.")
    private Path delivery = Path.of("");

    @Mixin
    private Places places = new Places();

    @Option(
            names = "--as-of",
            paramLabel = "DATE",
            description = "The day after which dates are future; default: today in Shanghai.")
    private @Nullable LocalDate asOf;

    @Option(names = "--strict", description = "Publish nothing if any row is quarantined.")
    private boolean strict;

    @Option(names = "--json", description = "Print one JSON object instead of tables.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws JsonProcessingException {
        Secrets secrets = Secrets.ofEnvironment();
        PseudonymKey key = secrets.pseudonymKey();
        boolean demonstration = places.server().demonstration();
        String signingKey = secrets.signingKey();
        if (signingKey == null && !demonstration) {
            throw new CommandException(
                    "no signing key: set OSMANTHUS_SIGNING_KEY (make a pair with: osmanthus key signing);"
                            + " only a demonstration (server.yaml) builds unsigned snapshots");
        }
        if (!Files.isDirectory(delivery)) {
            throw new CommandException(
                    "there is no delivery " + delivery + ": --delivery names a directory with delivery.csv");
        }
        Building building = new Building(
                places.config(),
                Vocabulary.load(places.config()),
                key,
                signingKey == null ? null : Signing.privateKey(signingKey),
                places.trust(secrets),
                demonstration,
                asOf == null ? LocalDate.now(Keeper.ZONE) : asOf);
        Building.Built built = building.build(
                delivery,
                SnapshotStore.openOrCreate(places.store()),
                result -> !strict || result.quarantined() == 0,
                ConsoleProgress.onStderr());
        PrintWriter out = spec.commandLine().getOut();
        Manifest published = built.published();
        if (json) {
            out.println(new ObjectMapper()
                    .writeValueAsString(built.result().toJson(published == null ? "" : published.version())));
        } else {
            print(out, built.result());
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
        out.printf("%n%-20s %-14s %12s %12s %10s %10s%n", "file", "source", "provided", "stored", "入库率", "完整率");
        result.quality()
                .forEach(row -> out.printf(
                        "%-20s %-14s %12s %12s %10s %10s%n",
                        row.file(),
                        row.source(),
                        text(row.provided()),
                        text(row.stored()),
                        percent(row.stored(), row.provided()),
                        percent(row.fieldsGiven(), row.fieldsRequired())));
    }

    private static String text(@Nullable Long count) {
        return count == null ? "-" : count.toString();
    }

    /** A rate in per cent with two decimals; nothing where there is no denominator. */
    private static String percent(@Nullable Long part, @Nullable Long whole) {
        return part == null || whole == null || whole == 0
                ? "-"
                : BigDecimal.valueOf(part)
                        .multiply(BigDecimal.valueOf(100))
                        .divide(BigDecimal.valueOf(whole), 2, RoundingMode.HALF_UP)
                        .toPlainString();
    }
}
