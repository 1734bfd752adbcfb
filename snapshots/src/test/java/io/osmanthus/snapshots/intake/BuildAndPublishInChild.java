package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Retention;
import io.osmanthus.snapshots.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds, publishes and prunes again and again in a process of its own, until it is killed. */
final class BuildAndPublishInChild {
    private BuildAndPublishInChild() {}

    public static void main(String[] arguments) throws IOException {
        Path store = Path.of(arguments[1]);
        Path sign = Path.of(arguments[2]);
        while (true) {
            Fixtures.build(Path.of(arguments[0]), store);
            Retention.of(SnapshotStore.open(store), 1).prune(Fixtures.AS_OF);
            if (!Files.exists(sign)) {
                Files.createFile(sign);
            }
        }
    }
}
