package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory from the departments (报送): which of the contract's files are there, and in which format. Immutable. */
public final class Delivery {
    /** The formats, by the endings of their names. */
    enum Format {
        CSV(".csv"),
        CSV_GZ(".csv.gz"),
        PARQUET(".parquet");

        private final String ending;

        Format(String ending) {
            this.ending = ending;
        }
    }

    /** One file of the delivery. */
    record Part(
            DeliveryFile file,
            Format format,
            Path path,
            @Nullable Path signature) {
        String name() {
            return String.valueOf(path.getFileName());
        }
    }

    private static final String SIGNATURE = ".sig";

    private final Path directory;
    private final Map<DeliveryFile, Part> parts;

    private Delivery(Path directory, Map<DeliveryFile, Part> parts) {
        this.directory = directory;
        this.parts = parts;
    }

    /**
     * Looks at a directory.
     *
     * @throws IntakeException if it is missing or empty, lacks {@code delivery.csv}, or has a file that the contract does
     *     not name or one in two formats
     */
    public static Delivery open(Path directory) {
        List<Path> entries;
        try (Stream<Path> list = Files.list(directory)) {
            entries =
                    list.filter(entry -> !name(entry).startsWith(".")).sorted().toList();
        } catch (IOException e) {
            throw new IntakeException(
                    Code.DELIVERY_MISSING,
                    "there is no delivery directory " + directory + ": name the directory that holds delivery.csv",
                    e);
        }
        if (entries.isEmpty()) {
            throw new IntakeException(
                    Code.DELIVERY_MISSING,
                    "the delivery directory " + directory + " is empty: it needs at least delivery.csv");
        }
        Map<DeliveryFile, Part> parts = new EnumMap<>(DeliveryFile.class);
        for (Path entry : entries) {
            if (!name(entry).endsWith(SIGNATURE)) {
                add(parts, entry);
            }
        }
        for (Path entry : entries) {
            if (name(entry).endsWith(SIGNATURE)) {
                sign(parts, entry);
            }
        }
        if (!parts.containsKey(DeliveryFile.DELIVERY)) {
            throw new IntakeException(
                    Code.DELIVERY_MISSING,
                    "the delivery " + directory + " has no delivery.csv: it says what each source hands over"
                            + " (columns source, file, provided, delivered_on)");
        }
        return new Delivery(directory, parts);
    }

    /**
     * Whether it replaces everything that the current snapshot of a store holds, so that nothing of that one is needed, be it
     * whole or not. Kinds that have never been delivered may be missing.
     */
    public boolean standsAlone(SnapshotStore store) {
        if (missing().isEmpty()) {
            return true;
        }
        try {
            String current = store.currentOrNull();
            return current == null
                    || missing().stream()
                            .noneMatch(
                                    file -> store.manifest(current).factsAsOf().containsKey(file.csv()));
        } catch (SnapshotException e) {
            // Whoever asks for the former snapshot then hears what is wrong with it.
            return false;
        }
    }

    private List<DeliveryFile> missing() {
        return Stream.of(DeliveryFile.values())
                .filter(file -> file.facts() && !parts.containsKey(file))
                .toList();
    }

    Path directory() {
        return directory;
    }

    @Nullable
    Part part(DeliveryFile file) {
        return parts.get(file);
    }

    private static void add(Map<DeliveryFile, Part> parts, Path entry) {
        String name = name(entry);
        for (Format format : Format.values()) {
            DeliveryFile file = name.endsWith(format.ending)
                    ? DeliveryFile.of(name.substring(0, name.length() - format.ending.length()))
                    : null;
            if (file != null && Files.isRegularFile(entry)) {
                Part before = parts.put(file, new Part(file, format, entry, null));
                if (before != null) {
                    throw new IntakeException(
                            Code.FILE_TWICE,
                            "the delivery holds both " + before.name() + " and " + name + " in " + entry.getParent()
                                    + ": remove one of them");
                }
                return;
            }
        }
        throw unknown(entry);
    }

    private static void sign(Map<DeliveryFile, Part> parts, Path entry) {
        String signed = name(entry).substring(0, name(entry).length() - SIGNATURE.length());
        for (Part part : parts.values()) {
            if (part.name().equals(signed) && part.file().signed()) {
                parts.put(part.file(), new Part(part.file(), part.format(), part.path(), entry));
                return;
            }
        }
        throw unknown(entry);
    }

    private static IntakeException unknown(Path entry) {
        return new IntakeException(
                Code.FILE_UNKNOWN,
                "the delivery holds a file that the contract does not name: '" + name(entry) + "' in "
                        + entry.getParent() + "; remove it. Known are "
                        + Stream.of(DeliveryFile.values())
                                .map(DeliveryFile::csv)
                                .collect(Collectors.joining(", "))
                        + ", each also as .csv.gz or .parquet, and the .sig of persons and consents beside its file");
    }

    private static String name(Path entry) {
        return String.valueOf(entry.getFileName());
    }
}
