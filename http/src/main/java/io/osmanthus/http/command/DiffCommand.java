package io.osmanthus.http.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotDiff;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import java.io.IOException;
import java.io.PrintWriter;
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
    @Parameters(index = "0", paramLabel = "A", description = "A version that 'snapshots' lists.")
    private String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another.")
    private String second = "";

    @Mixin
    private Places places = new Places();

    @Option(names = "--json", description = "One JSON object instead of tables.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SnapshotStore store = SnapshotStore.open(places.store());
        Trust trust = places.trust(Secrets.ofEnvironment());
        SnapshotDiff diff =
                SnapshotDiff.between(Snapshot.open(store.path(first), trust), Snapshot.open(store.path(second), trust));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.line(generator -> write(generator, diff)));
        } else {
            print(out, diff);
        }
        return 0;
    }

    private void write(JsonGenerator generator, SnapshotDiff diff) throws IOException {
        generator.writeStringField("a", first);
        generator.writeStringField("b", second);
        generator.writeArrayFieldStart("kinds");
        for (SnapshotDiff.Kind kind : diff.kinds()) {
            generator.writeStartObject();
            generator.writeStringField("kind", kind.kind());
            number(generator, "a", kind.a());
            number(generator, "b", kind.b());
            number(generator, "added", kind.added());
            number(generator, "removed", kind.removed());
            number(generator, "changed", kind.changed());
            generator.writeEndObject();
        }
        generator.writeEndArray();
        generator.writeArrayFieldStart("districts");
        for (SnapshotDiff.District district : diff.districts()) {
            generator.writeStartObject();
            generator.writeStringField(
                    "district", district.code() == null ? null : district.code().toString());
            number(generator, "persons_a", district.personsA());
            number(generator, "persons_b", district.personsB());
            number(generator, "organisations_a", district.organisationsA());
            number(generator, "organisations_b", district.organisationsB());
            generator.writeEndObject();
        }
        generator.writeEndArray();
        generator.writeArrayFieldStart("lists");
        for (SnapshotDiff.ListChange list : diff.lists()) {
            generator.writeStartObject();
            generator.writeStringField("list", list.list());
            number(generator, "a", list.a());
            number(generator, "b", list.b());
            number(generator, "entered", list.entered());
            number(generator, "left", list.left());
            generator.writeEndObject();
        }
        generator.writeEndArray();
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

    private static void number(JsonGenerator generator, String name, @Nullable Long value) throws IOException {
        if (value == null) {
            generator.writeNullField(name);
        } else {
            generator.writeNumberField(name, value);
        }
    }

    private static String text(@Nullable Long value) {
        return value == null ? "-" : value.toString();
    }
}
