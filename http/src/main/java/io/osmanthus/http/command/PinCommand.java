package io.osmanthus.http.command;

import io.osmanthus.engine.Keeper;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.Retention;
import io.osmanthus.snapshots.SnapshotStore;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Keeps a snapshot from being pruned, for a while. */
@Command(
        name = "pin",
        mixinStandardHelpOptions = true,
        description = {
            "Keeps a snapshot from being pruned for as many days as publishing.yaml says: erasure must reach old copies.",
            "To pin again does not make a pin younger."
        })
final class PinCommand implements Callable<Integer> {
    @Parameters(paramLabel = "VERSION", description = "A version that 'snapshots' lists.")
    private String version = "";

    @Mixin
    private Places places = new Places();

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        int days = PublishingLimits.load(places.config()).pinDaysMax();
        LocalDate today = LocalDate.now(Keeper.ZONE);
        LocalDate until = Retention.of(SnapshotStore.open(places.store()), days).pin(version, today);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? Json.line(generator -> {
                                    generator.writeStringField("version", version);
                                    generator.writeStringField("protected_until", until.toString());
                                })
                                : "snapshot " + version + " is pinned until " + until);
        if (today.isAfter(until)) {
            spec.commandLine()
                    .getErr()
                    .println("pin: this pin is older than " + days + " days and protects no more; the next prune may"
                            + " remove the snapshot");
        }
        return 0;
    }
}
