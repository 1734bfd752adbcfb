package io.osmanthus.http.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of server-sent events: reads them on a thread of its own. */
final class EventStream implements AutoCloseable {
    private final InputStream body;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** An event, and when it had arrived, on the clock of {@link System#nanoTime}. */
    record Event(String id, String type, JsonNode data, long nanos) {}

    private EventStream(InputStream body) {
        this.body = body;
        Thread reader = new Thread(this::read, "event-stream");
        reader.setDaemon(true);
        reader.start();
    }

    /** Opens one; waits for the head of the answer. */
    static HttpResponse<InputStream> ask(Town town, Serving node, String path, String key, @Nullable String lastEventId)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .header("Authorization", "Bearer " + key)
                .header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return town.http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    static EventStream open(Town town, Serving node, String path, String key, @Nullable String lastEventId)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response = ask(town, node, path, key, lastEventId);
        if (response.statusCode() != 200) {
            throw new IOException("no stream: " + response.statusCode());
        }
        return new EventStream(response.body());
    }

    /** The next event, or null where none comes within the time. */
    @Nullable
    Event next(long ms) throws InterruptedException {
        return events.poll(ms, TimeUnit.MILLISECONDS);
    }

    boolean ended(long ms) throws InterruptedException {
        return ended.await(ms, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    private void read() {
        ObjectMapper mapper = new ObjectMapper();
        String id = "";
        String type = "message";
        String data = "";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && !data.isEmpty()) {
                    events.add(new Event(id, type, mapper.readTree(data), System.nanoTime()));
                    type = "message";
                    data = "";
                }
            }
        } catch (IOException e) {
            // closed by us, or broken off
            id = "";
        } finally {
            ended.countDown();
        }
    }
}
