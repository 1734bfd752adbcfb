package io.osmanthus.snapshots.trail;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.trail.TrailException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/*
 * A re-keyed unit takes the place of the one before as a merged unit does: its name and the end of its input are one rename. So
 * a run that is killed has re-keyed some units whole and others not at all, and the next run goes on: a unit's name says
 * under which key it is. What is replaced goes at once, since nobody reads.
 */

/**
 * Puts the rolled access trail, which all nodes share, under another pseudonym key. Servers are stopped meanwhile, each
 * having handed in its queues.
 */
public final class RekeyTrail {
    private static final String MEMORY = "1GB";
    private static final int THREADS = 2;
    private static final String KEY = ".k";

    /** Holds the fingerprint of the key that the trail was put under last. */
    private static final String KEY_FILE = "key";

    private static final String MARKED = "erased";

    private final Path rolled;
    private final String fingerprint;
    private final String suffix;
    private final Units units;
    private final Connection connection;

    /** Says who is who under both keys. */
    public interface Names {
        void tell(Listener to) throws Exception;

        /** Takes names of persons. */
        interface Listener {
            void person(long highBefore, long lowBefore, long high, long low) throws SQLException;
        }
    }

    /**
     * What became of it.
     *
     * @param events that were not under the new key yet
     * @param leftOut of these, events about persons whom nobody named
     * @param done whether they are now
     */
    public record Result(long events, long leftOut, boolean done) {}

    private RekeyTrail(Path rolled, String fingerprint, Connection connection) throws IOException {
        this.rolled = rolled;
        this.fingerprint = fingerprint;
        this.suffix = KEY + fingerprint;
        this.units = new Units(rolled);
        this.connection = connection;
    }

    /**
     * Re-keys, or finds that it must not and changes nothing.
     *
     * @param rolled the directory of the Parquet files; nothing is done where there is none
     * @param fingerprint of the new key
     * @param leaveOut whether events about persons whom nobody names may go
     * @param count only counts
     * @throws TrailException DIRECTORY where a start of a node has not handed in what it wrote, or a server runs
     */
    public static Result run(Path rolled, String fingerprint, Names names, boolean leaveOut, boolean count) {
        return run(rolled, fingerprint, names, leaveOut, count, Progress.SILENT);
    }

