package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.snapshots.SnapshotDiff;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How two snapshots differ, as JSON: over HTTP and on the command line. */
public final class DiffJson {
    private DiffJson() {}

    /** Writes the fields of one object. */
    public static void write(JsonGenerator generator, String a, String b, SnapshotDiff diff) throws IOException {
        generator.writeStringField("a", a);
        generator.writeStringField("b", b);
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

    private static void number(JsonGenerator generator, String name, @Nullable Long value) throws IOException {
        if (value == null) {
            generator.writeNullField(name);
        } else {
            generator.writeNumberField(name, value);
        }
    }
}
