package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database that is away: stopped with SIGSTOP, so that connections hang, and shut down, so that they are refused. Writes of
 * every kind are answered with 503 and Retry-After: within {@value #HANGING_MS} ms while nobody knows yet, then at once.
 */
final class LedgerAwayTest {
    private static final long HANGING_MS = 3_000;
    private static final long KNOWN_MS = 500;

    @TempDir
    Path directory = Path.of("");

    /** What a request is answered with, and how long it took. */
    private record Timed(String kind, int status, boolean retryAfter, long ms) {}

    @Test
    void database_hangingOrShutDown_everyKindOfWriteIs503Soon_andItComesBackByItself() throws Exception {
        Town town = Town.found(Files.createDirectory(directory.resolve("town")));
        Path home = directory.resolve("ledger");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home);
                Serving node = Serving.start(town.plan(Town.shipped(), database.place(), 60))) {
            Map<String, HttpRequest> writes = writes(town, node);
            List<Long> stopped = processes(home);
            try {
                signal("STOP", stopped);
                assertAway("hanging", all(town, writes), HANGING_MS);
                assertAway("known to hang", all(town, writes), KNOWN_MS);
                assertEquals(
                        200, town.get(node, "/v1/me/score", town.citizen(3)).status(), "own scores go on");
            } finally {
                signal("CONT", stopped);
            }
            awaitWrite(town, node);
            shutDown(database);
            assertAway("shut down", all(town, writes), HANGING_MS);
            assertAway("known to be down", all(town, writes), KNOWN_MS);
        }
    }

    private static void shutDown(EmbeddedDatabase database) {
        database.close();
    }

    private static void assertAway(String when, List<Timed> answers, long msMax) {
        System.out.println(when + ": " + answers);
        for (Timed answer : answers) {
            assertEquals(503, answer.status(), when + ": " + answer);
            assertTrue(answer.retryAfter(), when + ": " + answer);
            assertTrue(answer.ms() <= msMax, when + ": " + answer);
        }
    }

    /** One of each: of citizens, terminals, departments, filers of cases, and the desk. */
    private static Map<String, HttpRequest> writes(Town town, Serving node) throws Exception {
        int person = town.entitled(node, 0);
        String citizen = town.citizen(person);
        town.report(node, "away-1", Town.CITY.personId(person), "court-default", "法院");
        town.report(node, "away-2", Town.CITY.personId(person), "court-default", "法院");
        String caseId = town.ask(node, "POST", "/v1/me/objections", citizen, objection("away-1"))
                .json()
                .get("case_id")
                .asText();
        String card = Town.CITY.token(person).token();
        Map<String, HttpRequest> writes = new LinkedHashMap<>();
        writes.put("enrol", request(node, "PUT", "/v1/me/enrolment", citizen, "{}"));
        writes.put("leave", request(node, "DELETE", "/v1/me/enrolment", town.citizen(person + 1), ""));
        writes.put("consent", request(node, "PUT", "/v1/me/consents/culture", citizen, "{\"purpose_version\":1}"));
        writes.put("withdraw", request(node, "DELETE", "/v1/me/consents/culture", citizen, ""));
        writes.put("bind", request(node, "PUT", "/v1/me/tokens/card", citizen, "{\"token\":\"" + card + "\"}"));
        writes.put("unbind", request(node, "DELETE", "/v1/me/tokens/plate", citizen, ""));
        writes.put("record", request(node, "POST", "/v1/records", town.department, record(person)));
        writes.put("retraction", request(node, "POST", "/v1/retractions", town.department, retraction(person)));
        writes.put("arrears", request(node, "POST", "/v1/arrears", town.terminal, arrears(card)));
        writes.put("settlement", request(node, "DELETE", "/v1/arrears/away-ref", town.terminal, ""));
        writes.put("objection", request(node, "POST", "/v1/me/objections", citizen, objection("away-2")));
        writes.put(
                "clerk",
                request(
                        node,
                        "POST",
                        "/v1/cases/" + caseId + "/transitions",
                        town.desk,
                        "{\"to\":\"forwarded\",\"reason\":\"to the court\"}",
                        "If-Match",
                        "\"1\""));
        return writes;
    }

    private static String objection(String record) {
        return "{\"subject\":\"record\",\"id\":\"" + record + "\",\"grounds\":\"paid\"}";
    }

    private static String record(int person) {
        return "{\"records\":[{\"record_id\":\"away-3\",\"subject_type\":\"person\",\"subject_id\":\""
                + Town.CITY.personId(person)
                + "\",\"item\":\"blood-donation\",\"occurred_on\":\"2026-09-01\",\"quantity\":400,\"source\":\"红十字会\"}]}";
    }

    private static String retraction(int person) {
        return "{\"retractions\":[{\"record_id\":\"away-1\",\"subject_type\":\"person\",\"subject_id\":\""
                + Town.CITY.personId(person) + "\",\"source\":\"法院\"}]}";
    }

    private static String arrears(String card) {
        return "{\"arrears\":[{\"scene\":\"parking\",\"scheme\":\"card\",\"token\":\"" + card
                + "\",\"since\":\"2026-10-01\",\"amount_cents\":900,\"reference\":\"away-ref\"}]}";
    }

    private static HttpRequest request(
            Serving node, String method, String path, String key, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + key)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    /** All at the same time. */
    private static List<Timed> all(Town town, Map<String, HttpRequest> writes) {
        List<CompletableFuture<Timed>> answers = new ArrayList<>();
        writes.forEach((kind, request) -> {
            long begin = System.nanoTime();
            answers.add(town.http
                    .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                    .thenApply(answer -> new Timed(
                            kind,
                            answer.statusCode(),
                            answer.headers().firstValue("Retry-After").isPresent(),
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))));
        });
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private static void awaitWrite(Town town, Serving node) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        String body = "{\"purpose_version\":1}";
        while (town.ask(node, "PUT", "/v1/me/consents/culture", town.citizen(0), body)
                        .status()
                != 200) {
            assertTrue(System.nanoTime() < until, "writes do not come back");
            Thread.onSpinWait();
        }
    }

    /** The server of the database and all its processes. */
    private static List<Long> processes(Path home) throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(home.resolve("data/postmaster.pid")).get(0).strip());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        return Stream.concat(Stream.of(postmaster), postmaster.descendants())
                .map(ProcessHandle::pid)
                .toList();
    }

    private static void signal(String name, List<Long> processes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(pid -> command.add(pid.toString()));
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