    /** The same, and says how many units of the trail are done. */
    public static Result run(
            Path rolled, String fingerprint, Names names, boolean leaveOut, boolean count, Progress progress) {
        if (!Files.isDirectory(rolled)) {
            return new Result(0, 0, true);
        }
        try (FileChannel file = FileChannel.open(
                        rolled.resolve(Merger.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = locked(file);
                Parquet parquet = Parquet.open(rolled.toRealPath(), THREADS, MEMORY);
                Connection connection = parquet.own()) {
            if (lock == null) {
                throw new TrailException(
                        Code.DIRECTORY, "a server is at work on " + rolled + ": stop all servers first");
            }
            return new RekeyTrail(rolled.toRealPath(), fingerprint, connection).run(names, leaveOut, count, progress);
        } catch (IOException | SQLException e) {
            throw new TrailException(Code.DIRECTORY, "the access trail cannot be re-keyed: " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock locked(FileChannel file) throws IOException {
        return file.tryLock();
    }

    private Result run(Names names, boolean leaveOut, boolean count, Progress progress)
            throws IOException, SQLException {
        // Servers may have written more since, under the new key: names of units do not say so.
        Path key = rolled.resolve(KEY_FILE);
        if (Files.exists(key) && Files.readString(key).strip().equals(fingerprint)) {
            return new Result(0, 0, true);
        }
        Map<String, Long> markers = new Markers(rolled).all();
        if (!markers.isEmpty()) {
            throw new TrailException(
                    Code.DIRECTORY,
                    "these have not handed in what they wrote of the access trail: " + markers.keySet()
                            + " (node.start): start each of the nodes once and end it, then re-key");
        }
        units.removeUnfinished(java.util.Set.of());
        List<Unit> due = units.list().live().stream()
                .filter(unit -> !unit.suffix().endsWith(suffix))
                .toList();
        name(names);
        long events = 0;
        long leftOut = 0;
        try (Progress.Task task = progress.begin("look through the access trail", due.size(), "units")) {
            for (Unit unit : due) {
                events += number("SELECT count(*) FROM " + parquet(unit) + " e WHERE " + kept());
                leftOut += number(
                        "SELECT count(*) FROM " + parquet(unit) + " e WHERE " + kept()
                                + " AND NOT EXISTS (SELECT 1 FROM named n WHERE n.high_before = e.high AND n.low_before = e.low)");
                task.advance(1);
            }
        }
        if (count || (leftOut > 0 && !leaveOut)) {
            return new Result(events, leftOut, false);
        }
        try (Progress.Task task = progress.begin("write the access trail anew", due.size(), "units")) {
            for (Unit unit : due) {
                rekey(unit);
                task.advance(1);
            }
        }
        removeReplaced();
        Erasures erasures = new Erasures(rolled);
        for (Erasures.Mark mark : erasures.all()) {
            erasures.lift(mark); // nothing of theirs has been taken over
        }
        Durable.write(key, fingerprint + "\n");
        return new Result(events, leftOut, true);
    }

    private void name(Names names) throws IOException, SQLException {
        execute("CREATE TEMP TABLE named_all (high_before BIGINT, low_before BIGINT, high BIGINT, low BIGINT)");
        try (DuckDBAppender appender =
                connection.unwrap(DuckDBConnection.class).createAppender("temp", "main", "named_all")) {
            names.tell((highBefore, lowBefore, high, low) -> {
                appender.beginRow();
                appender.append(highBefore);
                appender.append(lowBefore);
                appender.append(high);
                appender.append(low);
                appender.endRow();
            });
        } catch (IOException | SQLException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("naming who is in the access trail failed: " + e.getMessage(), e);
        }
        execute("CREATE TEMP TABLE named AS SELECT DISTINCT * FROM named_all");
        execute("DROP TABLE named_all");
        execute("CREATE TEMP TABLE " + MARKED + " (high BIGINT, low BIGINT, until BIGINT)");
        for (Erasures.Mark mark : new Erasures(rolled).all()) {
            execute("INSERT INTO " + MARKED + " VALUES (" + mark.high() + ", " + mark.low() + ", " + mark.at() + ")");
        }
    }

    /** Nothing of who has left, up to then. */
    private static String kept() {
        return "NOT EXISTS (SELECT 1 FROM " + MARKED
                + " m WHERE m.high = e.high AND m.low = e.low AND e.at_ms <= m.until)";
    }

    private void rekey(Unit unit) throws IOException, SQLException {
        String bare = unit.suffix().replaceFirst("\\.k[0-9a-f]{16}$", "");
        Unit next = Unit.at(unit.span(), unit.from(), bare + suffix);
        Path building = units.begin("rekey");
        execute(
                "CREATE OR REPLACE TEMP TABLE taken AS SELECT n.high, n.low, e.at_ms, e.asked, e.client, e.scene, e.answer,"
                        + " e.day_count FROM " + parquet(unit)
                        + " e JOIN named n ON n.high_before = e.high AND n.low_before = e.low"
                        + " WHERE " + kept());
        if (unit.bucketed()) {
            for (int bucket : buckets()) {
                copy(Parquet.bucket(bucket), building.resolve(Unit.bucketFile(bucket)));
            }
        } else {
            copy("true", building.resolve(Unit.ALL));
        }
        units.publish(building, next, List.of(unit), 0);
    }

    private List<Integer> buckets() throws SQLException {
        List<Integer> buckets = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT DISTINCT (high >> 56) & 255 FROM taken")) {
            while (rows.next()) {
                buckets.add(rows.getInt(1));
            }
        }
        // A unit of nothing is one empty file: a directory without any could not be read again.
        return buckets.isEmpty() ? List.of(0) : buckets;
    }

    private void copy(String condition, Path to) throws SQLException {
        execute("COPY (SELECT * FROM taken WHERE " + condition + " ORDER BY " + Parquet.ORDER + ") TO '"
                + to.toString().replace("'", "''") + "' " + Parquet.FORMAT);
    }

    /** The names of what was replaced are gone with it, so that it cannot count again: in the order of replacement. */
    private void removeReplaced() throws IOException {
        List<Unit> replaced = units.list().replaced();
        for (Unit unit : replaced) {
            // Inputs of an input first: without it they would count again.
            remove(unit, replaced.stream().collect(Collectors.toMap(Unit::name, of -> of)));
        }
    }

    private void remove(Unit unit, Map<String, Unit> replaced) throws IOException {
        Path path = units.path(unit);
        if (!Files.exists(path)) {
            return;
        }
        Path inputs = path.resolve(Unit.INPUTS);
        if (Files.exists(inputs)) {
            for (String name : Files.readAllLines(inputs, StandardCharsets.UTF_8)) {
                Unit before = replaced.get(name);
                if (before != null) {
                    remove(before, replaced);
                }
            }
        }
        Path aside = path.resolveSibling(Units.BUILDING + "gone-" + unit.name());
        Files.move(path, aside);
        Durable.remove(aside);
    }

    private String parquet(Unit unit) throws IOException {
        try (Stream<Path> files = Files.list(units.path(unit))) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .map(file -> "'" + file.toString().replace("'", "''") + "'")
                    .collect(Collectors.joining(", ", "read_parquet([", "])"));
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
