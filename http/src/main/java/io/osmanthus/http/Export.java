package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/*
 * What grows without bound is what the ledger holds: it leaves in pages, each read on a worker once the one before has gone
 * out. No thread waits for the reader, and no more than a page of it is in memory.
 */

/** Answers {@code GET /v1/me/export} for one event loop: everything that is held about the caller. */
final class Export {
    /** Exports under way, over all event loops; one more is 503. */
    static final int EXPORTS_MAX = 16;

    /** Changes of a page. */
    static final int PAGE_CHANGES = 500;

    /** Who reads slower than that is broken off. */
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private static final Set<Kind> ALL = EnumSet.allOf(Kind.class);

    private final Site site;
    private final Loop loop;
    private final Writes writes;
    private final AtomicInteger underWay;
    private final long shown;

    Export(Site site, Loop loop, Writes writes, AtomicInteger underWay) {
        this.site = site;
        this.loop = loop;
        this.writes = writes;
        this.underWay = underWay;
        this.shown = Turn.own(site.trail(), "export");
    }

    void answer(HttpServerRequest request, Caller caller) {
        HttpServerResponse response = request.response();
        Live live = site.live();
        if (live == null || !(caller instanceof Caller.Citizen citizen)) {
            Reply.later(response, Problem.LEDGER_AWAY, 1);
        } else if (!loop.turn().accepting()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
        } else {
            writes.reached(request, () -> begin(request, live, citizen));
        }
    }

    private void begin(HttpServerRequest request, Live live, Caller.Citizen citizen) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return; // nobody would ever be told that it is over
        }
        if (underWay.incrementAndGet() > EXPORTS_MAX) {
            underWay.decrementAndGet();
            Reply.later(response, Problem.OVERLOADED, 1);
            return;
        }
        Reading reading = new Reading(live, citizen, response);
        reading.due = loop.after(TimeUnit.NANOSECONDS.toMillis(DEADLINE_NANOS), reading::tooLate);
        // once, whichever way it ends: also where the client goes away
        response.closeHandler(closed -> reading.end());
        response.endHandler(ended -> reading.end());
        writes.onWorker(response, () -> head(live, citizen), head -> {
            loop.turn().event(head != null, citizen.high(), citizen.low(), shown);
            loop.turn().after(written -> {
                if (!written) {
                    Reply.later(response, Problem.NO_TRAIL, 1);
                } else if (head == null) {
                    Reply.problem(response, Problem.NOT_ENROLLED);
                } else if (!response.ended() && !response.closed()) {
                    response.putHeader(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE)
                            .putHeader(HttpHeaders.CONTENT_TYPE, Reply.JSON)
                            .setChunked(true);
                    if (request.method().equals(HttpMethod.HEAD)) {
                        response.end();
                    } else {
                        reading.send(Buffer.buffer(head));
                    }
                }
            });
        });
    }

    /** Everything but the ledger's changes: an object that is open at its last field, the list of them. */
    private byte @Nullable [] head(Live live, Caller.Citizen citizen) {
        try (Reader reader = live.engine().reader()) {
            Generation generation = reader.advance();
            if (generation == null) {
                throw new Writes.Refusal(Problem.NOT_READY);
            }
            OwnFile file = OwnFile.of(site, live, reader, generation, citizen);
            if (file == null) {
                return null;
            }
            byte[] whole = Reply.bytes(json -> new ExportJson(site, live, reader, file, citizen).write(json));
            String text = new String(whole, StandardCharsets.UTF_8);
            return (text.substring(0, text.length() - 1) + ",\"changes\":[").getBytes(StandardCharsets.UTF_8);
        }
    }

    /** One export on its way out. Belongs to the event loop. */
    private final class Reading {
        private final Live live;
        private final Caller.Citizen citizen;
        private final HttpServerResponse response;
        private final long untilNanos = System.nanoTime() + DEADLINE_NANOS;
        private long position;
        private boolean ended;
        private Loop.@Nullable Timer due;

        Reading(Live live, Caller.Citizen citizen, HttpServerResponse response) {
            this.live = live;
            this.citizen = citizen;
            this.response = response;
        }

        void end() {
            if (!ended) {
                ended = true;
                underWay.decrementAndGet();
                if (due != null) {
                    due.cancel();
                }
            }
        }

        /** Also a client that reads nothing must not keep its place. */
        void tooLate() {
            if (!ended) {
                response.reset();
                end();
            }
        }

        void send(Buffer part) {
            response.write(part).onSuccess(gone -> next());
        }

        private void next() {
            if (response.ended() || response.closed()) {
                return;
            }
            if (System.nanoTime() - untilNanos > 0) {
                response.reset();
                return;
            }
            writes.<Page>furtherOnWorker(response, this::page, page -> {
                if (page == null) {
                    // the head has left: only a broken connection says that the document is not whole
                    response.reset();
                } else if (page.last()) {
                    response.end(page.text());
                } else {
                    send(page.text());
                }
            });
        }

        private Page page() {
            Subject self = new Subject(citizen.high(), citizen.low());
            List<Entry> entries = live.ledger().about(self, ALL, position, false, PAGE_CHANGES);
            boolean first = position == 0;
            Buffer text = Buffer.buffer();
            for (Entry entry : entries) {
                if (!first) {
                    text.appendByte((byte) ',');
                }
                first = false;
                text.appendBytes(Reply.bytes(json -> change(json, entry)));
                position = entry.position();
            }
            boolean last = entries.size() < PAGE_CHANGES;
            return new Page(last ? text.appendString("]}") : text, last);
        }
    }

    private record Page(Buffer text, boolean last) {}

    /** A change; of tokens the scheme only, of staff that it was the desk. */
    private static void change(JsonGenerator json, Entry entry) throws IOException {
        json.writeStartObject();
        json.writeNumberField("position", entry.position());
        json.writeStringField("at", Accesses.time(entry.at().toEpochMilli()));
        // who claims is not told that there is a holder
        Kind kind = entry.kind() == Kind.TOKEN_CLAIMED && !TokenClaims.against(entry) ? Kind.TOKEN_BOUND : entry.kind();
        json.writeStringField("kind", kind == null ? null : kind.word());
        json.writeStringField("by", entry.actor().startsWith("staff/") ? "desk" : entry.actor());
        byte[] payload = entry.payload();
        if (payload == null) {
            json.writeNullField("says");
        } else {
            json.writeFieldName("says");
            json.writeRawValue(new String(
                    Payload.parse(payload).without("token").without("by").bytes(), StandardCharsets.UTF_8));
        }
        json.writeEndObject();
    }
}
