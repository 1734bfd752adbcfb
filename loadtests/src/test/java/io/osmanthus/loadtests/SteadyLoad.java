package io.osmanthus.loadtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Requests over real sockets at a fixed rate, whatever the server does. Each is timed from the moment at which it was meant to
 * be sent, so that one that had to wait for the server, or for this client, has waited. One thread; a connection carries one
 * request at a time. Nothing is allocated on the way of a request.
 */
final class SteadyLoad implements AutoCloseable {
    /** From a microsecond to a minute, three digits. */
    static Histogram histogram() {
        return new Histogram(1_000, TimeUnit.MINUTES.toNanos(1), 3);
    }

    /** Takes each answer. */
    interface Answers {
        /**
         * An answer.
         *
         * @param request index of the request
         * @param bytes holds the body from {@code offset}
         */
        void answered(int request, int status, byte[] bytes, int offset, int length, long intendedNanos, long nowNanos);
    }

    private static final int BUFFER_BYTES = 64 << 10;

    /** Between two looks at the sockets while nothing is due: short beside any answer, long enough to leave the core. */
    private static final long PAUSE_NANOS = 20_000;

    private static final long ANSWER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector;
    private final ByteBuffer[] requests;
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private long sent;

    private static final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
        private int request;
        private long intendedNanos;

        private Connection(SocketChannel channel) {
            this.channel = channel;
        }
    }

    /** Connects. {@code requests} are sent one after the other, from the first again after the last. */
    SteadyLoad(int port, List<byte[]> requests, int connections) throws IOException {
        this.requests = requests.stream()
                .map(bytes -> ByteBuffer.allocateDirect(bytes.length).put(bytes).flip())
                .toArray(ByteBuffer[]::new);
        this.selector = Selector.open();
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Connection connection = new Connection(channel);
            channel.register(selector, SelectionKey.OP_READ, connection);
            idle.add(connection);
        }
    }

    /** The bytes of a POST with a JSON body. */
    static byte[] post(String path, String key, String body) {
        byte[] json = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + json.length + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.UTF_8);
    }

    /** As fast as the connections allow; answers a second. */
    double saturate(long nanos, Answers answers) throws IOException {
        long before = sent;
        long begin = System.nanoTime();
        run(0, () -> System.nanoTime() - begin < nanos, answers);
        return (sent - before) / ((System.nanoTime() - begin) / 1e9);
    }

    /**
     * Sends {@code perSecond} for as long as is said, then waits for the answers that are out.
     *
     * @param perSecond 0: each connection sends as soon as it has been answered
     */
    void run(double perSecond, BooleanSupplier more, Answers answers) throws IOException {
        double interval = perSecond == 0 ? 0 : 1e9 / perSecond;
        long begin = System.nanoTime();
        long due = 0;
        int connections = idle.size();
        long now = begin;
        long ended = 0;
        while (ended == 0 || idle.size() < connections) {
            while (ended == 0 && !idle.isEmpty() && begin + (long) (due * interval) <= now) {
                send(idle.poll(), interval == 0 ? now : begin + (long) (due * interval));
                due++;
            }
            if (selector.selectNow() == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            } else {
                receive(answers);
            }
            now = System.nanoTime();
            if (ended == 0 && !more.getAsBoolean()) {
                ended = now;
            }
            if (ended != 0 && now - ended > ANSWER_TIMEOUT_NANOS) {
                throw new IOException(connections - idle.size() + " requests are not answered");
            }
        }
    }

    private void send(Connection connection, long intendedNanos) throws IOException {
        connection.request = (int) (sent++ % requests.length);
        connection.intendedNanos = intendedNanos;
        connection.in.clear();
        ByteBuffer bytes = requests[connection.request];
        bytes.rewind();
        while (bytes.hasRemaining()) {
            connection.channel.write(bytes);
        }
    }

    private void receive(Answers answers) throws IOException {
        Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
        while (ready.hasNext()) {
            Connection connection = (Connection) ready.next().attachment();
            ready.remove();
            if (connection.channel.read(connection.in) < 0) {
                throw new IOException("the server closed a connection");
            }
            byte[] bytes = connection.in.array();
            int length = connection.in.position();
            int body = body(bytes, length);
            int bodyLength = body < 0 ? -1 : length(bytes, body);
            if (body >= 0 && length == body + bodyLength) {
                int status = (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
                answers.answered(
                        connection.request,
                        status,
                        bytes,
                        body,
                        bodyLength,
                        connection.intendedNanos,
                        System.nanoTime());
                idle.add(connection);
            }
        }
    }

    private static int body(byte[] bytes, int length) {
        for (int i = 3; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static int length(byte[] bytes, int headEnd) throws IOException {
        for (int i = 0; i < headEnd - LENGTH.length; i++) {
            int at = 0;
            while (at < LENGTH.length && (bytes[i + at] | 0x20) == (LENGTH[at] | 0x20)) {
                at++;
            }
            if (at == LENGTH.length) {
                int value = 0;
                for (int j = i + at; bytes[j] != '\r'; j++) {
                    value = bytes[j] == ' ' ? value : value * 10 + bytes[j] - '0';
                }
                return value;
            }
        }
        throw new IOException("an answer without a length");
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
