package io.osmanthus.snapshots.trail;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/** Files that are there as a whole or not at all, also after a power failure. */
final class Durable {
    private Durable() {}

    /** Forces a file or the entries of a directory to disk. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            // deleted meanwhile: nothing of it is to be kept
        }
    }

    /** Forces a directory with its files, renames it, forces the parent. */
    static void publish(Path building, Path published) throws IOException {
        try (Stream<Path> files = Files.list(building)) {
            for (Path file : files.toList()) {
                force(file);
            }
        }
        force(building);
        Files.move(building, published, StandardCopyOption.ATOMIC_MOVE);
        force(parent(published));
    }

    /** Replaces a small file. */
    static void write(Path file, String text) throws IOException {
        Path aside = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(aside, text, StandardCharsets.UTF_8);
        force(aside);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(parent(file));
    }

    static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.toAbsolutePath().getParent(), "no file is the root");
    }
}
