package io.osmanthus.http.command;

import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a snapshot of a store the current one, also to roll back. */
@Command(
        name = "activate",
        mixinStandardHelpOptions = true,
        description = "Verifies a snapshot and makes it the current one; servers on the store load it.")
final class ActivateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "VERSION", description = "A version that 'snapshots' lists.")
    private String version = "";

    @Mixin
    private Places places = new Places();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SnapshotStore store = SnapshotStore.open(places.store());
        Snapshot.open(store.path(version), places.trust(Secrets.ofEnvironment()), ConsoleProgress.onStderr());
        store.activate(version);
        spec.commandLine().getOut().println("current snapshot of " + places.store() + " is " + version);
        return 0;
    }
}
