package io.osmanthus.http.command;

import io.osmanthus.http.DiffJson;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotDiff;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says how two snapshots differ. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Verifies two snapshots of a store and says how the second differs from the first: by kind of fact, district",
            "and list. Counts about persons are rounded to tens; below " + SnapshotDiff.PERSONS_MIN
                    + " there is none (-, in JSON null)."
        })
final class DiffCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "A version that 'snapshots' lists, or a snapshot's directory: STORE/VERSION.")
    private String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another.")
    private String second = "";

    @Mixin
    private Places places = new Places();

    @Mixin
    private MemoryBudget memory = new MemoryBudget();

    @Option(names = "--json", description = "One JSON object instead of tables.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Trust trust = places.trust(Secrets.ofEnvironment());
        int memoryMib = memory.mib(SnapshotDiff.MEMORY_MIB);
        Progress progress = ConsoleProgress.onStderr();
        SnapshotDiff diff = SnapshotDiff.between(
                Snapshot.open(path(first), trust, progress),
                Snapshot.open(path(second), trust, progress),
                memoryMib,
                progress);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.line(generator -> DiffJson.write(generator, first, second, diff)));
        } else {
            print(out, diff);
        }
        return 0;
    }

    /** A directory that holds a snapshot is meant as it stands; anything else is a version of the store. */
    private Path path(String named) {
        Path directory = Path.of(named);
        return Files.isRegularFile(directory.resolve(Snapshot.MANIFEST))
                ? directory
                : SnapshotStore.open(places.store()).path(named);
    }

    private static void print(PrintWriter out, SnapshotDiff diff) {
        String row = "%-22s %12s %12s %12s %12s %12s%n";
        out.printf(row, "kind", "a", "b", "added", "removed", "changed");
        diff.kinds()
                .forEach(kind -> out.printf(
                        row,
                        kind.kind(),
                        text(kind.a()),
                        text(kind.b()),
                        text(kind.added()),
                        text(kind.removed()),
                        text(kind.changed())));
        out.printf("%n%-22s %12s %12s %12s %12s%n", "district", "persons a", "persons b", "organis. a", "organis. b");
        diff.districts()
                .forEach(district -> out.printf(
                        "%-22s %12s %12s %12d %12d%n",
                        district.code() == null ? "-" : district.code(),
                        text(district.personsA()),
                        text(district.personsB()),
                        district.organisationsA(),
                        district.organisationsB()));
        out.printf("%n%-22s %12s %12s %12s %12s%n", "list", "a", "b", "entered", "left");
        diff.lists()
                .forEach(list -> out.printf(
                        "%-22s %12d %12d %12d %12d%n", list.list(), list.a(), list.b(), list.entered(), list.left()));
    }

    private static String text(@Nullable Long value) {
        return value == null ? "-" : value.toString();
    }
}
