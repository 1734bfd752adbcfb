package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.trail.TrailWriter;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answers of one turn do not depend on each other. */
class TurnTest {
    @TempDir
    private Path directory;

    @Test
    void answerThatFails_othersOfTheTurnLeave_andTheNextTurnToo() throws Exception {
        TrailOptions options = new TrailOptions(directory, directory.resolve("rolled"), "turn", 1 << 20, 1_000, 12);
        Meters meters = new Meters(List.of(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        Vertx vertx = Vertx.vertx();
        try (AccessTrail trail = AccessTrail.start(options, InstantSource.system())) {
            TrailWriter writer = trail.writer();
            ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
            CountDownLatch left = new CountDownLatch(3);
            CompletableFuture<Turn> made = new CompletableFuture<>();
            context.runOnContext(ignored -> {
                Turn turn = new Turn(context, meters, trail, writer);
                turn.after(written -> left.countDown());
                turn.after(written -> {
                    throw new IllegalStateException("a fault of ours");
                });
                turn.after(written -> left.countDown());
                made.complete(turn);
            });
            Turn turn = made.get(10, TimeUnit.SECONDS);
            context.runOnContext(ignored -> turn.after(written -> left.countDown()));
            assertTrue(left.await(10, TimeUnit.SECONDS), left.getCount() + " of 3 never left");
            assertEquals(1, meters.failures().count());
            CompletableFuture<Void> closed = new CompletableFuture<>();
            context.runOnContext(ignored -> {
                turn.close();
                closed.complete(null);
            });
            closed.get(10, TimeUnit.SECONDS);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }
}
