package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Retention;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotDiff;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator asks of the store of snapshots. Blocks, so it belongs on a worker; thread-safe. Verifying and comparing
 * read whole snapshots: one at a time, another is told to come later.
 */
public final class Operations {
    /** So many a page, the newest first. */
    static final int LISTED_MAX = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

    private final SnapshotStore store;
    private final Trust trust;
    private final Loads loads;
    private final AtomicBoolean atWork = new AtomicBoolean();

    /** What became of this server's loads. */
    public interface Loads {
        /** The versions that could not be loaded, and why. */
        Map<String, String> failures();

        /** Whether a version is not tried again today. */
        boolean refuses(String version);

        /** A version that was put off is tried at once. */
        void retry(String version);
    }

    /** Operations on a store. */
    public Operations(SnapshotStore store, Trust trust, Loads loads) {
        this.store = store;
        this.trust = trust;
        this.loads = loads;
    }

    /** When a snapshot was made, in milliseconds since 1970-01-01; 0 of one that is gone. */
    long madeMs(String version) {
        try {
            return store.manifest(version).createdAt().toEpochMilli();
        } catch (SnapshotException e) {
            return 0;
        }
    }

    /** The versions before one, the newest first, under a pseudonym key; at most {@code max}. */
    List<String> before(String version, String keyFingerprint, int max) {
        List<String> before = new ArrayList<>();
        List<String> all = store.list();
        for (int i = all.size() - 1; i >= 0 && before.size() < max; i--) {
            if (all.get(i).compareTo(version) < 0) {
                try {
                    if (store.manifest(all.get(i)).keyFingerprint().equals(keyFingerprint)) {
                        before.add(all.get(i));
                    }
                } catch (SnapshotException e) {
                    LOG.debug("snapshot {} is gone or cannot be read", all.get(i));
                }
            }
        }
        return before;
    }

    Map<String, String> failures() {
        return loads.failures();
    }

    /**
     * The body of the answer; throws {@link Writes.Refusal} where there is none.
     *
     * @param before of a list, the version before which it ends, or null
     * @param key under which the list's cursor is made
     */
    byte[] answer(Route route, Map<String, String> path, @Nullable String before, PseudonymKey key) {
        return switch (route) {
            case ACTIVATION -> alone(() -> activate(known(path.get("version"))));
            case SNAPSHOT_DIFF -> {
                String a = known(path.get("a"));
                String b = known(path.get("b"));
                yield alone(() -> diff(a, b));
            }
            default -> list(before, key);
        };
    }

    private byte[] alone(Supplier<byte[]> work) {
        if (!atWork.compareAndSet(false, true)) {
            throw new Writes.Refusal(Problem.OVERLOADED);
        }
        try {
            return work.get();
        } finally {
            atWork.set(false);
        }
    }

    private String known(@Nullable String version) {
        if (version == null || !store.list().contains(version)) {
            throw new Writes.Refusal(Problem.NOT_FOUND);
        }
        return version;
    }

    private byte[] list(@Nullable String before, PseudonymKey key) {
        String current = store.currentOrNull();
        Map<String, String> failed = failures();
        Retention retention = Retention.of(store, 0); // asked for days only, not for what they protect
        List<String> versions = store.list();
        // One that has been pruned meanwhile still has its place in the order.
        List<String> older = before == null
                ? versions
                : versions.stream()
                        .filter(version -> version.compareTo(before) < 0)
                        .toList();
        List<String> page = older.subList(Math.max(0, older.size() - LISTED_MAX), older.size());
        String next = page.size() < older.size() ? SnapshotCursor.text(key, page.get(0)) : null;
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("current", current);
            json.writeNumberField("count", versions.size());
            json.writeArrayFieldStart("snapshots");
            for (String version : page) {
                json.writeStartObject();
                json.writeStringField("version", version);
                json.writeBooleanField("current", version.equals(current));
                json.writeStringField("failed", failed.get(version));
                describe(json, version);
                json.writeStringField("pinned_on", Objects.toString(retention.pinnedOn(version), null));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("next", next);
            json.writeEndObject();
        });
    }

    private void describe(JsonGenerator json, String version) throws IOException {
        Manifest manifest;
        try {
            manifest = store.manifest(version);
        } catch (SnapshotException e) {
            json.writeStringField("damaged", e.getMessage());
            return;
        }
        json.writeStringField("as_of", manifest.asOf().toString());
        json.writeStringField("created_at", manifest.createdAt().toString());
        json.writeNumberField("persons", manifest.rows("persons.parquet"));
        json.writeNumberField("tokens", manifest.rows("tokens.parquet"));
        json.writeNumberField("records", manifest.rows("records.parquet"));
        json.writeNumberField("organisations", manifest.rows("organisations.parquet"));
        json.writeBooleanField("synthetic", manifest.synthetic());
        json.writeStringField("key_fingerprint", manifest.keyFingerprint());
        json.writeStringField("forced", manifest.forced());
    }

    private byte[] activate(String version) {
        if (loads.refuses(version)) {
            throw new Writes.Refusal(Problem.SNAPSHOT_REFUSED);
        }
        String former = store.currentOrNull();
        verified(version);
        store.activate(version);
        loads.retry(version);
        LOG.info("an operator made {} the current snapshot; before it was {}", version, former);
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("version", version);
            json.writeStringField("former", former);
            json.writeEndObject();
        });
    }

    private byte[] diff(String a, String b) {
        Snapshot first = verified(a);
        Snapshot second = verified(b);
        if (!first.manifest().keyFingerprint().equals(second.manifest().keyFingerprint())) {
            throw new Writes.Refusal(Problem.KEYS_DIFFER);
        }
        SnapshotDiff diff = SnapshotDiff.between(first, second);
        return Reply.bytes(json -> {
            json.writeStartObject();
            DiffJson.write(json, a, b, diff);
            json.writeEndObject();
        });
    }

    private Snapshot verified(String version) {
        try {
            return Snapshot.open(store.path(version), trust);
        } catch (SnapshotException e) {
            LOG.warn("an operator asked for a snapshot that is refused: {}", e.getMessage());
            throw switch (e.code()) {
                case MISSING -> new Writes.Refusal(Problem.NOT_FOUND);
                case IO -> e;
                default -> new Writes.Refusal(Problem.SNAPSHOT_REFUSED);
            };
        }
    }
}
