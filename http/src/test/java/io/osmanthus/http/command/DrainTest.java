package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.http.DemoIssuer;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.trail.AccessPage;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to a server under load, behind a load balancer that follows its readiness; and what it wrote meanwhile. */
final class DrainTest {
    private static final int CLIENTS = 8;
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);

    @TempDir
    private Path directory;

    /** One terminal after the other, as a balancer sends them: none once the node has said that it is not ready. */
    private static int ask(int port, String request, AtomicBoolean over, List<String> failures) {
        int answered = 0;
        while (!over.get()) {
            try (Line line = new Line(port)) {
                boolean last = false;
                while (!last && !over.get()) {
                    line.send(request);
                    Line.Reply reply = line.reply();
                    last = reply.last();
                    assertEquals(200, reply.status(), reply.body());
                    answered++;
                }
            } catch (IOException | AssertionError e) {
                synchronized (failures) {
                    failures.add(String.valueOf(e));
                }
                return answered;
            }
        }
        return answered;
    }

    @Test
    void sigterm_underLoad_noRequestFails_andEverythingIsHandedIn() throws Exception {
        Path store = ServeProcess.store(directory);
        Ledger.Place place = Database.fresh();
        ServeProcess.Keys keys = ServeProcess.Keys.make();
        String token = ServeProcess.CITY.token(0).token();
        AtomicInteger answered = new AtomicInteger();
        List<String> failures = new ArrayList<>();
        try (ServeProcess server = new ServeProcess(
                directory.resolve("node"),
                store,
                place,
                keys,
                DemoIssuer.make(Clock.systemUTC()),
                "drain_grace_ms: 2000\n")) {
            String request = Line.check(keys.terminal(), token);
            AtomicBoolean over = new AtomicBoolean();
            List<CompletableFuture<Integer>> terminals = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                terminals.add(CompletableFuture.supplyAsync(() -> ask(server.port(), request, over, failures), run -> {
                    Thread thread = new Thread(run, "terminal");
                    thread.setDaemon(true);
                    thread.start();
                }));
            }
            server.await("/metrics", null, metrics -> metrics.body()
                    .lines()
                    .anyMatch(line -> line.startsWith("osmanthus_checks_seconds_count{scene=\"transit\"}")
                            && Double.parseDouble(line.substring(line.indexOf(' ') + 1)) > 500));
            try (Line slow = new Line(server.port())) {
                slow.send(request.substring(0, request.length() - 5));
                CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> {
                    try {
                        return server.terminate();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                // the balancer's probe
                server.await("/health/ready", null, ready -> {
                    if (ready.status() == 503) {
                        assertEquals(
                                "/open", ready.json().at("/errors/0/pointer").asText(), ready.body());
                    }
                    return ready.status() == 503;
                });
                over.set(true);
                for (CompletableFuture<Integer> terminal : terminals) {
                    answered.addAndGet(terminal.get(30, TimeUnit.SECONDS));
                }
                awaitRefused(server.port());
                slow.send(request.substring(request.length() - 5));
                assertEquals(200, slow.reply().status(), "what was under way is answered after the end of accepting");
                answered.incrementAndGet();
                assertEquals(143, end.get(1, TimeUnit.MINUTES), server.log());
            }
            assertEquals(List.of(), failures);
        }
        assertTrue(answered.get() > 500, "answered " + answered);
        handedIn(answered.get());
        assertTrue(Files.exists(store.resolve("ledger.seen")), "the ledger's position is marked");
        assertEquals(0, connections(place), "connections to the ledger are closed");
    }

    private static void awaitRefused(int port) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < until) {
            try (Line line = new Line(port)) {
                assertFalse(line.closed());
            } catch (IOException e) {
                return;
            }
        }
        throw new AssertionError("it goes on accepting");
    }

    /** No queue is left, and the rolled files have every answer that was received. */
    private void handedIn(int answered) throws IOException {
        Path trail = directory.resolve("node/trail");
        try (Stream<Path> starts = Files.list(trail.resolve("node"))) {
            assertEquals(0, starts.filter(Files::isDirectory).count(), "queues are rolled and removed");
        }
        long person = ServeProcess.CITY.owner(0);
        PseudonymKey.Pseudonymiser pseudonymiser = KEY.pseudonymiser(Scheme.PERSON);
        pseudonymiser.make(ServeProcess.CITY.personId(person));
        TrailOptions options = new TrailOptions(
                trail, trail.resolve("rolled"), "reader", 16L << 20, 1_000, TrailOptions.COUNTS_MONTHS_DEFAULT);
        try (AccessTrail read = AccessTrail.start(options, InstantSource.system())) {
            int found = 0;
            AccessPage.Place place = null;
            do {
                AccessPage page =
                        read.accesses(pseudonymiser.high(), pseudonymiser.low(), 0, Long.MAX_VALUE, place, 1_000);
                found += page.accesses().size();
                place = page.next();
            } while (place != null);
            assertEquals(answered, found);
        }
    }

    private static int connections(Ledger.Place place) throws Exception {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                PreparedStatement select = connection.prepareStatement(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'osmanthus'");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void logAsJson_linesOfARequest_haveItsIdAndTrace_andNothingOfWhatWasSent() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        try (ServeProcess server = ServeProcess.alone(directory, "log: json\n")) {
            String version = server.ask("GET", "/health/ready", null, null)
                    .json()
                    .path("snapshot")
                    .asText();
            ServeProcess.Answer activated = server.ask(
                    "POST",
                    "/v1/snapshots/" + version + "/activation",
                    server.keys.operator(),
                    null,
                    "traceparent",
                    "00-" + trace + "-00f067aa0ba902b7-01");
            assertEquals(200, activated.status(), activated.body());
            String id = activated
                    .response()
                    .headers()
                    .firstValue("Osmanthus-Request-Id")
                    .orElseThrow();
            String token = ServeProcess.CITY.token(0).token();
            String citizen = server.citizen(1);
            assertEquals(200, server.check("transit", token).status());
            assertEquals(
                    404, server.ask("GET", "/v1/scenes/" + token, null, null).status());
            assertEquals(200, server.ask("GET", "/v1/me/score", citizen, null).status());
            assertEquals(143, server.terminate());
            List<JsonNode> lines = new ArrayList<>();
            for (String line : server.log()
                    .lines()
                    .filter(line -> !line.startsWith("serve: "))
                    .toList()) {
                if (line.startsWith("{")) {
                    JsonNode event = new ObjectMapper().readTree(line);
                    for (String field : List.of("timestamp", "level", "logger", "thread", "message")) {
                        assertTrue(event.has(field), line);
                    }
                    lines.add(event);
                }
            }
            assertTrue(lines.size() > 3, server.log());
            List<JsonNode> ofRequest = lines.stream()
                    .filter(event -> event.path("request_id").asText().equals(id))
                    .toList();
            assertEquals(1, ofRequest.size(), server.log());
            assertTrue(ofRequest.get(0).path("message").asText().contains("made " + version + " the current"));
            assertEquals(trace, ofRequest.get(0).path("trace_id").asText());
            assertEquals("00f067aa0ba902b7", ofRequest.get(0).path("parent_id").asText());
            for (String secret : List.of(
                    token, citizen, server.keys.operator(), server.keys.terminal(), ServeProcess.CITY.personId(1))) {
                assertFalse(server.log().contains(secret), "the log names " + secret);
            }
        }
    }
}
