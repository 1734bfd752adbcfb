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

/** The shapes in which the server answers. Header names and values that repeat are made once. */
final class Reply {
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    static final CharSequence POSITION = HttpHeaders.createOptimized("Osmanthus-Position");
    static final CharSequence MIN_POSITION = HttpHeaders.createOptimized("Osmanthus-Min-Position");
    static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("Osmanthus-Request-Id");
    static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("Idempotency-Key");
    static final CharSequence IF_MATCH = HttpHeaders.createOptimized("If-Match");
    static final CharSequence ETAG = HttpHeaders.createOptimized("ETag");
    static final CharSequence MALFORMED_COUNT = HttpHeaders.createOptimized("Osmanthus-Malformed");

    static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized("application/problem+json");
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

    /** The number of the request that a response belongs to; given now where it has none, as on the hot path. */
    static String requestId(HttpServerResponse response) {
        String given = response.headers().get(REQUEST_ID);
        if (given != null) {
            return given;
        }
        String fresh = Trace.newId();
        if (!response.headWritten()) {
            response.putHeader(REQUEST_ID, fresh);
        }
        return fresh;
    }

    static void problem(HttpServerResponse response, Problem problem, List<Problem.Fault> faults) {
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        Refusals.count(problem);
        String id = requestId(response);
        response.setStatusCode(problem.status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON);
        response.putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        if (problem.status() == 401) {
            response.putHeader(WWW_AUTHENTICATE, BEARER);
        }
        end(response, Buffer.buffer(problemBody(problem, faults, id)));
    }

    /** The body of a refusal of the request of that number. */
    static byte[] problemBody(Problem problem, List<Problem.Fault> faults, String id) {
        return bytes(json -> {
            json.writeStartObject();
            json.writeStringField("type", problem.type());
            json.writeStringField("title", problem.title());
            json.writeNumberField("status", problem.status());
            json.writeStringField("detail", problem.detail());
            json.writeStringField("instance", "urn:uuid:" + id);
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
        });
    }
}
