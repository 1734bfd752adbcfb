package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Comparator;

/**
 * Something a person is told (通知). It is no row of anything: it follows from the ledger, the snapshots and the calendar, and
 * does so again whenever it is asked for.
 *
 * @param id the same at every reading and on every node
 * @param at milliseconds since 1970-01-01: when it came about
 * @param axis which of the three moved
 * @param mark where on that axis it lies
 * @param kind a word of {@code openapi.yaml}
 * @param fields what it says, as fields of an open object
 */
record Notice(long id, long at, Axis axis, long mark, String kind, Reply.Writer fields) {
    /** Newest first, the same order at every reading. */
    static final Comparator<Notice> NEWEST_FIRST =
            Comparator.comparingLong(Notice::at).reversed().thenComparingLong(Notice::id);

    /** In the order in which a stream sends them. */
    static final Comparator<Notice> BY_MARK =
            Comparator.comparing(Notice::axis).thenComparingLong(Notice::mark).thenComparingLong(Notice::id);

    /** What moves: each forward only, so that three numbers say what has been told. */
    enum Axis {
        /** The ledger, by position. */
        LEDGER,
        /** The snapshots, by the time at which they were made. */
        SNAPSHOT,
        /** The calendar, by the first moment of a day. */
        DAY
    }

    /** How far somebody has been told. */
    record Told(long position, long snapshotMs, long dayMs) {
        boolean covers(Notice notice) {
            return notice.mark() <= on(notice.axis());
        }

        Told with(Axis axis, long mark) {
            return switch (axis) {
                case LEDGER -> new Told(mark, snapshotMs, dayMs);
                case SNAPSHOT -> new Told(position, mark, dayMs);
                case DAY -> new Told(position, snapshotMs, mark);
            };
        }

        /** The farther of both on each axis: an older snapshot, activated again, tells nothing anew. */
        Told and(Told other) {
            return new Told(
                    Math.max(position, other.position),
                    Math.max(snapshotMs, other.snapshotMs),
                    Math.max(dayMs, other.dayMs));
        }

        private long on(Axis axis) {
            return switch (axis) {
                case LEDGER -> position;
                case SNAPSHOT -> snapshotMs;
                case DAY -> dayMs;
            };
        }
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", String.format("%016x", id));
        json.writeStringField("at", Accesses.time(at));
        json.writeStringField("kind", kind);
        fields.to(json);
        json.writeEndObject();
    }
}
