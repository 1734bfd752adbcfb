package io.osmanthus.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot in which anything was touched is not opened, and the message says what, where and what to do. */
final class SnapshotTest {
    private static final Set<Code> DAMAGE = EnumSet.of(Code.CORRUPT, Code.WRONG_SIGNATURE, Code.TOO_NEW, Code.TOO_OLD);

    private final KeyPair pair = SnapshotFixtures.pair();
    private final Trust trust = Trust.of(SnapshotFixtures.KEY, pair.getPublic(), false);

    @TempDir
    Path directory = Path.of("");

    private Path snapshot = Path.of("");

    @BeforeEach
    void publish() throws IOException {
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        snapshot = store.path(
                SnapshotFixtures.publish(store, " content", pair.getPrivate()).version());
    }

    @Test
    void open_untouched_givesTheManifest() {
        Manifest manifest = Snapshot.open(snapshot, trust).manifest();
        assertEquals(3, manifest.rows("records.parquet"));
        assertEquals("2026-10-14", manifest.factsAsOf("records.csv").toString());
        assertEquals("2026-10-15", manifest.factsAsOf("tokens.csv").toString());
        assertEquals(0, manifest.ledgerPosition());
        assertTrue(manifest.synthetic());
        assertThrows(IllegalArgumentException.class, () -> manifest.rows("people.parquet"));
    }

