package io.osmanthus.http;

import io.netty.buffer.ByteBuf;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/*
 * Each connection remembers two heads, since clients send the same one again and again. They are compared as a whole and
 * eight bytes or more at a time, so that how far another one agrees with a key in it does not show byte by byte.
 */

/** What the fast paths of one event loop's connections share. */
final class FastLane {
    private static final int SCRATCH_BYTES = StrictHead.BYTES_MAX + StrictHead.BODY_BYTES_MAX;

    private final Checks checks;
    private final Gate gate;
    private final Keys keys;
    private final Readiness readiness;
    private final int unsentBytesMax;
    private final LongAdder taken;
    private final LongAdder left;
    private final StrictHead strict;
    private final byte[] scratch = new byte[SCRATCH_BYTES];

    /** Connections that hold a part of a request, or did a moment ago; each once. */
    private final ArrayDeque<FastChecks> parted = new ArrayDeque<>();

    /** A head that was read once: what it asks, who asks, and how long its body is. */
    static final class Head {
        private final byte[] bytes;
        private final Loop.Target target;
        private final KnownClient client;
        private final int bodyBytes;

        /** Of the keys by which the client was found. */
        private final Object edition;

        /** Key and certificate hold until then. */
        private final long untilMs;

        private Head(
                byte[] bytes, Loop.Target target, KnownClient client, int bodyBytes, Object edition, long untilMs) {
            this.untilMs = untilMs;
            this.bytes = bytes;
            this.target = target;
            this.client = client;
            this.bodyBytes = bodyBytes;
            this.edition = edition;
        }

        Loop.Target target() {
            return target;
        }

        KnownClient client() {
            return client;
        }

        int bodyBytes() {
            return bodyBytes;
        }

        boolean expired(long nowMs) {
            return nowMs >= untilMs;
        }

        boolean begins(byte[] all, int length) {
            return length >= bytes.length && Arrays.equals(all, 0, bytes.length, bytes, 0, bytes.length);
        }
    }

    FastLane(Checks checks, Gate gate, Loop loop, Site site, Readiness readiness) {
        this.readiness = readiness;
        this.keys = site.keys();
        this.checks = checks;
        this.gate = gate;
        this.unsentBytesMax = site.config().limits().unsentBytesMax();
        this.taken = site.meters().fast();
        this.left = site.meters().partsLeft();
        this.strict = new StrictHead(loop.targets());
    }

    /** Gives a fresh connection its fast path; one of HTTP/2 has none. */
    void install(HttpConnection connection) {
        if (connection instanceof Http1xServerConnection http1) {
            FastChecks.install(this, http1.channelHandlerContext());
        }
    }

    int unsentBytesMax() {
        return unsentBytesMax;
    }

    /**
     * Answers the request with which the bytes begin, at the end of the turn, if it is one of the fast path.
     *
     * @return its length, {@link StrictHead#PART} or {@link StrictHead#OTHER}
     */
    int take(FastChecks connection, ByteBuf in, long nowNanos) {
        int length = Math.min(in.readableBytes(), SCRATCH_BYTES);
        in.getBytes(in.readerIndex(), scratch, 0, length);
        Head head = connection.remembered(scratch, length);
        Object edition = keys.edition();
        if (head == null || head.edition != edition) {
            int bytes = strict.read(scratch, 0, length);
            if (bytes <= 0) {
                return bytes;
            }
            head = head(bytes, edition, connection.certificate());
            if (head == null) {
                return StrictHead.OTHER;
            }
            connection.remember(head);
        }
        int from = head.bytes.length;
        int to = from + head.bodyBytes;
        if (to > length) {
            return StrictHead.PART;
        }
        if (!readiness.open()) {
            // each answer now is its connection's last, and says so
            return StrictHead.OTHER;
        }
        try {
            if (!checks.fast(connection, head, scratch, from, nowNanos)) {
                return StrictHead.OTHER;
            }
        } catch (RuntimeException e) {
            // a fault of ours: the ordinary path meets it too, answers 500 and says where
            return StrictHead.OTHER;
        }
        taken.increment();
        return to;
    }

    /** The head just read, if its client may ask this. */
    private @Nullable Head head(int bytes, Object edition, @Nullable ClientCertificate certificate) {
        Loop.Target target = strict.target();
        KnownClient client = gate.client(strict.authorization(scratch), Route.CHECK, certificate);
        if (target == null || client == null || !Route.CHECK.scope().covers(client.client(), target.id())) {
            return null;
        }
        return new Head(
                Arrays.copyOf(scratch, bytes),
                target,
                client,
                strict.contentLength(),
                edition,
                client.untilMs(certificate));
    }

    /** A connection begins to hold a part of a request. */
    void parted(FastChecks connection) {
        parted.add(connection);
    }

    /** A part has waited long enough, and goes the ordinary path. */
    void left() {
        left.increment();
    }

    /** Sends parts whose time is over the ordinary path. */
    void expire(long nowNanos) {
        for (int i = parted.size(); i > 0; i--) {
            FastChecks connection = parted.poll();
            if (connection != null && connection.parted(nowNanos)) {
                parted.add(connection);
            }
        }
    }
}
