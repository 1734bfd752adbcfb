package io.osmanthus.snapshots;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot says of itself: {@code manifest.json}. Immutable.
 *
 * @param version the snapshot's name, see {@link ManifestJson} for how it is bound to the content
 * @param asOf the day on which the build judged what is future and who is of age
 * @param factsAsOf per delivered file ({@code records.csv}) the day of the facts; kinds never delivered are absent
 * @param ledgerId the ledger whose changes are contained, or null
 * @param ledgerPosition how far they are contained; 0 without a ledger
 * @param ledgerHash the hash of the ledger's change at that position, 64 hexadecimal digits, which stands for all before it;
 *     null without a ledger, and in snapshots of earlier versions
 * @param keyFingerprint of the {@link PseudonymKey} under which the pseudonyms were made
 * @param synthetic whether every person in it was born before 1900
 * @param demonstration whether it was built without the evidence that real persons need
 * @param counts per file that was delivered or carried over, what became of its rows
 * @param lists per list of organisations, how many entries it has
 * @param forced why it was published against the limits of {@link PublishingLimits}, or null
 * @param files per file of the snapshot, its rows, bytes and checksum
 */
public record Manifest(
        String version,
        Instant createdAt,
        LocalDate asOf,
        Map<String, LocalDate> factsAsOf,
        @Nullable String ledgerId,
        long ledgerPosition,
        @Nullable String ledgerHash,
        String keyFingerprint,
        boolean synthetic,
        boolean demonstration,
        Map<String, Counts> counts,
        Map<String, Long> lists,
        @Nullable String forced,
        Map<String, FileEntry> files) {

    /**
     * The version of the format that is written. Version 1 had no {@code carried_over}, {@code lists} and {@code forced};
     * version 2 no ledger: no {@code marks}, {@code position} and {@code purpose_version} in its files; version 3 no hash of
     * the ledger.
     */
    public static final int FORMAT_VERSION = 4;

    /** The oldest version of the format that is read. */
    public static final int FORMAT_VERSION_MIN = 1;

    /**
     * What became of the rows of one delivered file; {@code flagged} are among the accepted.
     *
     * @param carriedOver rows of the former snapshot that stand because the file was not delivered; then nothing was read
     */
    public record Counts(long read, long accepted, long quarantined, long notEnrolled, long flagged, long carriedOver) {
        public Counts {
            if (accepted + quarantined + notEnrolled != read) {
                throw new IllegalArgumentException("accepted + quarantined + not enrolled must be read");
            }
            if (carriedOver < 0 || (carriedOver > 0 && read > 0)) {
                throw new IllegalArgumentException("rows are carried over only where nothing was read");
            }
        }
    }

    /** One file: rows, bytes and SHA-256 in lower-case hexadecimal digits. */
    public record FileEntry(long rows, long bytes, String sha256) {}

    public Manifest {
        factsAsOf = copy(factsAsOf);
        counts = copy(counts);
        lists = copy(lists);
        files = copy(files);
    }

    /** The rows of a file such as {@code persons.parquet}. */
    public long rows(String file) {
        FileEntry entry = files.get(file);
        if (entry == null) {
            throw new IllegalArgumentException("a snapshot has no file " + file);
        }
        return entry.rows();
    }

    /** What all files take together. */
    public long bytes() {
        return files.values().stream().mapToLong(FileEntry::bytes).sum();
    }

    /** Whether the snapshot has a file such as {@code permits.parquet}, which those of earlier versions lack. */
    public boolean has(String file) {
        return files.containsKey(file);
    }

    /** The day of the facts of a delivered file such as {@code records.csv}; the as-of date where there are none. */
    public LocalDate factsAsOf(String file) {
        LocalDate day = factsAsOf.get(file);
        return day == null ? asOf : day;
    }

    /** The same under another name. */
    Manifest named(String name) {
        return new Manifest(
                name,
                createdAt,
                asOf,
                factsAsOf,
                ledgerId,
                ledgerPosition,
                ledgerHash,
                keyFingerprint,
                synthetic,
                demonstration,
                counts,
                lists,
                forced,
                files);
    }

    private static <T> Map<String, T> copy(Map<String, T> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
