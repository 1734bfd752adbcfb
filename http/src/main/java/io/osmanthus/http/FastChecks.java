package io.osmanthus.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCompletionEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/*
 * The codec, the request and the response objects cost more than the check. So in front of the codec a check in its strict
 * shape (StrictHead), wholly there and with nothing to refuse, is answered with bytes made beforehand; everything else goes
 * down the pipeline untouched, and refusals are spoken there. What keeps the two paths one conversation:
 *
 *  - Order. The fast path takes a request only while the ordinary one owes nothing: each request that the codec found is
 *    whole and answered, and no byte waits in the codec (see pass). The ordinary path gets bytes only when no fast answer
 *    waits for the end of the turn; until then they are held.
 *  - The end. Whatever says that a connection ends (Connection: close, a malformed request, a shutdown) gives the connection
 *    to the ordinary path for good.
 *  - Parts. Bytes that may become a fast request are held for PART_NANOS, then the ordinary path has them, and its deadlines.
 */

/** One HTTP/1.1 connection's fast path for single checks, in front of the codec. Belongs to its event loop. */
final class FastChecks extends ChannelInboundHandlerAdapter {
    /** How long a part of a request waits for the rest before it goes the ordinary path. */
    static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The handler of Vert.x that makes messages of bytes. */
    private static final String CODEC = "httpDecoder";

    /** An idle connection is closed late by at most this part of its time. */
    private static final long MOVED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final FastLane lane;
    private final ChannelHandlerContext context;
    private final @Nullable IdleStateHandler idle;
    private final @Nullable ClientCertificate certificate;
    private final Ordinary ordinary = new Ordinary();

    /** To the ordinary path, for good. */
    private boolean given;

    /** Something of this read went the ordinary path. */
    private boolean passed;

    /** Answers that wait for the end of the turn. */
    private int waiting;

    private @Nullable ByteBuf held;
    private boolean part;
    private long partSinceNanos;

    /** Whether the lane looks after parts of this connection. */
    private boolean listed;

    /** What is to be told once no answer waits. */
    private @Nullable Object event;

    private long movedNanos;
    private FastLane.@Nullable Head newer;
    private FastLane.@Nullable Head older;

    private FastChecks(FastLane lane, ChannelHandlerContext end) {
        ChannelPipeline pipeline = end.pipeline();
        this.lane = lane;
        this.idle = pipeline.get(IdleStateHandler.class);
        this.certificate = ClientCertificate.of(end.channel());
        pipeline.addBefore(CODEC, null, this);
        pipeline.addBefore(end.name(), null, ordinary);
        this.context = pipeline.context(this);
    }

