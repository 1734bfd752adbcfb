package io.osmanthus.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/*
 * Netty and Vert.x hold streams, resets, header lists and CONTINUATION in bounds (Listener sets them). What they leave open:
 *
 *   frames that ask nothing   a megabyte of PING is 60,000 of them, each answered; so each connection has an allowance
 *   windows that stay shut    an answer waits in memory for a reader who keeps the connection busy with something else, so
 *                             that it never is idle; so an answer may wait no longer than an idle connection
 *   a header table of 4 GiB   the other side says how much our encoder remembers; so it is no more than the default
 */

/** What an HTTP/2 connection may do beside asking. Belongs to its event loop. */
final class Http2Limits extends Http2FrameListenerDecorator {
    /** SETTINGS, PING, PRIORITY, WINDOW_UPDATE and unknown frames that may come at once. */
    static final int FRAMES_BURST = 1_000;

    /** … and so many of them a second after that. */
    static final int FRAMES_PER_SECOND = 100;

    /** A request brings allowance for its own: windows that move with its body and answer. */
    static final int FRAMES_PER_REQUEST = 4;

    /** What RFC 9113 (6.5.2) begins with. */
    private static final long HEADER_TABLE_BYTES_MAX = 4 << 10;

    private static final long NANOS_PER_FRAME = TimeUnit.SECONDS.toNanos(1) / FRAMES_PER_SECOND;

    private final ChannelHandlerContext context;
    private final Http2Connection connection;
    private final Http2ConnectionEncoder encoder;
    private final Http2Connection.PropertyKey waitingSince;
    private int allowance = FRAMES_BURST;
    private long filledNanos = System.nanoTime();

    private Http2Limits(ChannelHandlerContext context, Http2ConnectionHandler handler) {
        super(handler.decoder().frameListener());
        this.context = context;
        this.connection = handler.connection();
        this.encoder = handler.encoder();
        this.waitingSince = connection.newKey();
    }

    /** Stands between a fresh connection and its frames; null for one of HTTP/1.1. */
    static @Nullable Http2Limits install(HttpConnection fresh) {
        if (fresh instanceof HttpServerConnection own
                && own.channelHandlerContext().handler() instanceof Http2ConnectionHandler handler) {
            Http2Limits limits = new Http2Limits(own.channelHandlerContext(), handler);
            handler.decoder().frameListener(limits);
            return limits;
        }
        return null;
    }

    /** Ends the connection where an answer has waited for its reader for so long. */
    void cut(long nowNanos, long waitNanosMax) {
        if (connection.numActiveStreams() == 0) {
            return;
        }
        Http2RemoteFlowController flow = connection.remote().flowController();
        try {
            Http2Stream late = connection.forEachActiveStream(stream -> !late(stream, flow, nowNanos, waitNanosMax));
            if (late != null) {
                var unused = context.close();
            }
        } catch (Http2Exception e) {
            var unused = context.close();
        }
    }

    private boolean late(Http2Stream stream, Http2RemoteFlowController flow, long nowNanos, long waitNanosMax) {
        // what waits lies with Vert.x where the window is shut, and with Netty where it was not wide enough
        boolean waits = stream.isHeadersSent() && (!flow.isWritable(stream) || flow.hasFlowControlled(stream));
        if (!waits) {
            stream.removeProperty(waitingSince);
            return false;
        }
        Long since = stream.getProperty(waitingSince);
        if (since == null) {
            stream.setProperty(waitingSince, nowNanos);
            return false;
        }
        return nowNanos - since >= waitNanosMax;
    }

    private void take() throws Http2Exception {
        if (allowance == 0) {
            long now = System.nanoTime();
            allowance = (int) Math.min(FRAMES_BURST, (now - filledNanos) / NANOS_PER_FRAME);
            filledNanos = now;
        }
        if (allowance == 0) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that ask nothing");
        }
        allowance--;
    }

    private void asked() {
        allowance = Math.min(FRAMES_BURST, allowance + FRAMES_PER_REQUEST);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        asked();
        super.onHeadersRead(ctx, id, headers, padding, end);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        asked();
        super.onHeadersRead(ctx, id, headers, dependency, weight, exclusive, padding, end);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        take();
        Long table = settings.headerTableSize();
        if (table != null && table > HEADER_TABLE_BYTES_MAX) {
            encoder.configuration().headersConfiguration().maxHeaderTableSize(HEADER_TABLE_BYTES_MAX);
        }
        super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
        take();
        super.onSettingsAckRead(ctx);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        take();
        super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        take();
        super.onPingAckRead(ctx, data);
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        take();
        super.onPriorityRead(ctx, id, dependency, weight, exclusive);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment) throws Http2Exception {
        take();
        super.onWindowUpdateRead(ctx, id, increment);
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        take();
        super.onUnknownFrame(ctx, type, id, flags, payload);
    }
}
