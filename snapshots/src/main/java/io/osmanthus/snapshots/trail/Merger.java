package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.trail.Unit.Span;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * What one node at a time does for all: minutes into hours, hours into days, days over {@link TrailOptions#EXACT_DAYS} days
 * old into counts of their month, months past their end away, erased persons out of everything. Killed anywhere, the next
 * pass goes on.
 */
final class Merger {
    static final String LOCK = ".lock";

    /** How long what has been replaced stays for those who are reading it. */
    static final long GRACE_MS = 60_000;

    /** A rewrite opens every unit: leavers are gathered for an hour. */
    static final long ERASE_EVERY_MS = 3_600_000;

    private final Path directory;
    private final Units units;
    private final Markers markers;
    private final Erasures erasures;
    private final Parquet parquet;
    private final int countsMonths;
    private final long graceMs;
    private long erasedAt = Long.MIN_VALUE;

    Merger(
            Path directory,
            Units units,
            Markers markers,
            Erasures erasures,
            Parquet parquet,
            int countsMonths,
            long graceMs) {
        this.directory = directory;
        this.units = units;
        this.markers = markers;
        this.erasures = erasures;
        this.parquet = parquet;
        this.countsMonths = countsMonths;
        this.graceMs = graceMs;
    }

    /** One pass, unless another node is at it. */
    void pass(long now) throws IOException {
        try (FileChannel file =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!locked(file)) {
                return;
            }
            Map<String, Long> known = markers.all();
            units.removeUnfinished(known.keySet());
            long complete = Markers.completeUntil(known, Set.of(), now);
            hoursAndDays(Math.min(complete, now), known, now);
            counts(now);
            removeReplaced(now);
            expire(now);
            if (erasedAt == Long.MIN_VALUE || now - erasedAt >= ERASE_EVERY_MS) {
                erasedAt = now;
                erase(complete, now);
            }
        }
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // another trail of this very process
        }
    }

    private void hoursAndDays(long complete, Map<String, Long> known, long now) throws IOException {
        long today = Unit.at(Span.DAY, complete, "x").from();
        Map<Long, List<Unit>> days = new TreeMap<>();
        Map<Long, List<Unit>> hours = new TreeMap<>();
        for (Unit unit : units.list().live()) {
            if (unit.span() == Span.COUNTS
                    || unit.to() > complete
                    || (unit.span() == Span.MINUTE && known.getOrDefault(unit.suffix(), Long.MAX_VALUE) < unit.to())) {
                continue;
            }
            if (unit.from() < today) {
                days.computeIfAbsent(Unit.at(Span.DAY, unit.from(), "x").from(), key -> new ArrayList<>())
                        .add(unit);
            } else if (Unit.at(Span.HOUR, unit.from(), "x").to() <= complete) {
                hours.computeIfAbsent(Unit.at(Span.HOUR, unit.from(), "x").from(), key -> new ArrayList<>())
                        .add(unit);
            }
        }
        for (Map.Entry<Long, List<Unit>> hour : hours.entrySet()) {
            merge(Span.HOUR, hour.getKey(), hour.getValue(), now);
        }
        for (Map.Entry<Long, List<Unit>> day : days.entrySet()) {
            merge(Span.DAY, day.getKey(), day.getValue(), now);
        }
    }

    private void merge(Span span, long from, List<Unit> inputs, long now) throws IOException {
        if (inputs.size() == 1 && inputs.get(0).span() == span) {
            return;
        }
        Unit merged = Unit.at(span, from, suffix());
        Path building = units.begin("merge");
        if (merged.bucketed()) {
            for (int bucket : parquet.buckets(files(inputs))) {
                parquet.merge(files(inputs, bucket), Parquet.bucket(bucket), building.resolve(Unit.bucketFile(bucket)));
            }
        } else {
            parquet.merge(files(inputs), "true", building.resolve(Unit.ALL));
        }
        units.publish(building, merged, inputs, now);
    }

    private void counts(long now) throws IOException {
        LocalDate firstExact = Unit.at(Span.DAY, now, "x").day().minusDays(TrailOptions.EXACT_DAYS);
        List<Unit> live = new ArrayList<>(units.list().live());
        for (Unit day : List.copyOf(live)) {
            if (day.span() != Span.DAY || !day.day().isBefore(firstExact)) {
                continue;
            }
            Unit month = Unit.at(Span.COUNTS, day.from(), suffix());
            List<Unit> before = live.stream()
                    .filter(unit -> unit.span() == Span.COUNTS && unit.from() == month.from())
                    .toList();
            Path building = units.begin("merge");
            Set<Integer> buckets = new TreeSet<>(parquet.buckets(files(List.of(day))));
            buckets.addAll(parquet.buckets(files(before)));
            for (int bucket : buckets) {
                parquet.count(
                        files(List.of(day), bucket),
                        files(before, bucket),
                        Parquet.bucket(bucket),
                        day.from(),
                        building.resolve(Unit.bucketFile(bucket)));
            }
            List<Unit> inputs = new ArrayList<>(before);
            inputs.add(day);
            units.publish(building, month, inputs, now);
            live.removeAll(before);
            live.remove(day);
            live.add(month);
        }
    }

    private void expire(long now) throws IOException {
        YearMonth first = YearMonth.from(Unit.at(Span.DAY, now, "x").day()).minusMonths(countsMonths);
        Units.Listing listing = units.list();
        for (Unit unit : listing.live()) {
            if (unit.span() == Span.COUNTS && YearMonth.from(unit.day()).isBefore(first) && last(unit, listing)) {
                remove(unit);
            }
        }
    }

    /** Leavers' events go out of every unit; a mark is lifted when no queue can bring any more of them. */
    private void erase(long complete, long now) throws IOException {
        List<Erasures.Mark> due = erasures.all();
        if (due.isEmpty()) {
            return;
        }
        for (Unit unit : units.list().live()) {
            Set<String> touched = new HashSet<>();
            List<String> conditions = new ArrayList<>();
            for (Erasures.Mark mark : due) {
                String condition =
                        "(high = " + mark.high() + " AND low = " + mark.low() + " AND at_ms <= " + mark.at() + ")";
                Path file = units.path(unit).resolve(unit.file(mark.high()));
                if (Files.exists(file) && parquet.rows(List.of(file), condition) > 0) {
                    touched.add(unit.file(mark.high()));
                    conditions.add(condition);
                }
            }
            boolean settled = unit.span() != Span.MINUTE || !markers.all().containsKey(unit.suffix());
            if (!touched.isEmpty() && settled) {
                String kept = conditions.stream().collect(Collectors.joining(" OR ", "NOT (", ")"));
                rewrite(unit, touched, kept, now);
            }
        }
        for (Erasures.Mark mark : due) {
            boolean left = false;
            for (Unit unit : units.list().live()) {
                Path file = units.path(unit).resolve(unit.file(mark.high()));
                left |= Files.exists(file)
                        && parquet.rows(
                                        List.of(file),
                                        "high = " + mark.high() + " AND low = " + mark.low() + " AND at_ms <= "
                                                + mark.at())
                                > 0;
            }
            if (!left && complete > mark.at()) {
                erasures.lift(mark);
            }
        }
    }

    private void rewrite(Unit unit, Set<String> touched, String condition, long now) throws IOException {
        Path building = units.begin("merge");
        List<Path> files;
        try (var entries = Files.list(units.path(unit))) {
            files = entries.toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (touched.contains(name)) {
                parquet.merge(List.of(file), condition, building.resolve(name));
            } else if (!name.equals(Unit.INPUTS)) {
                Files.createLink(building.resolve(name), file);
            }
        }
        units.publish(building, Unit.at(unit.span(), unit.from(), suffix()), List.of(unit), now);
    }

    /** A replaced unit goes after what it replaced itself: otherwise that would count again. */
    private void removeReplaced(long now) throws IOException {
        Units.Listing listing = units.list();
        for (Unit unit : listing.replaced()) {
            if (last(unit, listing) && replacedSince(unit, listing) <= now - graceMs) {
                remove(unit);
            }
        }
    }

    /** Whether nothing is there any more that would count again without the unit. */
    private boolean last(Unit unit, Units.Listing listing) throws IOException {
        Path inputs = units.path(unit).resolve(Unit.INPUTS);
        Set<String> before = Files.exists(inputs) ? Set.copyOf(Files.readAllLines(inputs)) : Set.of();
        return listing.replaced().stream().map(Unit::name).noneMatch(before::contains);
    }

    private long replacedSince(Unit unit, Units.Listing listing) throws IOException {
        long since = 0;
        List<Unit> all = new ArrayList<>(listing.live());
        all.addAll(listing.replaced());
        for (Unit by : all) {
            Path inputs = units.path(by).resolve(Unit.INPUTS);
            if (Files.exists(inputs) && Files.readAllLines(inputs).contains(unit.name())) {
                since = Math.max(since, Files.getLastModifiedTime(inputs).toMillis());
            }
        }
        return since;
    }

    private void remove(Unit unit) throws IOException {
        Path aside = units.path(unit).resolveSibling(Units.BUILDING + "gone-" + unit.name());
        Files.move(units.path(unit), aside);
        Durable.remove(aside);
    }

    private List<Path> files(List<Unit> of) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Unit unit : of) {
            try (var entries = Files.list(units.path(unit))) {
                entries.filter(file -> file.toString().endsWith(".parquet")).forEach(files::add);
            }
        }
        return files;
    }

    private List<Path> files(List<Unit> of, int bucket) {
        List<Path> files = new ArrayList<>();
        for (Unit unit : of) {
            Path file = units.path(unit).resolve(unit.file((long) bucket << 56));
            if (Files.exists(file)) {
                files.add(file);
            }
        }
        return files;
    }

    private static String suffix() {
        return String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
    }
}
