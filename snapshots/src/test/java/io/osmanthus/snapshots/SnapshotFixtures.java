package io.osmanthus.snapshots;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Snapshots whose files are not Parquet: for what concerns bytes, names and signatures only. */
final class SnapshotFixtures {
    static final PseudonymKey KEY = PseudonymKey.ofHex("1e".repeat(32));
    static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);

    private SnapshotFixtures() {}

    static Manifest publish(SnapshotStore store, String content, @Nullable PrivateKey signingKey) throws IOException {
        try (SnapshotBuild build = store.begin()) {
            write(build, content);
            return build.publish(content(AS_OF), signingKey);
        }
    }

    static void write(SnapshotBuild build, String content) throws IOException {
        for (String file : Snapshot.FACT_FILES) {
            Files.writeString(build.directory().resolve(file), file + content);
        }
        Files.writeString(build.directory().resolve(Snapshot.QUARANTINE), content);
    }

    static SnapshotBuild.Content content(LocalDate asOf) {
        Map<String, Long> rows = new LinkedHashMap<>();
        Snapshot.FACT_FILES.forEach(file -> rows.put(file, 3L));
        rows.put(Snapshot.QUARANTINE, 0L);
        return new SnapshotBuild.Content(
                asOf,
                Map.of("records.csv", LocalDate.of(2026, 10, 14)),
                KEY.fingerprint(),
                true,
                true,
                Map.of("records.csv", new Manifest.Counts(6, 3, 2, 1, 0, 0)),
                rows,
                Map.of("tax-a", 3L),
                null);
    }

    static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
