package io.osmanthus.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.io.IOException;
import java.util.List;

/*
 * A request with both Content-Length and Transfer-Encoding is how requests are smuggled past a proxy that believes the other
 * one of the two (RFC 9112, 6.1 and 11.2). Netty's decoder drops the length, keeps the connection, and nobody behind it can
 * tell; Vert.x has no hook. So its decoder is replaced by one that differs in this, in what it makes of versions, and in
 * whose memory bodies lie: what waits in a paused connection (pipelined requests) Vert.x forgets to release when the
 * connection is closed, so it must be memory that is simply collected. Vert.x copies pooled memory anyway, later.
 */

/** Vert.x's HTTP/1.1 decoder, which takes a body of two lengths, and another version, for a malformed request. */
final class StrictFraming extends VertxHttpRequestDecoder {
    /** The name that Vert.x gives its decoder. */
    private static final String CODEC = "httpDecoder";

    private StrictFraming(HttpServerOptions options) {
        super(options);
    }

    /** Takes the decoder's place in a fresh connection; HTTP/2 has none, and no such requests. */
    static void install(HttpConnection connection, HttpServerOptions options) {
        if (connection instanceof HttpServerConnection own) {
            ChannelPipeline pipeline = own.channelHandlerContext().pipeline();
            if (pipeline.get(CODEC) != null) {
                pipeline.replace(CODEC, CODEC, new StrictFraming(options));
            }
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        int from = out.size();
        super.decode(context, in, out);
        for (int i = from; i < out.size(); i++) {
            if (out.get(i) instanceof HttpContent content && content.content().isReadable()) {
                out.set(i, content.replace(Unpooled.wrappedBuffer(ByteBufUtil.getBytes(content.content()))));
                content.release();
            }
        }
    }

    /** A connection that the other side broke ends here: Vert.x stumbles over it where pipelined requests waited. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            var unused = context.close();
        } else {
            super.exceptionCaught(context, cause);
        }
    }

    /** Vert.x would answer 501 to another version by itself, and not in our words. */
    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        String version = initialLine[2];
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw new IllegalArgumentException("another version of HTTP");
        }
        return super.createMessage(initialLine);
    }

    /** What is thrown here makes the message an invalid one, which is answered 400 and closed. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Content-Length and Transfer-Encoding");
    }
}