    @Test
    void open_anyByteFlipped_isRefused() throws IOException {
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            for (int at = 0; at < bytes.length; at++) {
                for (int bit : new int[] {0x01, 0x20, 0x80}) {
                    byte[] flipped = bytes.clone();
                    flipped[at] ^= (byte) bit;
                    Files.write(file, flipped);
                    refused(trust, DAMAGE);
                }
            }
            Files.write(file, bytes);
        }
        Snapshot.open(snapshot, trust);
    }

    @Test
    void open_unsignedWithAnyByteOfTheManifestFlipped_isRefused() throws IOException {
        Files.delete(snapshot.resolve("manifest.sig"));
        Trust lenient = Trust.of(SnapshotFixtures.KEY, null, true);
        Snapshot.open(snapshot, lenient);
        Path file = snapshot.resolve("manifest.json");
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 0x01;
            Files.write(file, flipped);
            refused(lenient, DAMAGE);
        }
    }

    @Test
    void open_fileTruncatedRemovedOrAdded_isRefused() throws IOException {
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length : new int[] {0, bytes.length / 2, bytes.length - 1}) {
                Files.write(file, Arrays.copyOf(bytes, length));
                refused(trust, DAMAGE);
            }
            Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            refused(trust, DAMAGE);
            Files.delete(file);
            refused(trust, EnumSet.of(Code.CORRUPT, Code.UNSIGNED));
            Files.createDirectory(file);
            refused(trust, EnumSet.of(Code.CORRUPT, Code.UNSIGNED));
            Files.delete(file);
            Path elsewhere = Files.write(directory.resolve("elsewhere"), bytes);
            Files.createSymbolicLink(file, elsewhere);
            refused(trust, EnumSet.of(Code.CORRUPT, Code.UNSIGNED));
            Files.delete(file);
            Files.write(file, bytes);
        }
        Path added = Files.writeString(snapshot.resolve("notes.txt"), "");
        SnapshotException refused = refused(trust, EnumSet.of(Code.CORRUPT));
        assertTrue(String.valueOf(refused.getMessage()).contains("notes.txt"));
        Files.delete(added);
        Snapshot.open(snapshot, trust);
    }

    @Test
    void open_directoryRenamedOrMissing_isRefused() throws IOException {
        Path moved = Files.move(snapshot, snapshot.resolveSibling("20261015-002-00000000"));
        assertEquals(
                Code.CORRUPT,
                assertThrows(SnapshotException.class, () -> Snapshot.open(moved, trust))
                        .code());
        assertEquals(
                Code.MISSING,
                assertThrows(SnapshotException.class, () -> Snapshot.open(snapshot, trust))
                        .code());
    }

    @Test
    void open_otherKeysThanTheBuilds_namesBothSides() {
        PseudonymKey other = PseudonymKey.ofHex("2e".repeat(32));
        SnapshotException wrongKey = refused(Trust.of(other, pair.getPublic(), false), EnumSet.of(Code.WRONG_KEY));
        assertTrue(String.valueOf(wrongKey.getMessage()).contains(other.fingerprint()));
        assertTrue(String.valueOf(wrongKey.getMessage()).contains(SnapshotFixtures.KEY.fingerprint()));
        refused(
                Trust.of(SnapshotFixtures.KEY, SnapshotFixtures.pair().getPublic(), true),
                EnumSet.of(Code.WRONG_SIGNATURE));
        Snapshot.open(snapshot, new Trust(null, pair.getPublic(), false));
    }

    @Test
    void open_withoutSignatureOrKey_onlyInADemonstration() throws IOException {
        refused(Trust.of(SnapshotFixtures.KEY, null, false), EnumSet.of(Code.UNSIGNED));
        Snapshot.open(snapshot, Trust.of(SnapshotFixtures.KEY, null, true));
        Files.delete(snapshot.resolve("manifest.sig"));
        refused(trust, EnumSet.of(Code.UNSIGNED));
        Snapshot.open(snapshot, Trust.of(SnapshotFixtures.KEY, pair.getPublic(), true));
    }

    @Test
    void open_otherFormatVersion_isTooOldOrTooNew() throws IOException {
        Path file = snapshot.resolve("manifest.json");
        String text = Files.readString(file);
        String version = "\"format_version\" : " + Manifest.FORMAT_VERSION;
        assertTrue(text.contains(version));
        for (int other : new int[] {Manifest.FORMAT_VERSION_MIN - 1, Manifest.FORMAT_VERSION + 1}) {
            Files.writeString(file, text.replace(version, "\"format_version\" : " + other));
            Code code = other < Manifest.FORMAT_VERSION ? Code.TOO_OLD : Code.TOO_NEW;
            SnapshotException refused = refused(trust, EnumSet.of(code));
            assertTrue(String.valueOf(refused.getMessage()).contains("format version " + other));
            assertTrue(String.valueOf(refused.getMessage())
                    .contains(Manifest.FORMAT_VERSION_MIN + " to " + Manifest.FORMAT_VERSION));
        }
    }

    @Test
    void read_manifestOfAnEarlierVersion_saysNoHashOfTheLedger() throws IOException {
        String text = Files.readString(snapshot.resolve("manifest.json"));
        String hash = text.contains(",\n    \"hash\" : null") ? ",\n    \"hash\" : null" : "none";
        assertTrue(text.contains(hash), text);
        String earlier = text.replace(hash, "").replace("\"format_version\" : 4", "\"format_version\" : 3");
        assertNull(ManifestJson.read(renamed(earlier), "a manifest").ledgerHash());
        String missing = text.replace(hash, "");
        assertThrows(SnapshotException.class, () -> ManifestJson.read(renamed(missing), "a manifest"));
        String said = text.replace(hash, ",\n    \"hash\" : \"" + "ab".repeat(32) + "\"");
        assertEquals(
                "ab".repeat(32), ManifestJson.read(renamed(said), "a manifest").ledgerHash());
    }

    /** The manifest under the name that its bytes give it. */
    private static byte[] renamed(String text) throws IOException {
        Matcher name =
                Pattern.compile("\"snapshot\" : \"([^\"]*-)[0-9a-f]{8}\"").matcher(text);
        assertTrue(name.find());
        String zeroed = name.replaceFirst("\"snapshot\" : \"$100000000\"");
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(zeroed.getBytes(StandardCharsets.UTF_8));
            String digits = HexFormat.of().formatHex(hash).substring(0, 8);
            return name.replaceFirst("\"snapshot\" : \"$1" + digits + "\"").getBytes(StandardCharsets.UTF_8);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    @Test
    void read_manifestWithFieldsMissingUnknownOrTwice_isRefused() throws IOException {
        String text = Files.readString(snapshot.resolve("manifest.json"));
        for (String changed : new String[] {
            text.replace("\"synthetic\" : true,", ""),
            text.replace("\"synthetic\" : true,", "\"synthetic\" : 1,"),
            text.replace("\"synthetic\" : true,", "\"synthetic\" : true, \"more\" : 1,"),
            text.replace("\"synthetic\" : true,", "\"synthetic\" : true, \"synthetic\" : true,"),
            text.replace("\"position\" : 0", "\"position\" : -1"),
            text.replace("\"position\" : 0", "\"position\" : 0.5"),
            text.replace("\"2026-10-15\"", "\"2026-02-30\""),
            text.replace("\"read\" : 6", "\"read\" : 7"),
            text + "{}",
            "[]",
            "",
            "\"osmanthus-snapshot\""
        }) {
            SnapshotException refused = assertThrows(
                    SnapshotException.class,
                    () -> ManifestJson.read(changed.getBytes(StandardCharsets.UTF_8), "m"),
                    changed);
            assertEquals(Code.CORRUPT, refused.code(), changed);
        }
        ManifestJson.read(text.getBytes(StandardCharsets.UTF_8), "m");
    }

    private SnapshotException refused(Trust trusted, Set<Code> codes) {
        SnapshotException refused = assertThrows(SnapshotException.class, () -> Snapshot.open(snapshot, trusted));
        assertTrue(codes.contains(refused.code()), () -> refused.code() + ": " + refused.getMessage());
        assertTrue(String.valueOf(refused.getMessage()).contains(snapshot.toString()), refused.getMessage());
        return refused;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(snapshot)) {
            return files.sorted().toList();
        }
    }
}
