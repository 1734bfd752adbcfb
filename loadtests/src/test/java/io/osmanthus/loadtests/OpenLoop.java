package io.osmanthus.loadtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/*
 * One thread, one selector, no waiting: it spins, so give it a core. A request is due at start + number / rate whatever has
 * been answered so far; a connection that still waits gets it behind the others (pipelining). Time counts from when it was
 * due, so what the generator itself is late counts too.
 */

/** Requests at constant rates over real sockets, timed from when they were due (an open loop). */
final class OpenLoop {
    private static final long TRACKED_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final int READ_BYTES = 64 << 10;

    /** How long answers are waited for after the last request. */
    private static final int PATIENCE_SECONDS = 10;

    /** One rate of one kind of request. Connections come from the addresses in turn. */
    record Load(int port, double perSecond, int connections, List<InetAddress> from, Supplier<byte[]> requests) {
        /** From 127.0.0.1. */
        static Load of(int port, double perSecond, int connections, Supplier<byte[]> requests) {
            return new Load(port, perSecond, connections, List.of(InetAddress.getLoopbackAddress()), requests);
        }
    }

    /** What became of a load: times of answers with 200, and how many were refused (429, 503), otherwise answered, or lost. */
    static final class Outcome {
        final Histogram answered = new Histogram(TRACKED_NANOS_MAX, 3);
        final List<Histogram> bySecond = new ArrayList<>();
        final List<Long> refusedBySecond = new ArrayList<>();
        long refused;
        long other;
        long lost;

        private void answer(int status, long nanos, int second) {
            while (bySecond.size() <= second) {
                bySecond.add(new Histogram(TRACKED_NANOS_MAX, 2));
                refusedBySecond.add(0L);
            }
            long value = Math.min(nanos, TRACKED_NANOS_MAX);
            if (status == 200) {
                answered.recordValue(value);
                bySecond.get(second).recordValue(value);
            } else if (status == 429 || status == 503) {
                refused++;
                refusedBySecond.set(second, refusedBySecond.get(second) + 1);
            } else {
                other++;
            }
        }