    /** Stands in front of a fresh connection's codec; {@code end} is where Vert.x reads messages. */
    static void install(FastLane lane, ChannelHandlerContext end) {
        if (end.pipeline().get(CODEC) != null) {
            new FastChecks(lane, end);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if ((given && held == null) || !(message instanceof ByteBuf bytes)) {
            passed = true;
            ctx.fireChannelRead(message);
            return;
        }
        take(joined(bytes), System.nanoTime());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (passed) {
            passed = false;
            ctx.fireChannelReadComplete();
        }
    }

    private void take(ByteBuf in, long nowNanos) {
        while (in.isReadable() && !given && ordinary.atRest()) {
            int taken = lane.take(this, in, nowNanos);
            if (taken == StrictHead.PART) {
                hold(in);
                if (!part) {
                    part = true;
                    partSinceNanos = nowNanos;
                }
                if (!listed) {
                    listed = true;
                    lane.parted(this);
                }
                return;
            }
            if (taken == StrictHead.OTHER) {
                break;
            }
            part = false;
            in.skipBytes(taken);
            moved(nowNanos);
        }
        part = false;
        if (!in.isReadable()) {
            in.release();
        } else if (waiting > 0) {
            hold(in);
        } else {
            pass(in);
        }
    }

    private void pass(ByteBuf in) {
        boolean contiguous = in.isContiguous();
        passed = true;
        in.retain();
        context.fireChannelRead(in);
        // What the codec leaves it keeps, and adds later bytes to it: from then on it alone knows where a request
        // begins.
        given |= !contiguous || in.isReadable();
        in.release();
    }

    private void hold(ByteBuf in) {
        held = in;
    }

    private ByteBuf joined(ByteBuf in) {
        ByteBuf before = held;
        if (before == null) {
            return in;
        }
        held = null;
        ByteBuf both = context.alloc().directBuffer(before.readableBytes() + in.readableBytes());
        both.writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        return both;
    }

    /** The idle handler stands behind the codec and does not see what is answered here. */
    private void moved(long nowNanos) {
        if (idle != null && nowNanos - movedNanos > MOVED_NANOS) {
            movedNanos = nowNanos;
            idle.resetReadTimeout();
        }
    }

    /** One more answer will come through {@link #leave}. */
    void answering() {
        waiting++;
    }

    /** Sends an answer; with the last one of the turn all of them leave. */
    void leave(ByteBuf answer) {
        waiting--;
        if (!context.channel().isActive()) {
            answer.release();
            return;
        }
        if (waiting > 0) {
            var unused = context.write(answer, context.voidPromise());
            return;
        }
        var unused = context.writeAndFlush(answer, context.voidPromise());
        cut();
        settled();
    }

    /** What was shown in the handshake. */
    @Nullable
    ClientCertificate certificate() {
        return certificate;
    }

    ChannelHandlerContext context() {
        return context;
    }

    /** No answer waits: what had to wait for them goes on. */
    private void settled() {
        ByteBuf in = held;
        held = null;
        if (in != null) {
            take(in, System.nanoTime());
        }
        Object told = event;
        if (told != null && waiting == 0) {
            event = null;
            context.fireUserEventTriggered(told);
        }
        channelReadComplete(context);
    }

    /** Closes on a client that does not read its answers. */
    private void cut() {
        if (!context.channel().isWritable() && context.channel().bytesBeforeWritable() > lane.unsentBytesMax()) {
            var unused = context.close();
        }
    }

    /** Whether a part of a request is still held; one whose time is over goes the ordinary path. */
    boolean parted(long nowNanos) {
        if (!part) {
            listed = false;
            return false;
        }
        ByteBuf in = held;
        if (in == null || waiting > 0 || nowNanos - partSinceNanos < PART_NANOS) {
            return true;
        }
        part = false;
        listed = false;
        held = null;
        lane.left();
        pass(in);
        channelReadComplete(context);
        return false;
    }

    /** One of the last two heads of the connection, if the bytes begin with it. */
    FastLane.@Nullable Head remembered(byte[] bytes, int length) {
        FastLane.Head first = newer;
        if (first == null || first.begins(bytes, length)) {
            return first;
        }
        FastLane.Head second = older;
        return second != null && second.begins(bytes, length) ? second : null;
    }

    void remember(FastLane.Head head) {
        older = newer;
        newer = head;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object told) {
        if (told instanceof SslCompletionEvent) {
            ctx.fireUserEventTriggered(told);
            return;
        }
        given = true;
        if (waiting > 0) {
            event = told;
            return;
        }
        event = null;
        ByteBuf in = held;
        held = null;
        part = false;
        if (in != null) {
            pass(in);
        }
        ctx.fireUserEventTriggered(told);
        channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        release();
    }

    private void release() {
        given = true;
        part = false;
        ByteBuf in = held;
        held = null;
        if (in != null) {
            in.release();
        }
    }

    /** Behind the codec: counts what the ordinary path owes. */
    private final class Ordinary extends ChannelDuplexHandler {
        private int owed;
        private boolean receiving;

        boolean atRest() {
            return owed == 0 && !receiving;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest request) {
                owed++;
                receiving = true;
                given |= request.decoderResult().isFailure() || !HttpUtil.isKeepAlive(request);
            }
            if (message instanceof LastHttpContent) {
                receiving = false;
            }
            ctx.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            boolean interim = false;
            if (message instanceof HttpResponse response) {
                interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
                given |= response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
            }
            if (message instanceof LastHttpContent && !interim) {
                owed--;
            }
            var unused = ctx.write(message, promise);
            cut();
        }
    }
}
