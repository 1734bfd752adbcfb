package io.osmanthus.http;

import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Page;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one report. They are judged one by one: those refused are named by index and reason, all others are written in
 * one transaction. For one request, on a worker.
 */
final class Bulk {
    private final int rowsMax;
    private final Map<Integer, String> refused = new TreeMap<>();

    /** Judges one row, and keeps what is to be written of it. */
    interface Row {
        /** Why the row is refused, null where it is not. {@code index} counts from 0. */
        @Nullable
        String judge(int index, JsonObject one);
    }

    Bulk(int rowsMax) {
        this.rowsMax = rowsMax;
    }

    /** Judges every row of a body; why the body as a whole is refused, or null. */
    Writes.@Nullable Judged rows(byte[] body, String list, Set<String> keys, Row row) {
        JsonObject root = JsonObject.parse(body, Set.of(list));
        List<@Nullable JsonObject> given = root == null ? null : root.objects(list, keys);
        if (given == null) {
            return Writes.Judged.Refused.of(
                    Problem.MALFORMED, "", "must be an object with '" + list + "', a list, and nothing else");
        }
        if (given.isEmpty() || given.size() > rowsMax) {
            return Writes.Judged.Refused.of(Problem.UNPROCESSABLE, "/" + list, "must be 1 to " + rowsMax + " rows");
        }
        for (int i = 0; i < given.size(); i++) {
            JsonObject one = given.get(i);
            String reason = one == null ? "VALUE_MALFORMED" : row.judge(i, one);
            if (reason != null) {
                refuse(i, reason);
            }
        }
        return null;
    }

    void refuse(int index, String reason) {
        refused.put(index, reason);
    }

    Act.Outcome outcome(Page page) {
        return new Act.Outcome(201, Reply.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("rejected");
            for (Map.Entry<Integer, String> one : refused.entrySet()) {
                json.writeStartObject();
                json.writeNumberField("index", one.getKey());
                json.writeStringField("reason", one.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("position", page.position());
            json.writeEndObject();
        }));
    }
}
