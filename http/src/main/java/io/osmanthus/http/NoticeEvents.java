package io.osmanthus.http;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * A stream does not carry changes: it is woken by them, reads what is to be told as GET /v1/me/notices does, and sends what it has
 * not sent yet. So both can never differ, and an event lost on the way is sent again by its place.
 */

/**
 * Notices and alerts for one event loop, as a list and as server-sent events: {@code GET /v1/me/notices}, {@code
 * /v1/me/notices/events}, {@code /v1/alerts}.
 */
final class NoticeEvents {
    static final int PAGE_NOTICES = 100;
    static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");

    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final int HEARTBEAT_MS = 15_000;
    private static final int RETRY_MS = 3_000;
    private static final Buffer HEARTBEAT = Buffer.buffer(": \n\n");

    private final Site site;
    private final Loop loop;
    private final Writes writes;
    private final WorkerExecutor workers;
    private final NoticeStreams streams;
    private final AlertBook book;
    private final long shown;

    NoticeEvents(Site site, Loop loop, Writes writes, WorkerExecutor workers, NoticeStreams streams, AlertBook book) {
        this.site = site;
        this.loop = loop;
        this.writes = writes;
        this.workers = workers;
        this.streams = streams;
        this.book = book;
        this.shown = Turn.own(site.trail(), "notices");
    }

    /** A page of them, newest first. */
    void list(HttpServerRequest request, Caller caller) {
        HttpServerResponse response = request.response();
        Audience audience = audience(response, caller);
        if (audience == null) {
            return;
        }
        String text = request.getParam("cursor");
        PersonCursor cursor =
                text == null ? null : PersonCursor.of(text, site.pseudonymKey(), list(audience), audience.self());
        if (text != null && cursor == null) {
            refuse(response, "/cursor", "must be the 'next' of an answer to the same caller");
            return;
        }
        writes.reached(
                request,
                () -> writes.onWorker(response, audience::read, read -> {
                    audience.shown(loop.turn(), read != null);
                    loop.turn().after(written -> {
                        if (!written) {
                            Reply.later(response, Problem.NO_TRAIL, 1);
                        } else if (read == null) {
                            Reply.problem(response, audience.absent());
                        } else {
                            Reply.personal(response, page(read, cursor, audience));
                        }
                    });
                }));
    }

