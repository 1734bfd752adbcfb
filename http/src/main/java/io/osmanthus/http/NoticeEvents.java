package io.osmanthus.http;

import io.osmanthus.snapshots.ledger.Subject;
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

/** Notices for one event loop: {@code GET /v1/me/notices}, and as server-sent events {@code GET /v1/me/notices/events}. */
final class NoticeEvents {
    static final int PAGE_NOTICES = 100;
    static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");

    private static final String LIST = "notices-list/1";
    private static final String STREAM = "notices-stream/1";
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final int HEARTBEAT_MS = 15_000;
    private static final int RETRY_MS = 3_000;
    private static final Buffer HEARTBEAT = Buffer.buffer(": \n\n");

    private final Site site;
    private final Loop loop;
    private final Writes writes;
    private final WorkerExecutor workers;
    private final NoticeStreams streams;
    private final long shown;

    NoticeEvents(Site site, Loop loop, Writes writes, WorkerExecutor workers, NoticeStreams streams) {
        this.site = site;
        this.loop = loop;
        this.writes = writes;
        this.workers = workers;
        this.streams = streams;
        this.shown = Turn.own(site.trail(), "notices");
    }

    /** A page of them, newest first. */
    void list(HttpServerRequest request, Caller caller) {
        HttpServerResponse response = request.response();
        Live live = ready(response, caller);
        if (live == null || !(caller instanceof Caller.Citizen citizen)) {
            return;
        }
        String text = request.getParam("cursor");
        PersonCursor cursor = text == null ? null : PersonCursor.of(text, site.pseudonymKey(), LIST, citizen);
        if (text != null && cursor == null) {
            refuse(response, "/cursor", "must be the 'next' of an answer to the same person");
            return;
        }
        writes.reached(
                request,
                () -> writes.onWorker(response, () -> Notices.of(site, live, citizen), read -> {
                    loop.turn().event(read != null, citizen.high(), citizen.low(), shown);
                    loop.turn().after(written -> {
                        if (!written) {
                            Reply.later(response, Problem.NO_TRAIL, 1);
                        } else if (read == null) {
                            Reply.problem(response, Problem.NOT_ENROLLED);
                        } else {
                            Reply.personal(response, page(read, cursor, citizen));
                        }
                    });
                }));
    }

    private byte[] page(Notices.Read read, @Nullable PersonCursor cursor, Caller.Citizen citizen) {
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
            next = new PersonCursor(last.at(), last.id(), 0).text(site.pseudonymKey(), LIST, citizen);
        }
        String following = next;
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("notices");
            for (Notice notice : page) {
                notice.write(json);
            }
            json.writeEndArray();
            json.writeStringField("next", following);
            json.writeStringField("last_event_id", place(read.told(), citizen));
            json.writeEndObject();
        });
    }

    /** Opens a stream: from now on, or from where the caller was told last. */
    void open(HttpServerRequest request, Caller caller) {
        HttpServerResponse response = request.response();
        Live live = ready(response, caller);
        if (live == null || !(caller instanceof Caller.Citizen citizen)) {
            return;
        }
        String header = request.headers().get(LAST_EVENT_ID);
        String text = header == null ? request.getParam("cursor") : header;
        PersonCursor from =
                text == null || text.isEmpty() ? null : PersonCursor.of(text, site.pseudonymKey(), STREAM, citizen);
        if (text != null && !text.isEmpty() && from == null) {
            refuse(response, "/cursor", "must be the id of an event, or the 'last_event_id', of the same person");
            return;
        }
        long leftMs = Bearer.expiresMs(request) - site.clock().millis();
        if (leftMs <= 0) {
            Reply.problem(response, Problem.UNAUTHENTICATED);
            return;
        }
        Notice.Told told = from == null ? null : new Notice.Told(from.first(), from.second(), from.third());
        Stream stream = new Stream(live, citizen, request, told);
        writes.reached(request, () -> stream.open(leftMs));
    }

    private @Nullable Live ready(HttpServerResponse response, Caller caller) {
        Live live = site.live();
        if (live == null || !(caller instanceof Caller.Citizen)) {
            Reply.later(response, Problem.LEDGER_AWAY, 1);
            return null;
        }
        if (!loop.turn().accepting()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return null;
        }
        return live;
    }

    private static void refuse(HttpServerResponse response, String pointer, String detail) {
        Reply.problem(response, Problem.MALFORMED, List.of(new Problem.Fault(pointer, detail)));
    }

    private String place(Notice.Told told, Caller.Citizen citizen) {
        return new PersonCursor(told.position(), told.snapshotMs(), told.dayMs())
                .text(site.pseudonymKey(), STREAM, citizen);
    }

    /** One stream. Everything but {@link #wake} and {@link #end} on its event loop. */
    private final class Stream implements NoticeStreams.Stream {
        private final Live live;
        private final Caller.Citizen citizen;
        private final Subject self;
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private Notice.@Nullable Told told;
        private final List<Loop.Timer> timers = new ArrayList<>();
        private boolean begun;
        private boolean reading;
        private boolean again;
        private boolean over;

        Stream(Live live, Caller.Citizen citizen, HttpServerRequest request, Notice.@Nullable Told told) {
            this.live = live;
            this.citizen = citizen;
            this.self = new Subject(citizen.high(), citizen.low());
            this.request = request;
            this.response = request.response();
            this.told = told;
        }

        void open(long leftMs) {
            if (response.closed()) {
                return;
            }
            NoticeStreams.Taken taken = streams.add(self, this);
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
            workers.<Notices.@Nullable Read>executeBlocking(() -> Notices.of(site, live, citizen), false)
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
            loop.turn().event(read != null, citizen.high(), citizen.low(), shown);
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
                    "retry: " + RETRY_MS + "\nid: " + place(told, citizen) + "\nevent: opened\ndata: {}\n\n"));
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
                text.appendString("id: " + place(at, citizen) + "\nevent: notice\ndata: "
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
                Reply.problem(response, Problem.NOT_ENROLLED);
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
            streams.remove(self, this);
        }
    }
}
