package io.osmanthus.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection of HTTP/2, frame for frame: also frames that no sound client sends. */
final class Http2Wire implements Closeable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int WITH_PRIORITY = 0x20;

    /** Settings. */
    static final int HEADER_TABLE_SIZE = 1;

    static final int INITIAL_WINDOW_SIZE = 4;

    /** Errors. */
    static final int REFUSED_STREAM = 7;

    static final int ENHANCE_YOUR_CALM = 11;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final Socket socket;
    private final DataInputStream in;
    private final BufferedOutputStream out;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private int nextStream = 1;

    /** A frame that the server has sent. */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared never
    record Frame(int type, int flags, int stream, byte[] payload) {
        /** The error of RST_STREAM or GOAWAY. */
        int error() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }

        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    /** Says hello, with settings as pairs of identifier and value. */
    Http2Wire(Socket socket, long... settings) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        this.out = new BufferedOutputStream(socket.getOutputStream(), 32 << 10);
        out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        settings(settings);
        out.flush();
    }

    void settings(long... pairs) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(pairs.length * 3);
        for (int i = 0; i < pairs.length; i += 2) {
            payload.putShort((short) pairs[i]).putInt((int) pairs[i + 1]);
        }
        frame(SETTINGS, 0, 0, payload.array());
    }

    /** Not sent before {@link #flush}. */
    void frame(int type, int flags, int stream, byte... payload) throws IOException {
        out.write(ByteBuffer.allocate(9)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        out.write(payload);
    }

    void flush() throws IOException {
        out.flush();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    int newStream() {
        int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    /** Opens a stream with a request, which ends there or waits for its body. */
    int open(boolean ended, byte[] block) throws IOException {
        int stream = newStream();
        frame(HEADERS, END_HEADERS | (ended ? END_STREAM : 0), stream, block);
        return stream;
    }

    static byte[] get(String path) {
        return block(":method", "GET", ":scheme", "https", ":path", path, ":authority", "test");
    }

    static byte[] post(String path, String key, int length) {
        return block(
                ":method",
                "POST",
                ":scheme",
                "https",
                ":path",
                path,
                ":authority",
                "test",
                "authorization",
                "Bearer " + key,
                "content-type",
                "application/json",
                "content-length",
                Integer.toString(length));
    }

    /** Header fields as HPACK has them: literal, not indexed, not compressed. */
    static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            string(block, namesAndValues[i]);
            string(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    static void string(ByteArrayOutputStream into, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = bytes.length;
        if (length < 127) {
            into.write(length);
        } else {
            into.write(127);
            int rest = length - 127;
            for (; rest >= 128; rest >>>= 7) {
                into.write((rest & 127) | 128);
            }
            into.write(rest);
        }
        into.writeBytes(bytes);
    }

    /** The next frame; null where the connection has ended. */
    @Nullable
    Frame read() throws IOException {
        try {
            int head = in.readInt();
            byte[] payload = new byte[head >>> 8];
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            in.readFully(payload);
            return new Frame(head & 0xFF, flags, stream, payload);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (EOFException | java.net.SocketException | javax.net.ssl.SSLException e) {
            return null;
        }
    }

    /** The status of a HEADERS frame; every one must be decoded, in order. */
    int status(Frame headers) throws Http2Exception {
        int priority = (headers.flags() & WITH_PRIORITY) == 0 ? 0 : 5;
        ByteBuf block = Unpooled.wrappedBuffer(headers.payload()).skipBytes(priority);
        Http2Headers decoded = decoder.decodeHeaders(headers.stream(), block);
        return Integer.parseInt(decoded.status().toString());
    }

    /** Reads the answer of a stream to its end: its status; −1 where it was reset, −2 where the connection ended. */
    int answer(int stream) throws IOException {
        try {
            int status = 0;
            for (Frame frame = read(); frame != null; frame = read()) {
                int of = frame.type() == HEADERS ? status(frame) : 0;
                if (frame.type() == SETTINGS && (frame.flags() & ACK) == 0) {
                    frame(SETTINGS, ACK, 0);
                    flush();
                }
                if (frame.stream() == stream) {
                    status = of == 0 ? status : of;
                    if (frame.type() == RST_STREAM && status == 0) {
                        return -1;
                    }
                    if (frame.ends()) {
                        return status;
                    }
                }
            }
            return -2;
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Whether the connection ends within this time; whatever is said meanwhile is lost. */
    boolean endsWithin(int ms) throws IOException {
        long deadline = System.nanoTime() + ms * 1_000_000L;
        int patience = socket.getSoTimeout();
        try {
            for (long left = ms; left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
                socket.setSoTimeout((int) left);
                if (in.read() < 0) {
                    return true;
                }
            }
            return false;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException | javax.net.ssl.SSLException e) {
            return true;
        } finally {
            if (!socket.isClosed()) {
                socket.setSoTimeout(patience);
            }
        }
    }

    /** Reads until the connection has ended; false where it does not, within the patience of the socket. */
    boolean ended() throws IOException {
        try {
            Frame frame = read();
            while (frame != null) {
                frame = read();
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
