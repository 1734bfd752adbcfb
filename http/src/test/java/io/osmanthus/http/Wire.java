package io.osmanthus.http;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One connection, byte for byte. */
final class Wire implements Closeable {
    private static final int PATIENCE_MS = 10_000;

    /** An answer, with header names in lower case. */
    record Answer(int status, Map<String, String> headers, String body, String head) {
        @Nullable
        String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Over a connection that is open already. */
    Wire(Socket open) throws IOException {
        socket = open;
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    static Answer once(int port, String request) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send(request);
            return wire.answer(request.startsWith("HEAD"));
        }
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void finishSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Whether the server asks for the body of {@code Expect: 100-continue}. */
    boolean continued() throws IOException {
        boolean continued = line().startsWith("HTTP/1.1 100");
        return line().isEmpty() && continued;
    }

    Answer answer() throws IOException {
        return answer(false);
    }

    Answer answer(boolean head) throws IOException {
        String status = line();
        if (status.startsWith("HTTP/1.1 100")) {
            line();
            status = line();
        }
        Map<String, String> headers = new TreeMap<>();
        StringBuilder raw = new StringBuilder(status).append('\n');
        for (String line = line(); !line.isEmpty(); line = line()) {
            raw.append(line).append('\n');
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String length = headers.get("content-length");
        boolean chunked = "chunked".equals(headers.get("transfer-encoding"))
                && !"text/event-stream".equals(headers.get("content-type"));
        byte[] body = chunked && !head
                ? chunks()
                : head || length == null ? new byte[0] : in.readNBytes(Integer.parseInt(length));
        if (!head && length != null && body.length != Integer.parseInt(length)) {
            throw new EOFException("a body of " + body.length + " bytes, " + length + " were announced");
        }
        return new Answer(
                Integer.parseInt(status.split(" ", -1)[1]),
                headers,
                new String(body, StandardCharsets.UTF_8),
                raw.toString());
    }

    /** Everything until the other side closes. */
    byte[] rest() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] part = new byte[8 << 10];
        try {
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                all.write(part, 0, length);
            }
        } catch (SocketException e) {
            // closed while something that it had not read was under way: what it had said has arrived
        }
        return all.toByteArray();
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            all.writeBytes(in.readNBytes(size));
            line();
        }
        line();
        return all.toByteArray();
    }

    /** Whether the other side has closed and nothing was left to read. */
    boolean closed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Whether the other side closes within this time; it must not have said anything that was not read. */
    boolean closedWithin(int ms) throws IOException {
        socket.setSoTimeout(ms);
        try {
            int said = in.read();
            if (said >= 0) {
                throw new IOException("the other side said something more");
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        } finally {
            socket.setSoTimeout(PATIENCE_MS);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed after '" + line.toString(StandardCharsets.UTF_8) + "'");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
