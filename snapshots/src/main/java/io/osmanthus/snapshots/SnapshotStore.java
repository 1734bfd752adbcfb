package io.osmanthus.snapshots;

import io.osmanthus.snapshots.SnapshotException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of snapshots, one of them current. Thread-safe; holds no resources. Only {@link #begin} and pruning take the
 * lock that keeps a second builder out, also one in another process.
 *
 * <pre>
 * 20261015-001-1f0c9a2b/   a snapshot: as-of date, number on that date, hash of the manifest
 * current                  the name of the current snapshot and a line feed; replaced by a rename
 * .building-…/             a build at work, or what a killed one left; the next build removes it
 * .pruning-…/              a snapshot being removed, or what a killed removal left; so too
 * .pins/<snapshot>         the day on which it was pinned
 * .lock                    locked while a build or a pruning is at work
 * </pre>
 */
public final class SnapshotStore {
    static final String CURRENT = "current";
    static final String LOCK = ".lock";
    static final String BUILDING = ".building-";
    static final String PRUNING = ".pruning-";
    static final String PINS = ".pins";

    private static final Pattern VERSION = Pattern.compile("\\d{8}-\\d{3,6}-[0-9a-f]{8}");
    private static final String LIST = ": list those that are there with the command 'snapshots'";

    private final Path directory;

    private SnapshotStore(Path directory) {
        this.directory = directory;
    }

    /**
     * A store that exists.
     *
     * @throws SnapshotException MISSING
     */
    public static SnapshotStore open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new SnapshotException(
                    Code.MISSING, "there is no snapshot store " + directory + ": make one with the command 'build'");
        }
        return new SnapshotStore(directory.toAbsolutePath().normalize());
    }

    /** A store, made if it does not exist; readable by its owner only. */
    public static SnapshotStore openOrCreate(Path directory) {
        try {
            createDirectories(directory);
        } catch (IOException e) {
            throw new SnapshotException(
                    Code.IO,
                    "the snapshot store " + directory + " cannot be made: " + e + "; choose another --store",
                    e);
        }
        return open(directory);
    }

    public Path directory() {
        return directory;
    }

    /** The names of the published snapshots, ascending. */
    public List<String> list() {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> VERSION.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, "the snapshot store " + directory + " cannot be read: " + e, e);
        }
    }

    /** The manifest of a published snapshot, without a look at the files beside it: for listings. */
    public Manifest manifest(String version) {
        try {
            return Snapshot.glance(path(version));
        } catch (IOException e) {
            throw new SnapshotException(Code.IO, "snapshot " + path(version) + " cannot be read: " + e, e);
        }
    }

    /** The name of the current snapshot, or null before the first build. */
    public @Nullable String currentOrNull() {
        Path file = directory.resolve(CURRENT);
        try {
            String version = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (!VERSION.matcher(version).matches()) {
                throw new SnapshotException(
                        Code.CORRUPT,
                        file + " does not hold the name of a snapshot: set it with the command 'activate'");
            }
            return version;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new SnapshotException(
                    Code.CORRUPT, file + " cannot be read: " + e + "; set it with the command 'activate'", e);
        }
    }

    /**
     * The name of the current snapshot.
     *
     * @throws SnapshotException MISSING before the first build
     */
    public String current() {
        String version = currentOrNull();
        if (version == null) {
            throw new SnapshotException(
                    Code.MISSING,
                    "the snapshot store " + directory + " has no current snapshot: make one with the command 'build'");
        }
        return version;
    }

    /**
     * The current snapshot, verified, so that its facts can stand for what a delivery lacks; null before the first build.
     *
     * @throws SnapshotException if it is damaged or not as {@code trust} demands; the message says how to go on
     */
    public @Nullable Snapshot former(Trust trust) {
        return former(trust, Progress.SILENT);
    }

    /** The same, and says how far the checksums are. */
    public @Nullable Snapshot former(Trust trust, Progress progress) {
        String version = currentOrNull();
        if (version == null) {
            return null;
        }
        try {
            return Snapshot.open(path(version), trust, progress);
        } catch (SnapshotException e) {
            throw new SnapshotException(
                    e.code(),
                    "files are missing from the delivery, and the facts of the last snapshot cannot stand for them: "
                            + e.getMessage()
                            + ". Deliver every file, activate a good snapshot, or build into another store",
                    e);
        }
    }

    /**
     * Makes a published snapshot the current one.
     *
     * @throws SnapshotException MISSING if it is not in the store
     */
    public void activate(String version) {
        Path snapshot = path(version);
        if (!Files.isRegularFile(snapshot.resolve(Snapshot.MANIFEST))) {
            throw new SnapshotException(Code.MISSING, "there is no snapshot " + version + " in " + directory + LIST);
        }
        Path aside = directory.resolve("." + CURRENT + "-"
                + ProcessHandle.current().pid() + "-" + Thread.currentThread().getId());
        try {
            Files.writeString(aside, version + "\n", StandardCharsets.UTF_8);
            sync(aside);
            Files.move(aside, directory.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
        } catch (IOException e) {
            throw new SnapshotException(
                    Code.IO, "snapshot " + version + " cannot be made current in " + directory + ": " + e, e);
        }
    }

    /** Where a snapshot is, or would be. */
    public Path path(String version) {
        if (!VERSION.matcher(version).matches()) {
            throw new SnapshotException(
                    Code.MISSING, "'" + version + "' is not the name of a snapshot in " + directory + LIST);
        }
        return directory.resolve(version);
    }

    /**
     * Begins a build: takes the lock, removes what killed builds left, and makes a directory to write to.
     *
     * @throws SnapshotException LOCKED while another build is at work
     */
    public SnapshotBuild begin() {
        return SnapshotBuild.begin(this);
    }

    static void createDirectories(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().normalize().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (Files.isDirectory(directory)) {
            return;
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(directory);
        }
    }

    /** Makes a file or the entries of a directory survive a power failure. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static void delete(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(root)) {
            walk.forEach(paths::add);
        }
        for (int i = paths.size() - 1; i >= 0; i--) {
            Files.deleteIfExists(paths.get(i));
        }
    }
}
