package io.osmanthus.snapshots;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The manifest as JSON, read strictly: every field there, none unknown, none twice.
 *
 * <p>The snapshot's name ends in eight hexadecimal digits of the SHA-256 of the manifest's own bytes, taken with eight
 * zeros in their place. The manifest holds the checksum of every file; so the name binds every byte of the snapshot, and
 * an accident to the manifest is noticed also where nothing is signed.
 */
final class ManifestJson {
    static final String FORMAT = "osmanthus-snapshot";

    /** A manifest has a few kilobytes; a bound on what is read before anything is trusted. */
    static final int BYTES_MAX = 1 << 20;

    private static final int HASH_DIGITS = 8;
    private static final String NO_HASH = "0".repeat(HASH_DIGITS);
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private final JsonNode node;
    private final String where;
    private final int version;
    private final Set<String> unread = new LinkedHashSet<>();

    private ManifestJson(JsonNode node, String where, int version) {
        this.node = node;
        this.where = where;
        this.version = version;
        node.fieldNames().forEachRemaining(unread::add);
    }

    /** A manifest under its final name, with the text to be stored and signed. */
    record Sealed(Manifest manifest, String text) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Gives the manifest its name {@code prefix-xxxxxxxx}. */
    static Sealed seal(Manifest manifest, String prefix) {
        String unnamed = write(manifest.named(prefix + "-" + NO_HASH));
        Manifest named = manifest.named(prefix + "-" + hash(unnamed));
        return new Sealed(named, write(named));
    }

    /** Reads and checks a manifest found at {@code where}. */
    static Manifest read(byte[] bytes, String where) {
        Manifest manifest = parse(bytes, where);
        String version = manifest.version();
        int cut = version.length() - HASH_DIGITS;
        if (cut < 1) {
            throw corrupt(where, "the snapshot's name '" + version + "' is too short");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        String zeroed = text.replace("\"" + version + "\"", "\"" + version.substring(0, cut) + NO_HASH + "\"");
        if (!hash(zeroed).equals(version.substring(cut))) {
            throw corrupt(where, "its bytes are not those that its name '" + version + "' was made from");
        }
        return manifest;
    }

    private static String write(Manifest manifest) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format", FORMAT);
        root.put("format_version", Manifest.FORMAT_VERSION);
        root.put("snapshot", manifest.version());
        root.put("created_at", manifest.createdAt().toString());
        root.put("as_of", manifest.asOf().toString());
        ObjectNode facts = root.putObject("facts_as_of");
        manifest.factsAsOf().forEach((file, day) -> facts.put(file, day.toString()));
        root.putObject("ledger")
                .put("id", manifest.ledgerId())
                .put("position", manifest.ledgerPosition())
                .put("hash", manifest.ledgerHash());
        root.put("key_fingerprint", manifest.keyFingerprint());
        root.put("synthetic", manifest.synthetic());
        root.put("demonstration", manifest.demonstration());
        ObjectNode counts = root.putObject("counts");
        manifest.counts().forEach((file, count) -> counts.putObject(file)
                .put("read", count.read())
                .put("accepted", count.accepted())
                .put("quarantined", count.quarantined())
                .put("not_enrolled", count.notEnrolled())
                .put("flagged", count.flagged())
                .put("carried_over", count.carriedOver()));
        ObjectNode lists = root.putObject("lists");
        manifest.lists().forEach(lists::put);
        root.put("forced", manifest.forced());
        ObjectNode files = root.putObject("files");
        manifest.files().forEach((file, entry) -> files.putObject(file)
                .put("rows", entry.rows())
                .put("bytes", entry.bytes())
                .put("sha256", entry.sha256()));
        try {
            return MAPPER.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of our own can be written", e);
        }
    }

