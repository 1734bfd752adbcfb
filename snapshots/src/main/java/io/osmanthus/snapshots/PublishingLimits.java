package io.osmanthus.snapshots;

import io.osmanthus.snapshots.vocabulary.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * {@code publishing.yaml}: how far counts may move from one snapshot to the next, how long a pin protects, and what memory
 * building may take. Immutable.
 *
 * @param countChangePercentMax how far a count may move, in per cent of what it was
 * @param countChangeRowsAllowed a count of a file may move so many rows in any case
 * @param listChangeRowsAllowed a list may gain or lose so many entries in any case
 * @param pinDaysMax for how many days a pin protects a snapshot
 * @param memoryMib what the database may take that sorts, in MiB; what does not fit is spilled
 */
public record PublishingLimits(
        int countChangePercentMax,
        int countChangeRowsAllowed,
        int listChangeRowsAllowed,
        int pinDaysMax,
        int memoryMib) {
    /** Less is not enough to sort with. */
    public static final int MEMORY_MIB_MIN = 128;

    /** A tebibyte: more than any machine has that this is meant for. */
    public static final int MEMORY_MIB_MAX = 1 << 20;

    /** Sorts 30 million consents without a spill file larger than themselves. */
    public static final int MEMORY_MIB = 2_048;

    /** Arrears are settled from day to day; their count says nothing about the delivery. */
    private static final List<String> COUNTED = List.of(
            "persons",
            "tokens",
            "consents",
            "records",
            "organisations",
            "permits",
            "penalties",
            "administrative_acts",
            "commitments");

    private static final int ROWS_MAX = 1_000_000;

    /**
     * Reads {@code publishing.yaml} of a configuration directory.
     *
     * @throws io.osmanthus.snapshots.vocabulary.ConfigException with every finding
     */
    public static PublishingLimits load(Path config) {
        return Yaml.read(config.resolve("publishing.yaml"), root -> {
            int[] counts = root.mapping("publishing", publishing -> new int[] {
                publishing.integer("count_change_percent_max", 0, 1_000),
                publishing.integer("count_change_rows_allowed", 0, ROWS_MAX),
                publishing.integer("list_change_rows_allowed", 0, ROWS_MAX)
            });
            int days = root.mapping("pins", pins -> pins.integer("days_max", 1, 3_650));
            Integer memory = root.mappingOrNull(
                    "building", building -> building.integer("memory_mib", MEMORY_MIB_MIN, MEMORY_MIB_MAX, MEMORY_MIB));
            return new PublishingLimits(counts[0], counts[1], counts[2], days, memory == null ? MEMORY_MIB : memory);
        });
    }

    /**
     * A count that moved too far.
     *
     * @param count what is counted: {@code tokens}, or {@code list tax-a}
     */
    public record Move(String count, long from, long to) {
        @Override
        public String toString() {
            return count + " moved from " + from + " to " + to;
        }
    }

    /** The counts that moved too far since the last snapshot. A kind that had never been delivered may come. */
    public List<Move> exceeded(Manifest former, SnapshotBuild.Content next) {
        List<Move> moves = new ArrayList<>();
        for (String kind : COUNTED) {
            if (former.factsAsOf().containsKey(kind + ".csv")) {
                long to = next.rows().getOrDefault(kind + ".parquet", 0L);
                add(moves, new Move(kind, former.rows(kind + ".parquet"), to), countChangeRowsAllowed);
            }
        }
        // A snapshot of the first format does not say how long its lists are.
        boolean listsKnown = !former.lists().isEmpty() || former.rows("list_entries.parquet") == 0;
        if (listsKnown && former.factsAsOf().containsKey("list_entries.csv")) {
            Map<String, Long> before = former.lists();
            TreeSet<String> lists = new TreeSet<>(before.keySet());
            lists.addAll(next.lists().keySet());
            for (String list : lists) {
                long from = before.getOrDefault(list, 0L);
                long to = next.lists().getOrDefault(list, 0L);
                add(moves, new Move("list " + list, from, to), listChangeRowsAllowed);
            }
        }
        return moves;
    }

    private void add(List<Move> moves, Move move, int allowed) {
        long change = Math.abs(move.to() - move.from());
        if (change > allowed && change * 100 > move.from() * countChangePercentMax) {
            moves.add(move);
        }
    }
}
