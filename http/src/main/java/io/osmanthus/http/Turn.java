package io.osmanthus.http;

import io.micrometer.core.instrument.Timer;
import io.netty.buffer.ByteBuf;
import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.Asked;
import io.osmanthus.snapshots.trail.TrailWriter;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/*
 * Netty reads all sockets that have something, then runs the tasks queued meanwhile. So a task queued by the first answer of
 * a turn runs when the last one is known: one document for all of them, then the answers. Under load a turn has dozens, at
 * low load one, and no answer waits for another turn.
 */

/** The answers of one turn of an event loop about persons: they leave once their events are written. Belongs to its loop. */
final class Turn implements AutoCloseable {
    private static final int FIRST_CAPACITY = 64;

    private final ContextInternal context;
    private final Meters meters;
    private final @Nullable AccessTrail trail;
    private final @Nullable TrailWriter writer;
    private final Runnable end = this::end;
    private Waiting[] waiting = slots(new Waiting[FIRST_CAPACITY], 0);
    private Waiting[] leaving = slots(new Waiting[FIRST_CAPACITY], 0);
    private int count;

    /** One answer, in a slot that is used again. */
    private static final class Waiting {
        private @Nullable HttpServerResponse response;
        private @Nullable Buffer body;
        private @Nullable FastChecks connection;
        private @Nullable ByteBuf whole;
        private @Nullable Timer timer;
        private long startedNanos;
        private @Nullable Handler<Boolean> then;
    }

    /** Without a writer everything leaves at once. */
    Turn(ContextInternal context, Meters meters, @Nullable AccessTrail trail, @Nullable TrailWriter writer) {
        this.meters = meters;
        this.context = context;
        this.trail = trail;
        this.writer = writer;
    }

    /** The bits of an event; 0 without a trail. */
    static long what(
            @Nullable AccessTrail trail, @Nullable String client, @Nullable String scene, @Nullable String answer) {
        return trail == null ? 0 : trail.what(Asked.CHECK, client, scene, answer);
    }

    /** The bits of a scene's answers by code; to be joined with a client's. */
    static long[] what(@Nullable AccessTrail trail, SceneRule rule) {
        long[] bits =
                new long[rule.benefits().stream().mapToInt(Benefit::code).max().orElse(0) + 1];
        bits[0] = what(trail, null, rule.definition().id(), null);
        for (Benefit benefit : rule.benefits()) {
            bits[benefit.code()] = what(trail, null, rule.definition().id(), benefit.id());
        }
        return bits;
    }

    /** The bits of something shown to the person in their own app. */
    static long own(@Nullable AccessTrail trail, String shown) {
        return trail == null ? 0 : trail.what(Asked.OWN, null, null, shown);
    }

    /** Whether answers about persons may be made at all. */
    boolean accepting() {
        return trail == null || trail.accepting();
    }

    /** One answer about a subject; the same work whether it is known or not. */
    void event(boolean known, long high, long low, long what) {
        if (writer != null) {
            writer.add(known, high, low, what);
        }
    }

    /** Answers a check with a pre-encoded body at the end of the turn. */
    void answer(HttpServerResponse response, Buffer body, Timer timer, long startedNanos) {
        if (writer == null) {
            leave(response, body, timer, startedNanos, System.nanoTime());
            return;
        }
        Waiting slot = slot();
        slot.response = response;
        slot.body = body;
        slot.timer = timer;
        slot.startedNanos = startedNanos;
    }

    /** Answers a check on the fast path with a pre-encoded whole answer at the end of the turn. */
    void answer(FastChecks connection, ByteBuf whole, Timer timer, long startedNanos) {
        Waiting slot = slot();
        slot.connection = connection;
        slot.whole = whole;
        slot.timer = timer;
        slot.startedNanos = startedNanos;
        connection.answering();
    }

    /** Refuses a check on the fast path, in its place among the connection's answers. */
    void refuse(FastChecks connection, WholeProblem problem) {
        Waiting slot = slot();
        slot.connection = connection;
        slot.whole = problem.buffer(connection.context().alloc());
        connection.answering();
    }

    /** Goes on at the end of the turn; false: the events were not written, and no answer may leave. */
    void after(Handler<Boolean> then) {
        if (writer == null) {
            then.handle(true);
            return;
        }
        slot().then = then;
    }

    private Waiting slot() {
        if (count == 0) {
            context.nettyEventLoop().execute(end);
        }
        if (count == waiting.length) {
            waiting = slots(Arrays.copyOf(waiting, 2 * count), count);
        }
        return waiting[count++];
    }

    private void end() {
        context.dispatch(this::leaveAll);
    }

    /** What leaves may bring in the next request of its connection at once: that one waits in the other slots. */
    private void leaveAll() {
        Waiting[] now = waiting;
        int size = count;
        waiting = leaving;
        leaving = now;
        count = 0;
        boolean written = writer == null || writer.commit();
        long nowNanos = System.nanoTime();
        for (int i = 0; i < size; i++) {
            try {
                leave(now[i], written, nowNanos);
            } catch (RuntimeException e) {
                // a fault of ours in one answer: the others of the turn leave all the same
                Failures.note(e, "unknown", meters);
            }
        }
    }

    private static void leave(Waiting slot, boolean written, long nowNanos) {
        FastChecks connection = slot.connection;
        ByteBuf whole = slot.whole;
        HttpServerResponse response = slot.response;
        Buffer body = slot.body;
        Handler<Boolean> then = slot.then;
        Timer timer = slot.timer;
        slot.connection = null;
        slot.whole = null;
        slot.response = null;
        slot.body = null;
        slot.then = null;
        slot.timer = null;
        if (then != null) {
            then.handle(written);
        } else if (connection != null && whole != null && timer == null) {
            connection.leave(whole);
        } else if (connection != null && whole != null && timer != null) {
            connection.leave(
                    written
                            ? whole
                            : WholeProblem.NO_TRAIL.buffer(connection.context().alloc()));
            record(timer, written, slot.startedNanos, nowNanos);
        } else if (response != null && body != null && timer != null) {
            if (written) {
                leave(response, body, timer, slot.startedNanos, nowNanos);
            } else {
                Reply.later(response, Problem.NO_TRAIL, 1);
            }
        }
    }

    private static void leave(HttpServerResponse response, Buffer body, Timer timer, long startedNanos, long nowNanos) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.headers().add(HttpHeaders.CONTENT_TYPE, Reply.JSON).add(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE);
        response.end(body);
        record(timer, true, startedNanos, nowNanos);
    }

    private static void record(Timer timer, boolean answered, long startedNanos, long nowNanos) {
        if (answered) {
            timer.record(nowNanos - startedNanos, TimeUnit.NANOSECONDS);
        }
    }

    private static Waiting[] slots(Waiting[] slots, int from) {
        for (int i = from; i < slots.length; i++) {
            slots[i] = new Waiting();
        }
        return slots;
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
