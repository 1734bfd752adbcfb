package io.osmanthus.http;

import io.vertx.core.http.HttpServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Our own failures: 500, a counter, and a log line that names the kind and the place but no message. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final int FRAMES_MAX = 12;

    private Failures() {}

    static void answer(HttpServerResponse response, Throwable cause, Meters meters) {
        note(cause, Reply.requestId(response), meters);
        Reply.problem(response, Problem.INTERNAL);
    }

    /** Counts and logs a failure that can no longer be answered; {@code id} is the request's. */
    static void note(Throwable cause, String id, Meters meters) {
        meters.failures().increment();
        StringBuilder where = new StringBuilder();
        StackTraceElement[] frames = cause.getStackTrace();
        for (int i = 0; i < frames.length && i < FRAMES_MAX; i++) {
            where.append("\n    at ").append(frames[i]);
        }
        // The message of an exception may quote what a client sent; its kind and place do not.
        LOG.atError()
                .addKeyValue("request_id", id)
                .log("request {} failed: {}{}", id, cause.getClass().getName(), where);
    }
}
