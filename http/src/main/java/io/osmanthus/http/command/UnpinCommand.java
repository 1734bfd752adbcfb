package io.osmanthus.http.command;

import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.Retention;
import io.osmanthus.snapshots.SnapshotStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a pin away. */
@Command(name = "unpin", mixinStandardHelpOptions = true, description = "Takes the pin of a snapshot away.")
final class UnpinCommand implements Callable<Integer> {
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
        Retention.of(SnapshotStore.open(places.store()), days).unpin(version);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? Json.line(generator -> generator.writeStringField("version", version))
                                : "snapshot " + version + " is no longer pinned");
        return 0;
    }
}
