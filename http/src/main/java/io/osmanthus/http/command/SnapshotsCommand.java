package io.osmanthus.http.command;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Retention;
import io.osmanthus.snapshots.SnapshotStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists a store. */
@Command(
        name = "snapshots",
        mixinStandardHelpOptions = true,
        description = "Lists the snapshots of a store, oldest first; * marks the current one. Files are not verified.")
final class SnapshotsCommand implements Callable<Integer> {
    @Option(names = "--store", required = true, paramLabel = "DIR", description = "The snapshot store.")
    private Path store = Path.of("");

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        SnapshotStore opened = SnapshotStore.open(store);
        String current = opened.currentOrNull();
        Retention retention = Retention.of(opened, 0); // asked for days only, not for what they protect
        if (!json) {
            out.println(
                    "  version                    as of       persons     tokens      records     organisations  facts");
        }
        for (String version : opened.list()) {
            Manifest manifest = opened.manifest(version);
            LocalDate pinnedOn = retention.pinnedOn(version);
            boolean isCurrent = Objects.equals(version, current);
            if (json) {
                out.println(Json.line(generator -> {
                    generator.writeStringField("version", version);
                    generator.writeBooleanField("current", isCurrent);
                    generator.writeStringField("as_of", manifest.asOf().toString());
                    generator.writeStringField(
                            "created_at", manifest.createdAt().toString());
                    generator.writeNumberField("persons", manifest.rows("persons.parquet"));
                    generator.writeNumberField("tokens", manifest.rows("tokens.parquet"));
                    generator.writeNumberField("records", manifest.rows("records.parquet"));
                    generator.writeNumberField("organisations", manifest.rows("organisations.parquet"));
                    generator.writeBooleanField("synthetic", manifest.synthetic());
                    generator.writeStringField("key_fingerprint", manifest.keyFingerprint());
                    generator.writeStringField("pinned_on", pinnedOn == null ? null : pinnedOn.toString());
                    generator.writeStringField("forced", manifest.forced());
                }));
            } else {
                out.printf(
                        "%s %-25s  %s  %-10d  %-10d  %-10d  %-13d  %s%s%n",
                        isCurrent ? "*" : " ",
                        version,
                        manifest.asOf(),
                        manifest.rows("persons.parquet"),
                        manifest.rows("tokens.parquet"),
                        manifest.rows("records.parquet"),
                        manifest.rows("organisations.parquet"),
                        manifest.synthetic() ? "synthetic" : "real",
                        pinnedOn == null ? "" : ", pinned on " + pinnedOn);
            }
        }
        return 0;
    }
}
