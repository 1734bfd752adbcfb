package io.osmanthus.http.command;

import io.osmanthus.engine.Keeper;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.Retention;
import io.osmanthus.snapshots.Retention.Fate;
import io.osmanthus.snapshots.SnapshotStore;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes old snapshots. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description = {
            "Removes the snapshots of a store that nothing protects. The current one, the newest two and those that are",
            "pinned stay; a pin older than publishing.yaml allows is said and protects no more."
        })
final class PruneCommand implements Callable<Integer> {
    @Mixin
    private Places places = new Places();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        int days = PublishingLimits.load(places.config()).pinDaysMax();
        SnapshotStore store = SnapshotStore.open(places.store());
        List<Fate> fates = Retention.of(store, days).prune(LocalDate.now(Keeper.ZONE));
        PrintWriter out = spec.commandLine().getOut();
        for (Fate fate : fates) {
            String kept = word(fate.kept());
            if (json) {
                out.println(Json.line(generator -> {
                    generator.writeStringField("version", fate.version());
                    generator.writeBooleanField("removed", kept == null);
                    generator.writeStringField("kept", kept);
                    generator.writeStringField(
                            "pinned_on",
                            fate.pinnedOn() == null ? null : fate.pinnedOn().toString());
                    generator.writeBooleanField("pin_expired", fate.pinExpired());
                }));
            } else {
                out.println(fate.version() + "  " + (kept == null ? "removed" : "stays: " + kept));
            }
            if (fate.pinExpired()) {
                spec.commandLine()
                        .getErr()
                        .println("prune: the pin of " + fate.version() + " is of " + fate.pinnedOn() + ", older than "
                                + days + " days, and protects no more");
            }
        }
        return 0;
    }

    private static @Nullable String word(Retention.@Nullable Reason reason) {
        return reason == null ? null : reason.name().toLowerCase(Locale.ROOT);
    }
}
