package io.osmanthus.loadtests;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The least a Vert.x server can do with a check: read the body of the POST, answer a constant of the length that a check's
 * answer has. What Osmanthus is compared with; it looks nothing up and asks for no key.
 *
 * <p>Arguments: port (0: a free one, printed), event loops, bytes of the answer.
 */
public final class BareServer {
    private static final String ANSWER = "{\"benefit\":\"fare-discount\",\"ttl_seconds\":60}";
    private static final int START_SECONDS_MAX = 30;

    private BareServer() {}

    /** Serves on 127.0.0.1 until it is ended. */
    public static void main(String[] args) throws InterruptedException, ExecutionException, TimeoutException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        int eventLoops = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        int answerBytes = args.length > 2 ? Integer.parseInt(args[2]) : ANSWER.length();
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(eventLoops));
        Buffer answer = answer(answerBytes);
        // The first finds the port, the others share it.
        Loop first = new Loop(port, answer);
        deploy(vertx, first);
        for (int i = 1; i < eventLoops; i++) {
            deploy(vertx, new Loop(first.port, answer));
        }
        System.out.println("bare server on http://127.0.0.1:" + first.port + ", " + eventLoops + " event loop(s), "
                + (vertx.isNativeTransportEnabled() ? "native transport" : "NIO") + ", " + answerBytes + " bytes");
    }

    private static void deploy(Vertx vertx, Loop loop)
            throws InterruptedException, ExecutionException, TimeoutException {
        Future<String> deployed = vertx.deployVerticle(loop, new DeploymentOptions());
        deployed.toCompletionStage().toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** The answer, padded with spaces as Osmanthus pads. */
    private static Buffer answer(int bytes) {
        if (bytes < ANSWER.length()) {
            throw new IllegalArgumentException("an answer has at least " + ANSWER.length() + " bytes, found " + bytes);
        }
        return Buffer.buffer((ANSWER + " ".repeat(bytes - ANSWER.length())).getBytes(StandardCharsets.US_ASCII));
    }

    /** One event loop's server. */
    private static final class Loop extends AbstractVerticle {
        private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

        private final Buffer answer;
        private final CharSequence answerBytes;
        private volatile int port;

        Loop(int port, Buffer answer) {
            this.port = port;
            this.answer = answer;
            this.answerBytes = HttpHeaders.createOptimized(String.valueOf(answer.length()));
        }

        @Override
        public void start(Promise<Void> started) {
            vertx.createHttpServer()
                    .requestHandler(this::handle)
                    .listen(port, "127.0.0.1")
                    .onSuccess(server -> {
                        port = server.actualPort();
                        started.complete();
                    })
                    .onFailure(started::fail);
        }

        private void handle(HttpServerRequest request) {
            request.bodyHandler(body -> request.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                    .putHeader(HttpHeaders.CONTENT_LENGTH, answerBytes)
                    .end(answer));
        }
    }
}