        double ms(double percentile) {
            return answered.getValueAtPercentile(percentile) / 1e6;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d answered (p50 %.3f, p99 %.3f, p99.9 %.3f, p99.99 %.3f, longest %.3f ms), %,d refused, %,d"
                            + " otherwise, %,d lost",
                    answered.getTotalCount(),
                    ms(50),
                    ms(99),
                    ms(99.9),
                    ms(99.99),
                    answered.getMaxValue() / 1e6,
                    refused,
                    other,
                    lost);
        }
    }

    private final Selector selector = Selector.open();
    private final List<Source> sources = new ArrayList<>();
    private final byte[] piece = new byte[READ_BYTES];
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private long startNanos;

    private OpenLoop() throws IOException {}

    /** Runs loads together; the outcomes are in their order. */
    static List<Outcome> run(int seconds, Load... loads) throws IOException {
        OpenLoop loop = new OpenLoop();
        try (Selector selector = loop.selector) {
            for (Load load : loads) {
                loop.sources.add(loop.new Source(load));
            }
            loop.drive(TimeUnit.SECONDS.toNanos(seconds));
            for (Source source : loop.sources) {
                source.end();
            }
            selector.selectNow();
        }
        return loop.sources.stream().map(source -> source.outcome).toList();
    }

    private void drive(long nanos) throws IOException {
        startNanos = System.nanoTime();
        long patience = nanos + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        boolean waiting = true;
        while (waiting) {
            long now = System.nanoTime() - startNanos;
            waiting = now < nanos;
            for (Source source : sources) {
                source.send(Math.min(now, nanos));
                waiting |= source.waiting() && now < patience;
            }
            selector.selectNow(key -> ((Connection) key.attachment()).ready(key));
        }
    }

    private final class Source {
        private final Load load;
        private final List<Connection> connections = new ArrayList<>();
        private final Outcome outcome = new Outcome();
        private final double intervalNanos;
        private long sent;

        Source(Load load) throws IOException {
            this.load = load;
            this.intervalNanos = 1e9 / load.perSecond();
            for (int i = 0; i < load.connections(); i++) {
                connections.add(new Connection(
                        outcome, load.port(), load.from().get(i % load.from().size())));
            }
        }

        void send(long now) {
            long due = (long) (sent * intervalNanos);
            int from = (int) (sent % connections.size());
            int count = 0;
            for (; due < now && count < 256; due = (long) (++sent * intervalNanos)) {
                connections
                        .get((int) (sent % connections.size()))
                        .add(load.requests().get(), due);
                count++;
            }
            for (int i = 0; i < Math.min(count, connections.size()); i++) {
                connections.get((from + i) % connections.size()).flush();
            }
        }

        boolean waiting() {
            return connections.stream().anyMatch(connection -> !connection.due.isEmpty());
        }

        void end() throws IOException {
            for (Connection connection : connections) {
                outcome.lost += connection.due.size();
                connection.channel.close();
            }
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private final Outcome outcome;
        private final ArrayDeque<Long> due = new ArrayDeque<>();
        private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
        private final SelectionKey key;
        private byte[] answers = new byte[READ_BYTES];
        private int length;
        private boolean broken;

        Connection(Outcome outcome, int port, InetAddress from) throws IOException {
            this.outcome = outcome;
            channel = SocketChannel.open();
            channel.bind(new InetSocketAddress(from, 0));
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        void add(byte[] request, long dueNanos) {
            due.add(dueNanos);
            unsent.add(ByteBuffer.wrap(request));
        }

        void flush() {
            if (broken) {
                return;
            }
            try {
                while (!unsent.isEmpty()) {
                    ByteBuffer first = unsent.element();
                    channel.write(first);
                    if (first.hasRemaining()) {
                        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                        return;
                    }
                    unsent.remove();
                }
                if (key.interestOps() != SelectionKey.OP_READ) {
                    key.interestOps(SelectionKey.OP_READ);
                }
            } catch (IOException e) {
                broken = true;
            }
        }

        void ready(SelectionKey ready) {
            if (ready.isValid() && ready.isWritable()) {
                flush();
            }
            try {
                buffer.clear();
                int read = channel.read(buffer);
                if (read < 0) {
                    broken = true;
                    ready.cancel();
                    return;
                }
                buffer.flip().get(piece, 0, read);
                if (length + read > answers.length) {
                    answers = Arrays.copyOf(answers, 2 * (length + read));
                }
                System.arraycopy(piece, 0, answers, length, read);
                length += read;
                take(System.nanoTime() - startNanos);
            } catch (IOException e) {
                broken = true;
                ready.cancel();
            }
        }

        private void take(long now) {
            int from = 0;
            for (int end = answerEnd(from); end > 0; end = answerEnd(from)) {
                int status =
                        (answers[from + 9] - '0') * 100 + (answers[from + 10] - '0') * 10 + answers[from + 11] - '0';
                Long since = due.poll();
                long asked = since == null ? now : since;
                outcome.answer(status, now - asked, (int) (asked / 1_000_000_000));
                from = end;
            }
            System.arraycopy(answers, from, answers, 0, length - from);
            length -= from;
        }

        /** The place after the answer that begins at {@code from}; 0 while it is not whole. */
        private int answerEnd(int from) {
            for (int at = from; at + 3 < length; at++) {
                if (answers[at] == '\r'
                        && answers[at + 1] == '\n'
                        && answers[at + 2] == '\r'
                        && answers[at + 3] == '\n') {
                    int end = at + 4 + contentLength(from, at);
                    return end <= length ? end : 0;
                }
            }
            return 0;
        }

        private int contentLength(int from, int to) {
            byte[] name = NAME;
            for (int at = from; at + name.length < to; at++) {
                if (answers[at] == '\n' && Arrays.equals(answers, at + 1, at + 1 + name.length, name, 0, name.length)) {
                    int number = 0;
                    for (int digit = at + 1 + name.length; answers[digit] != '\r'; digit++) {
                        number = number * 10 + answers[digit] - '0';
                    }
                    return number;
                }
            }
            return 0;
        }
    }

    private static final byte[] NAME = "content-length: ".getBytes(StandardCharsets.US_ASCII);
}
