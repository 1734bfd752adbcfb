package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A build in a process of its own, which stops half way through the consents and waits to be killed. */
final class BuildInChild {
    private BuildInChild() {}

    public static void main(String[] arguments) {
        Path store = Path.of(arguments[1]);
        Progress progress = (what, total, unit) -> new Progress.Task() {
            private long done;

            @Override
            public void advance(long count) {
                done += count;
                if (what.equals("consents.csv") && done > total / 2) {
                    stop(store.resolveSibling("half-way"));
                }
            }

            @Override
            public void close() {
                // nothing was opened
            }
        };
        try (SnapshotBuild build = SnapshotStore.open(store).begin()) {
            Intake.run(
                    Delivery.open(Path.of(arguments[0])),
                    Fixtures.VOCABULARY,
                    Fixtures.KEY,
                    Fixtures.AS_OF,
                    build.directory(),
                    Fixtures.OPTIONS,
                    progress);
        }
    }

    private static void stop(Path sign) {
        try {
            Files.writeString(sign, "half way");
            new CountDownLatch(1).await();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