    private byte[] page(Notices.Read read, @Nullable PersonCursor cursor, Audience audience) {
        List<Notice> rest = read.notices();
        if (cursor != null) {
            rest = rest.stream()
                    .filter(one ->
                            one.at() < cursor.first() || (one.at() == cursor.first() && one.id() > cursor.second()))
                    .toList();
        }
        List<Notice> page = rest.subList(0, Math.min(PAGE_NOTICES, rest.size()));
        String next = null;
        if (page.size() < rest.size()) {
            Notice last = page.get(page.size() - 1);
            next = new PersonCursor(last.at(), last.id(), 0).text(site.pseudonymKey(), list(audience), audience.self());
        }
        String following = next;
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart(audience.word() + "s");
            for (Notice notice : page) {
                notice.write(json);
            }
            json.writeEndArray();
            json.writeStringField("next", following);
            json.writeStringField("last_event_id", place(read.told(), audience));
            json.writeEndObject();
        });
    }

    /** Opens a stream: from now on, or from where the caller was told last. */
    void open(HttpServerRequest request, Caller caller) {
        HttpServerResponse response = request.response();
        Audience audience = audience(response, caller);
        if (audience == null) {
            return;
        }
        String header = request.headers().get(LAST_EVENT_ID);
        String text = header == null ? request.getParam("cursor") : header;
        PersonCursor from = text == null || text.isEmpty()
                ? null
                : PersonCursor.of(text, site.pseudonymKey(), stream(audience), audience.self());
        if (text != null && !text.isEmpty() && from == null) {
            refuse(response, "/cursor", "must be the id of an event, or the 'last_event_id', of the same caller");
            return;
        }
        long endsMs =
                caller instanceof Caller.Machine machine ? machine.client().expiresAtMs() : Bearer.expiresMs(request);
        long leftMs = endsMs - site.clock().millis();
        if (leftMs <= 0) {
            Reply.problem(response, Problem.UNAUTHENTICATED);
            return;
        }
        Notice.Told told = from == null ? null : new Notice.Told(from.first(), from.second(), from.third());
        Stream stream = new Stream(audience, request, told);
        writes.reached(request, () -> stream.open(leftMs));
    }

    /** To whom is told; null: it has been answered why nobody is now. */
    private @Nullable Audience audience(HttpServerResponse response, Caller caller) {
        Live live = site.live();
        if (live == null) {
            Reply.later(response, Problem.LEDGER_AWAY, 1);
            return null;
        }
        if (!loop.turn().accepting()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return null;
        }
        if (caller instanceof Caller.Citizen citizen) {
            return new OwnNotices(site, live, citizen, shown);
        }
        if (caller instanceof Caller.Representative organisation) {
            return Alerts.of(site, live, book, organisation);
        }
        if (caller instanceof Caller.Machine machine) {
            return Alerts.of(site, live, book, machine.client().client());
        }
        Reply.problem(response, Problem.FORBIDDEN);
        return null;
    }

    private static String list(Audience audience) {
        return audience.word() + "s-list/1";
    }

    private static String stream(Audience audience) {
        return audience.word() + "s-stream/1";
    }

    private static void refuse(HttpServerResponse response, String pointer, String detail) {
        Reply.problem(response, Problem.MALFORMED, List.of(new Problem.Fault(pointer, detail)));
    }

    private String place(Notice.Told told, Audience audience) {
        return new PersonCursor(told.position(), told.snapshotMs(), told.dayMs())
                .text(site.pseudonymKey(), stream(audience), audience.self());
    }

    /** One stream. Everything but {@link #wake} and {@link #end} on its event loop. */
    private final class Stream implements NoticeStreams.Stream {
        private final Audience audience;
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private Notice.@Nullable Told told;
        private final List<Loop.Timer> timers = new ArrayList<>();
        private boolean begun;
        private boolean reading;
        private boolean again;
        private boolean over;

        Stream(Audience audience, HttpServerRequest request, Notice.@Nullable Told told) {
            this.audience = audience;
            this.request = request;
            this.response = request.response();
            this.told = told;
        }

        void open(long leftMs) {
            if (response.closed()) {
                return;
            }
            NoticeStreams.Taken taken = streams.add(audience.self(), this);
            if (taken != NoticeStreams.Taken.YES) {
                boolean own = taken == NoticeStreams.Taken.TOO_MANY_OF_ONE;
                Reply.later(response, own ? Problem.TOO_FAST : Problem.OVERLOADED, own ? 30 : 5);
                return;
            }
            response.closeHandler(closed -> finish());
            response.exceptionHandler(broken -> finish());
            timers.add(loop.after(leftMs, this::finish));
            timers.add(loop.every(HEARTBEAT_MS, this::beat));
            read();
        }

        @Override
        public void wake() {
            loop.run(this::read);
        }

        @Override
        public boolean followsEntries() {
            return audience.followsEntries();
        }

        @Override
        public void end() {
            loop.run(this::finish);
        }

        private void beat() {
            if (begun && !over) {
                send(HEARTBEAT);
            }
        }

        private void read() {
            if (over || reading) {
                again = true;
                return;
            }
            reading = true;
            again = false;
            workers.<Notices.@Nullable Read>executeBlocking(audience::read, false)
                    .onComplete(done -> {
                        if (over) {
                            return;
                        }
                        if (done.failed()) {
                            failed(done.cause());
                        } else {
                            tell(done.result());
                        }
                    });
        }

        /** Nothing may leave before the trail holds that it does. */
        private void tell(Notices.@Nullable Read read) {
            List<Notice> fresh = fresh(read);
            if (read != null && begun && fresh.isEmpty()) {
                told = read.told().and(told == null ? read.told() : told);
                done();
                return;
            }
            audience.shown(loop.turn(), read != null);
            loop.turn().after(written -> {
                if (over) {
                    return;
                }
                if (!written) {
                    unavailable(Problem.NO_TRAIL);
                } else if (read == null) {
                    gone();
                } else {
                    begin(read);
                    events(read, fresh);
                    done();
                }
            });
        }

        private List<Notice> fresh(Notices.@Nullable Read read) {
            Notice.Told before = told;
            if (read == null || before == null) {
                return List.of();
            }
            return read.notices().stream()
                    .filter(notice -> !before.covers(notice))
                    .sorted(Notice.BY_MARK)
                    .toList();
        }

        private void begin(Notices.Read read) {
            if (begun) {
                return;
            }
            begun = true;
            response.putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
                    .putHeader(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE)
                    .setChunked(true);
            if (request.method().equals(HttpMethod.HEAD)) {
                finish();
                return;
            }
            if (told == null) {
                told = read.told();
            }
            send(Buffer.buffer(
                    "retry: " + RETRY_MS + "\nid: " + place(told, audience) + "\nevent: opened\ndata: {}\n\n"));
        }

        /** The place of an event is such that whoever is told it and nothing after it misses nothing. */
        private void events(Notices.Read read, List<Notice> fresh) {
            Notice.Told at = told == null ? read.told() : told;
            Buffer text = Buffer.buffer();
            for (int i = 0; i < fresh.size(); i++) {
                Notice notice = fresh.get(i);
                Notice after = i + 1 < fresh.size() ? fresh.get(i + 1) : null;
                if (after == null || after.axis() != notice.axis() || after.mark() != notice.mark()) {
                    at = at.with(notice.axis(), notice.mark());
                }
                text.appendString("id: " + place(at, audience) + "\nevent: " + audience.word() + "\ndata: "
                        + new String(Reply.bytes(notice::write), StandardCharsets.UTF_8) + "\n\n");
            }
            told = read.told().and(at);
            if (text.length() > 0) {
                send(text);
            }
        }

        private void done() {
            reading = false;
            if (again) {
                read();
            }
        }

        /** One who does not read is not waited for: they come back to where they were. */
        private void send(Buffer text) {
            if (over) {
                return;
            }
            if (response.writeQueueFull()) {
                finish();
                return;
            }
            var unused = response.write(text);
        }

        private void gone() {
            if (begun) {
                send(Buffer.buffer("event: not-enrolled\ndata: {}\n\n"));
                finish();
            } else {
                over();
                Reply.problem(response, audience.absent());
            }
        }

        private void failed(Throwable cause) {
            if (cause instanceof Writes.Refusal refusal) {
                unavailable(refusal.problem());
            } else if (cause instanceof io.osmanthus.snapshots.ledger.LedgerException) {
                unavailable(Problem.LEDGER_AWAY);
            } else {
                Failures.note(cause, Reply.requestId(response), site.meters());
                unavailable(Problem.OVERLOADED);
            }
        }

        private void unavailable(Problem problem) {
            if (begun) {
                finish();
            } else {
                over();
                Reply.later(response, problem, 1);
            }
        }

        private void finish() {
            if (over) {
                return;
            }
            over();
            if (begun && !response.ended() && !response.closed()) {
                var unused = response.end();
            } else if (!begun && !response.closed()) {
                Reply.later(response, Problem.NOT_READY, 1);
            }
        }

        private void over() {
            over = true;
            timers.forEach(Loop.Timer::cancel);
            streams.remove(audience.self(), this);
        }
    }
}
