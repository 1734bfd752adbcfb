package io.osmanthus.snapshots;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A verified snapshot: its directory and its manifest. Nothing in it is opened before its checksum holds. Immutable; holds
 * no resources.
 */
public final class Snapshot {
    /** The facts, in the order in which they are built. */
    public static final List<String> FACT_FILES = List.of(
            "persons.parquet",
            "tokens.parquet",
            "consents.parquet",
            "records.parquet",
            "arrears.parquet",
            "organisations.parquet",
            "list_entries.parquet");

    /** Public disclosures and commitments of organisations; snapshots of earlier versions lack them. */
    public static final List<String> DISCLOSURE_FILES =
            List.of("permits.parquet", "penalties.parquet", "administrative_acts.parquet", "commitments.parquet");

    /** What was not accepted and why, without what could identify a person. */
    public static final String QUARANTINE = "quarantine.parquet";

    /** The same for those who mend the source. */
    public static final String QUARANTINE_CSV = "quarantine.csv";

    /** Figures of the delivery, see {@link QualityFigure}; snapshots of earlier versions lack them. */
    public static final String QUALITY = "quality.parquet";

    /** The name of the file that says what a snapshot is. */
    public static final String MANIFEST = "manifest.json";

    static final String SIGNATURE = "manifest.sig";

    private static final String AGAIN = "; take the snapshot from its source again, or activate another";

    private final Path directory;
    private final Manifest manifest;

    private Snapshot(Path directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /**
     * Verifies a snapshot: manifest, signature, key, the set of files, and the checksum of each.
     *
     * @throws SnapshotException if anything is not as it was published or not as {@code trust} demands
     */
    public static Snapshot open(Path directory, Trust trust) {
        return open(directory, trust, Progress.SILENT);
    }

    /** The same, and says how far the checksums are. */
    public static Snapshot open(Path directory, Trust trust, Progress progress) {
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            byte[] bytes = manifestBytes(absolute);
            Manifest manifest =
                    ManifestJson.read(bytes, absolute.resolve(MANIFEST).toString());
            if (!manifest.version().equals(String.valueOf(absolute.getFileName()))) {
                throw corrupt(absolute, "the manifest is that of snapshot " + manifest.version());
            }
            boolean signed = signature(absolute, bytes, trust);
            String expected = trust.keyFingerprint();
            if (expected != null && !expected.equals(manifest.keyFingerprint())) {
                throw new SnapshotException(
                        Code.WRONG_KEY,
                        "snapshot " + absolute + " was built with the pseudonym key " + manifest.keyFingerprint()
                                + ", the key in use is " + expected
                                + ": set OSMANTHUS_PSEUDONYM_KEY to the key of the build");
            }
            fileSet(absolute, manifest, signed);
            try (Progress.Task task = progress.begin("verify " + manifest.version(), manifest.bytes(), "bytes")) {
                manifest.files().entrySet().parallelStream()
                        .forEach(file -> file(absolute, file.getKey(), file.getValue(), task));
            }
            return new Snapshot(absolute, manifest);
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, "snapshot " + absolute + " cannot be read: " + e, e);
        }
    }

    /** Where the files are. */
    public Path directory() {
        return directory;
    }

    public Manifest manifest() {
        return manifest;
    }

    @Override
    public String toString() {
        return "Snapshot[" + manifest.version() + "]";
    }

    /** The manifest alone, checked against its own name but nothing else: for listings. */
    static Manifest glance(Path directory) throws IOException {
        return ManifestJson.read(
                manifestBytes(directory), directory.resolve(MANIFEST).toString());
    }

    private static byte[] manifestBytes(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new SnapshotException(
                    Code.MISSING,
                    "there is no snapshot " + directory + ": list those that are there with the command 'snapshots'");
        }
        Path file = directory.resolve(MANIFEST);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw corrupt(directory, MANIFEST + " is missing");
        }
        if (Files.size(file) > ManifestJson.BYTES_MAX) {
            throw corrupt(directory, MANIFEST + " is larger than " + ManifestJson.BYTES_MAX + " bytes");
        }
        return Files.readAllBytes(file);
    }

    private static boolean signature(Path directory, byte[] bytes, Trust trust) throws IOException {
        Path file = directory.resolve(SIGNATURE);
        boolean signed = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        PublicKey key = trust.verifyKey();
        if (!signed) {
            if (!trust.unsignedAllowed()) {
                throw new SnapshotException(
                        Code.UNSIGNED,
                        "snapshot " + directory + " is not signed, and only a demonstration may use an unsigned one:"
                                + " build it with OSMANTHUS_SIGNING_KEY set");
            }
            return false;
        }
        if (key == null) {
            if (!trust.unsignedAllowed()) {
                throw new SnapshotException(
                        Code.UNSIGNED,
                        "snapshot " + directory + " is signed, but there is no key to check it with:"
                                + " set OSMANTHUS_VERIFY_KEY to the builders' public key");
            }
            return true;
        }
        if (Files.size(file) != Signing.SIGNATURE_BYTES || !Signing.verify(key, bytes, Files.readAllBytes(file))) {
            throw new SnapshotException(
                    Code.WRONG_SIGNATURE,
                    "the signature " + file + " is not one of the trusted key over " + MANIFEST
                            + ": the snapshot was changed, or signed by a builder whose key is not OSMANTHUS_VERIFY_KEY");
        }
        return true;
    }

    private static void fileSet(Path directory, Manifest manifest, boolean signed) throws IOException {
        Set<String> expected = new TreeSet<>(manifest.files().keySet());
        for (String file : expected) {
            // Any other name could point out of the directory.
            if (!file.matches("[a-z_]{1,40}\\.(parquet|csv)")) {
                throw corrupt(directory, "the manifest names a file that no snapshot has: " + file);
            }
        }
        for (String file : FACT_FILES) {
            if (!expected.contains(file)) {
                throw corrupt(directory, "the manifest does not name " + file);
            }
        }
        expected.add(MANIFEST);
        if (signed) {
            expected.add(SIGNATURE);
        }
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> found.add(String.valueOf(file.getFileName())));
        }
        for (String file : expected) {
            if (!found.remove(file) || !Files.isRegularFile(directory.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
                throw corrupt(directory, file + " is missing");
            }
        }
        if (!found.isEmpty()) {
            throw corrupt(directory, "it contains files that its manifest does not name: " + found);
        }
    }

    private static void file(Path directory, String name, Manifest.FileEntry entry, Progress.Task task) {
        Path file = directory.resolve(name);
        try {
            long bytes = Files.size(file);
            if (bytes != entry.bytes()) {
                throw corrupt(directory, name + " has " + bytes + " bytes, the manifest says " + entry.bytes());
            }
            String sha256 = Checksum.sha256(file, task);
            if (!sha256.equals(entry.sha256())) {
                throw corrupt(
                        directory, name + " has the checksum " + sha256 + ", the manifest says " + entry.sha256());
            }
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, file + " cannot be read: " + e, e);
        }
    }

    private static SnapshotException corrupt(Path directory, String message) {
        return new SnapshotException(Code.CORRUPT, "snapshot " + directory + " is damaged: " + message + AGAIN);
    }
}