    private static Manifest parse(byte[] bytes, String where) {
        JsonNode root;
        try {
            root = MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw corrupt(where, "it is not JSON");
        }
        if (root == null || !root.isObject()) {
            throw corrupt(where, "it is not a JSON object");
        }
        // The version is asked for before anything else, so that a later format is not called corrupt.
        int version = root.path("format_version").asInt(-1);
        if (!root.path("format").asText().equals(FORMAT) || version < 0) {
            throw corrupt(where, "it does not call itself " + FORMAT);
        }
        if (version < Manifest.FORMAT_VERSION_MIN) {
            throw new SnapshotException(
                    SnapshotException.Code.TOO_OLD,
                    where + " has format version " + version + "; this program reads " + Manifest.FORMAT_VERSION_MIN
                            + " to " + Manifest.FORMAT_VERSION + ": build the snapshot again from its delivery");
        }
        if (version > Manifest.FORMAT_VERSION) {
            throw new SnapshotException(
                    SnapshotException.Code.TOO_NEW,
                    where + " has format version " + version + "; this program reads " + Manifest.FORMAT_VERSION_MIN
                            + " to " + Manifest.FORMAT_VERSION + ": use a later version of the program");
        }
        try {
            return new ManifestJson(root, where, version).manifest();
        } catch (DateTimeException | IllegalArgumentException e) {
            throw corrupt(where, String.valueOf(e.getMessage()));
        }
    }

    private Manifest manifest() {
        field("format");
        field("format_version");
        ManifestJson ledger = nested(field("ledger"));
        JsonNode ledgerId = ledger.field("id");
        Manifest manifest = new Manifest(
                text("snapshot"),
                Instant.parse(text("created_at")),
                LocalDate.parse(text("as_of")),
                map("facts_as_of", (file, value) -> LocalDate.parse(value.asText())),
                ledgerId.isNull() ? null : ledgerId.asText(),
                ledger.number("position"),
                version < 4 ? null : ledger.textOrNull("hash"),
                text("key_fingerprint"),
                flag("synthetic"),
                flag("demonstration"),
                map("counts", (file, value) -> nested(value).counts()),
                version < 2 ? Map.of() : map("lists", (list, value) -> count(list, value)),
                version < 2 ? null : textOrNull("forced"),
                map("files", (file, value) -> nested(value).file()));
        ledger.close();
        close();
        return manifest;
    }

    private Manifest.Counts counts() {
        Manifest.Counts counts = new Manifest.Counts(
                number("read"),
                number("accepted"),
                number("quarantined"),
                number("not_enrolled"),
                number("flagged"),
                version < 2 ? 0 : number("carried_over"));
        close();
        return counts;
    }

    private Manifest.FileEntry file() {
        Manifest.FileEntry entry = new Manifest.FileEntry(number("rows"), number("bytes"), text("sha256"));
        close();
        return entry;
    }

    private ManifestJson nested(JsonNode value) {
        return new ManifestJson(value, where, version);
    }

    private interface Element<T> {
        T of(String key, JsonNode value);
    }

    private <T> Map<String, T> map(String key, Element<T> element) {
        JsonNode value = field(key);
        if (!value.isObject()) {
            throw corrupt(where, "'" + key + "' is not an object");
        }
        Map<String, T> map = new LinkedHashMap<>();
        value.properties().forEach(field -> map.put(field.getKey(), element.of(field.getKey(), field.getValue())));
        return map;
    }

    private String text(String key) {
        JsonNode value = field(key);
        if (!value.isTextual()) {
            throw corrupt(where, "'" + key + "' is not a text");
        }
        return value.asText();
    }

    private @Nullable String textOrNull(String key) {
        return field(key).isNull() ? null : text(key);
    }

    private long number(String key) {
        return count(key, field(key));
    }

    private long count(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw corrupt(where, "'" + key + "' is not a count");
        }
        return value.asLong();
    }

    private boolean flag(String key) {
        JsonNode value = field(key);
        if (!value.isBoolean()) {
            throw corrupt(where, "'" + key + "' is neither true nor false");
        }
        return value.asBoolean();
    }

    private JsonNode field(String key) {
        unread.remove(key);
        @Nullable JsonNode value = node.get(key);
        if (value == null) {
            throw corrupt(where, "'" + key + "' is missing");
        }
        return value;
    }

    private void close() {
        if (!unread.isEmpty()) {
            throw corrupt(where, "unknown field '" + unread.iterator().next() + "'");
        }
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static SnapshotException corrupt(String where, String message) {
        return new SnapshotException(
                SnapshotException.Code.CORRUPT,
                where + " cannot be trusted: " + message
                        + "; take the snapshot from its source again, or activate another");
    }
}
