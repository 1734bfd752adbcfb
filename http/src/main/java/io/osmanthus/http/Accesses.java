package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.snapshots.trail.Access;
import io.osmanthus.snapshots.trail.AccessPage;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET /v1/me/accesses} for one event loop: who asked about me. Files are read on a worker. */
final class Accesses {
    /** Readings waiting for a worker, over all event loops; one more is 503. */
    static final int WAITING_MAX = 64;

    static final int LINES_MAX = 100;

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long FIRST_MS = 0;
    static final long LAST_MS = Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();

    private final Site site;
    private final Loop loop;
    private final WorkerExecutor workers;
    private final AtomicInteger waiting;
    private final long shown;

    Accesses(Site site, Loop loop, WorkerExecutor workers, AtomicInteger waiting) {
        this.site = site;
        this.loop = loop;
        this.workers = workers;
        this.waiting = waiting;
        this.shown = Turn.own(site.trail(), "accesses");
    }

    void answer(HttpServerRequest request, Caller.Citizen citizen) {
        HttpServerResponse response = request.response();
        AccessTrail trail = site.trail();
        if (loop.advance() == null) {
            Reply.later(response, Problem.NOT_READY, 1);
            return;
        }
        if (trail == null || !loop.turn().accepting()) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return;
        }
        if (loop.answers().explain(citizen.high(), citizen.low()) == null) {
            loop.turn().event(false, citizen.high(), citizen.low(), shown);
            loop.turn().after(written -> Reply.problem(response, Problem.NOT_ENROLLED));
            return;
        }
        AccessCursor asked = asked(request, citizen);
        if (asked == null) {
            return;
        }
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            Reply.later(response, Problem.OVERLOADED, 1);
            return;
        }
        workers.executeBlocking(
                        () -> trail.accesses(
                                citizen.high(),
                                citizen.low(),
                                asked.from(),
                                asked.to(),
                                asked.place().at() == LAST_MS ? null : asked.place(),
                                LINES_MAX),
                        false)
                .onComplete(done -> {
                    waiting.decrementAndGet();
                    if (done.failed()) {
                        Failures.answer(response, done.cause(), site.meters());
                        return;
                    }
                    loop.turn().event(true, citizen.high(), citizen.low(), shown);
                    loop.turn().after(written -> leave(response, citizen, asked, done.result(), written));
                });
    }

    private void leave(
            HttpServerResponse response, Caller.Citizen citizen, AccessCursor asked, AccessPage page, boolean written) {
        if (!written) {
            Reply.later(response, Problem.NO_TRAIL, 1);
            return;
        }
        AccessPage.Place place = page.next();
        String next = place == null
                ? null
                : new AccessCursor(asked.from(), asked.to(), place).text(site.pseudonymKey(), citizen);
        Reply.personal(response, Reply.bytes(json -> write(json, page, next)));
    }

    /** What is asked for; null after it has been refused. */
    private @Nullable AccessCursor asked(HttpServerRequest request, Caller.Citizen citizen) {
        String cursor = request.getParam("cursor");
        if (cursor != null) {
            AccessCursor known = AccessCursor.of(cursor, site.pseudonymKey(), citizen);
            if (known == null) {
                refuse(request, "/cursor", "must be the 'next' of an answer to the same person");
            }
            return known;
        }
        Long from = moment(request.getParam("from"), FIRST_MS, false);
        Long to = moment(request.getParam("to"), LAST_MS, true);
        if (from == null || to == null) {
            refuse(
                    request,
                    from == null ? "/from" : "/to",
                    "must be a date (YYYY-MM-DD) or a time with offset (RFC 3339)");
            return null;
        }
        return new AccessCursor(from, to, new AccessPage.Place(LAST_MS, 0));
    }

    private static void refuse(HttpServerRequest request, String pointer, String detail) {
        Reply.problem(request.response(), Problem.MALFORMED, List.of(new Problem.Fault(pointer, detail)));
    }

    /** A date is its first moment in Shanghai, or as an end the first after it. */
    private static @Nullable Long moment(@Nullable String text, long absent, boolean end) {
        if (text == null) {
            return absent;
        }
        try {
            if (text.length() == 10) {
                LocalDate day = LocalDate.parse(text).plusDays(end ? 1 : 0);
                return bounded(day.atStartOfDay(ZONE).toInstant());
            }
            return bounded(OffsetDateTime.parse(text.replace(' ', '+')).toInstant());
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Long bounded(Instant moment) {
        return moment.getEpochSecond() < 0 || moment.getEpochSecond() > LAST_MS / 1_000 ? null : moment.toEpochMilli();
    }

    private static void write(JsonGenerator json, AccessPage page, @Nullable String next) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("accesses");
        for (Access access : page.accesses()) {
            json.writeStartObject();
            json.writeStringField("id", id(access));
            if (access.count() == 0) {
                json.writeStringField("at", time(access.at()));
            } else {
                json.writeStringField(
                        "on",
                        Instant.ofEpochMilli(access.at())
                                .atZone(ZONE)
                                .toLocalDate()
                                .toString());
                json.writeNumberField("count", access.count());
            }
            json.writeStringField("asked", access.asked().word());
            json.writeStringField("client", access.client());
            json.writeStringField("scene", access.scene());
            json.writeStringField("answer", access.answer());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("next", next);
        json.writeStringField("complete_until", time(page.completeUntil()));
        json.writeNumberField("exact_days", TrailOptions.EXACT_DAYS);
        json.writeEndObject();
    }

    /** Names an access in an objection: its time, and which of that time. */
    static String id(Access access) {
        CRC32 which = new CRC32();
        which.update((access.asked() + " " + access.client() + " " + access.scene() + " " + access.answer() + " "
                        + access.count())
                .getBytes(StandardCharsets.UTF_8));
        return Long.toString(access.at(), Character.MAX_RADIX) + String.format(Locale.ROOT, "-%08x", which.getValue());
    }

    static String time(long ms) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(Instant.ofEpochMilli(ms)
                .atZone(ZONE)
                .truncatedTo(ChronoUnit.MILLIS)
                .toOffsetDateTime());
    }
}
