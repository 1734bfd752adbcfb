package io.osmanthus.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/*
 * Memory is taken as bytes arrive, never on the word of a Content-Length. A body over the limit is answered at once and
 * then read and dropped for a while: closing on a client that is still sending would take its answer away (RST).
 */

/** The body of one request, gathered under a limit and a deadline. Belongs to its event loop. */
final class Body {
    /** What a client may go on sending after 413 before its connection is closed. */
    private static final long DROPPED_BYTES_MAX = 32L << 20;

    private static final int GROWTH_BYTES_MIN = 4 << 10;

    private final HttpServerRequest request;
    private final int bytesMax;
    private final Handler<Body> then;
    private final Open open;
    private final long deadlineNanos;
    private @Nullable Body previous;
    private @Nullable Body next;

    private @Nullable Buffer only;
    private byte @Nullable [] gathered;
    private int length;
    private long dropped;
    private boolean refused;

    private Body(HttpServerRequest request, int bytesMax, Open open, long deadlineNanos, Handler<Body> then) {
        this.request = request;
        this.bytesMax = bytesMax;
        this.open = open;
        this.deadlineNanos = deadlineNanos;
        this.then = then;
    }

    /** Reads a body and hands it on; answers 413 or 408 itself. */
    static void read(HttpServerRequest request, int bytesMax, Open open, Handler<Body> then) {
        Body body = new Body(request, bytesMax, open, System.nanoTime() + open.timeoutNanos, then);
        open.add(body);
        String declared = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (declared != null && declared.length() > 9) {
            body.refuse();
        } else if (declared != null && Integer.parseInt(declared) > bytesMax) {
            body.refuse();
        }
        request.handler(body::chunk);
        request.endHandler(end -> body.end());
    }

    int length() {
        return length;
    }

    /** The bytes from 0 to {@link #length}: in {@code scratch} where they fit and came in one piece. */
    byte[] bytes(byte[] scratch) {
        if (gathered != null) {
            return gathered;
        }
        byte[] bytes = length <= scratch.length ? scratch : new byte[length];
        if (only != null) {
            only.getBytes(bytes);
        }
        return bytes;
    }

    private void chunk(Buffer chunk) {
        if (refused) {
            dropped += chunk.length();
            if (dropped > DROPPED_BYTES_MAX) {
                request.connection().close();
            }
            return;
        }
        int before = length;
        if (chunk.length() > bytesMax - before) {
            refuse();
            return;
        }
        length = before + chunk.length();
        if (before == 0) {
            only = chunk;
            return;
        }
        if (gathered == null) {
            gathered = new byte[Math.max(GROWTH_BYTES_MIN, length * 2)];
            if (only != null) {
                only.getBytes(gathered);
                only = null;
            }
        } else if (length > gathered.length) {
            gathered = Arrays.copyOf(gathered, (int) Math.min(Math.max(bytesMax, length), length * 2L));
        }
        chunk.getBytes(gathered, before);
    }

    private void end() {
        open.remove(this);
        if (refused) {
            return;
        }
        try {
            then.handle(this);
        } catch (RuntimeException e) {
            open.failed.accept(request.response(), e);
        }
    }

    private void refuse() {
        refused = true;
        only = null;
        gathered = null;
        Reply.problem(request.response(), Problem.BODY_TOO_LARGE);
    }

    private void expire() {
        boolean answered = refused;
        refused = true;
        only = null;
        gathered = null;
        if (answered || request.response().closed()) {
            request.connection().close();
            return;
        }
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Reply.problem(request.response(), Problem.TIMEOUT);
        request.connection().close();
    }

    /** The bodies of one event loop that have not arrived yet, oldest first. All have the same time, so order is age. */
    static final class Open {
        private final long timeoutNanos;
        private final BiConsumer<HttpServerResponse, RuntimeException> failed;
        private @Nullable Body first;
        private @Nullable Body last;

        /** What is done with a body may fail; {@code failed} answers then. */
        Open(long timeoutNanos, BiConsumer<HttpServerResponse, RuntimeException> failed) {
            this.timeoutNanos = timeoutNanos;
            this.failed = failed;
        }

        /** Answers 408 to those whose time is over. */
        void expire(long nowNanos) {
            while (first != null && nowNanos - first.deadlineNanos >= 0) {
                Body late = first;
                remove(late);
                late.expire();
            }
        }

        private void add(Body body) {
            body.previous = last;
            if (last == null) {
                first = body;
            } else {
                last.next = body;
            }
            last = body;
        }

        private void remove(Body body) {
            if (body.previous == null && body.next == null && first != body) {
                return;
            }
            if (body.previous == null) {
                first = body.next;
            } else {
                body.previous.next = body.next;
            }
            if (body.next == null) {
                last = body.previous;
            } else {
                body.next.previous = body.previous;
            }
            body.previous = null;
            body.next = null;
        }
    }
}
