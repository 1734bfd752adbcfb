package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The shapes in which the server answers. Header names and values that repeat are made once. */
final class Reply {
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    static final CharSequence POSITION = HttpHeaders.createOptimized("Osmanthus-Position");
    static final CharSequence MIN_POSITION = HttpHeaders.createOptimized("Osmanthus-Min-Position");
    static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("Idempotency-Key");
    static final CharSequence MALFORMED_COUNT = HttpHeaders.createOptimized("Osmanthus-Malformed");

    private static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized("application/problem+json");
    private static final CharSequence BEARER = HttpHeaders.createOptimized("Bearer");
    private static final CharSequence WWW_AUTHENTICATE = HttpHeaders.createOptimized("WWW-Authenticate");
    private static final JsonFactory JSON_FACTORY = new JsonFactory();

    private Reply() {}

    /** Something that writes itself as JSON. */
    @FunctionalInterface
    interface Writer {
        void to(JsonGenerator json) throws IOException;
    }

    static byte[] bytes(Writer writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON_FACTORY.createGenerator(out)) {
            writer.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toByteArray();
    }

    /** 200 with JSON about nobody in particular. */
    static void json(HttpServerResponse response, byte[] body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        end(response, Buffer.buffer(body));
    }

    /** 200 with JSON about a person or an organisation: no cache may keep it. */
    static void personal(HttpServerResponse response, byte[] body) {
        response.putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        json(response, body);
    }

    /** Ends with a body, or for HEAD with its length. */
    static void end(HttpServerResponse response, Buffer body) {
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
        response.end(body);
    }

    /** What breaks the contract, and where. */
    static void breach(HttpServerResponse response, Contract.Breach breach) {
        problem(response, breach.problem(), List.of(breach.fault()));
    }

    static void problem(HttpServerResponse response, Problem problem) {
        problem(response, problem, List.of());
    }

    /** 429 or 503 with the seconds to wait. */
    static void later(HttpServerResponse response, Problem problem, int seconds) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(Math.max(1, seconds)));
        problem(response, problem, List.of());
    }

    static void problem(HttpServerResponse response, Problem problem, List<Problem.Fault> faults) {
        problem(response, problem, faults, instance());
    }

    /** An identifier of one failure, to be found in the log by. */
    static String instance() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        // version 4, variant 2 (RFC 9562), without the cost of a secure generator: it names, it does not protect
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return "urn:uuid:" + new UUID(high, low);
    }

    static void problem(HttpServerResponse response, Problem problem, List<Problem.Fault> faults, String instance) {
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        response.setStatusCode(problem.status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON);
        response.putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        if (problem == Problem.UNAUTHENTICATED) {
            response.putHeader(WWW_AUTHENTICATE, BEARER);
        }
        end(response, Buffer.buffer(bytes(json -> {
            json.writeStartObject();
            json.writeStringField("type", problem.type());
            json.writeStringField("title", problem.title());
            json.writeNumberField("status", problem.status());
            json.writeStringField("detail", problem.detail());
            json.writeStringField("instance", instance);
            if (!faults.isEmpty()) {
                json.writeArrayFieldStart("errors");
                for (Problem.Fault fault : faults) {
                    json.writeStartObject();
                    json.writeStringField("pointer", fault.pointer());
                    json.writeStringField("detail", fault.detail());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        })));
    }
}
