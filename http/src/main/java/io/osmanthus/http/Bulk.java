package io.osmanthus.http;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Page;
import java.util.HashMap;
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
    /**
     * Rows of one report about one person, by the id or the token that they give, enrolled or not: nobody does more on a day, and
     * what a file holds is scored anew with each. An organisation has more of everything.
     */
    static final int ROWS_OF_PERSON_MAX = 50;

    static final int ROWS_OF_ORGANISATION_MAX = 1_000;

    /** Why a row beyond is refused. */
    static final String TOO_MANY = "TOO_MANY_ROWS";

    private static final int TEXT_MAX = 128;

    private final int rowsMax;
    private final Map<String, Integer> rowsOf = new HashMap<>();
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
            String reason = one == null ? "VALUE_MALFORMED" : tooMany(one) ? TOO_MANY : row.judge(i, one);
            if (reason != null) {
                refuse(i, reason);
            }
        }
        return null;
    }

    /** Counts a row to whom it says that it is about, before anything is looked up. */
    private boolean tooMany(JsonObject one) {
        String id = one.text("subject_id", TEXT_MAX);
        String token = one.text("token", TEXT_MAX);
        String name = id == null ? token : id;
        if (name == null) {
            return false;
        }
        boolean organisation = "organisation".equals(one.text("subject_type", TEXT_MAX));
        String whom =
                (id == null ? one.text("scheme", TEXT_MAX) : organisation ? "o" : "p") + '\n' + Canonical.of(name);
        return rowsOf.merge(whom, 1, Integer::sum) > (organisation ? ROWS_OF_ORGANISATION_MAX : ROWS_OF_PERSON_MAX);
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
